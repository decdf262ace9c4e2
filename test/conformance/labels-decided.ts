import type { OurOutcome } from './support/compare.js';

/** What we decided otherwise than Traefik, by the id of the vector in labels.json. */
export const OURS: Readonly<Record<string, OurOutcome>> = {
  'router-service-other-provider': {
    routers: { 'r@docker': 'enabled → ext@file' },
    services: { 'ext@file': 'enabled 192.0.2.1:99', 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: [],
  },
  'router-service-other-provider-no-port': {
    routers: { 'r@docker': 'enabled → ext@file' },
    services: { 'ext@file': 'enabled 192.0.2.1:99' },
    said: [],
  },
  'router-no-rule': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error missing r'],
  },
  'router-value-alone': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error missing r'],
  },
  'entrypoints-indexed-deeper': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key r'],
  },
  'priority-overflow': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'priority-blank-around': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'priority-empty': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'priority-underscore': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'tls-t': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'tls-yes': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'tls-true-blank': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
  'passthrough-bad-yes': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r', 'warning guessed alt', 'warning guessed tcp'],
  },
  'passthrough-bad-tRUE': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r', 'warning guessed alt', 'warning guessed tcp'],
  },
  'passthrough-bad-blank': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r', 'warning guessed alt', 'warning guessed tcp'],
  },
  'tls-options-unqualified-in-file': {
    routers: { 'r@docker': 'enabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['info guessed r@docker'],
  },
  'tls-domains-gap-and-order': {
    routers: { 'r@docker': 'enabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: [],
  },
  'tls-domains-plain-value': {
    routers: { 'r@docker': 'enabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['warning ignored r'],
  },
  'tls-domains-index-plain-value': {
    routers: { 'r@docker': 'enabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['warning ignored r'],
  },
  'root-upper': { said: ['error unknown-key'] },
  'root-capital-beside-good': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key'],
  },
  'root-capital-enable': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key'],
  },
  'prefix-without-dot': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key'],
  },
  'segment-empty': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value'],
  },
  'segment-leading-bracket': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value [0]'],
  },
  'segment-closing-bracket-only': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r]'],
  },
  'section-standalone-routers': {
    middlewares: { 'm@docker': 'enabled' },
    said: ['warning missing'],
  },
  'name-with-at': { said: ['error bad-value r@x'] },
  'field-typo': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key r'],
  },
  'field-with-child': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key r'],
  },
  'port-not-a-number': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:foo' },
    said: ['error bad-value s'],
  },
  'port-out-of-range': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:70000' },
    said: ['error bad-value s'],
  },
  'server-tls-bad': {
    routers: { 'ok@docker': 'disabled → s', 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s'],
  },
  'server-weight': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: [],
  },
  'servers-plural': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error unknown-key s'],
  },
  'server-plain-value': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s'],
  },
  'loadbalancer-plain-value': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled' },
    said: ['error bad-value s'],
  },
  'proxyprotocol-version-bad': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s', 'warning deprecated s'],
  },
  'terminationdelay-minus-1': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: ['warning deprecated s'],
  },
  'terminationdelay-0': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: ['warning deprecated s'],
  },
  'terminationdelay-empty': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s', 'warning deprecated s'],
  },
  'transport-unqualified-in-file': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: ['info guessed s@docker'],
  },
  'healthcheck-interval-bad': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s'],
  },
  'healthcheck-interval-float': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s'],
  },
  'healthcheck-timeout-zero': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: [],
  },
  'healthcheck-port-bad': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled 172.17.0.2:5432' },
    said: ['error bad-value s'],
  },
  'weighted-label': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'disabled' },
    said: ['error ignored s'],
  },
  'weighted-label-beside-loadbalancer': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:3' },
    said: ['warning ignored s'],
  },
  'mw-inflightconn-true': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    middlewares: { 'm@docker': 'disabled' },
    said: ['error bad-value m'],
  },
  'mw-allowlist-bad-item-unused': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    middlewares: { 'm@docker': 'disabled' },
    said: ['error bad-value m'],
  },
  'mw-two-kinds': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    middlewares: { 'm@docker': 'disabled' },
    said: ['error conflict m'],
  },
  'mw-unknown-kind': {
    routers: { 'ok@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    middlewares: { 'm@docker': 'enabled' },
    said: [],
  },
  'serverstransports-label': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: [],
  },
  'serverstransports-label-privileged': {
    routers: { 'r@docker': 'disabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: ['error privileged t'],
  },
  'serverstransports-label-unknown-key': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key t'],
  },
  'tls-options-label': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['warning ignored'],
  },
  'enable-empty': { said: ['error bad-value'] },
  'enable-yes': { said: ['error bad-value'] },
  'enabled-typo': { said: ['error unknown-key'] },
  'docker-unknown-key': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error unknown-key'],
  },
  'network-label-empty-over-option': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.18.0.2:5432' },
    said: ['info network-chosen gold-app'],
  },
  'network-none-named-two': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.18.0.2:5432' },
    said: ['info network-chosen gold-app'],
  },
  'network-compose-short-name': {
    routers: { 'r@docker': 'enabled → web-gold-p' },
    services: { 'web-gold-p@docker': 'enabled 172.18.0.2:5432' },
    said: ['info network-chosen gold-app'],
  },
  'network-mode-host-no-port': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'disabled' },
    said: ['error no-port gold-app'],
  },
  'ports-none': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'disabled' },
    said: ['error no-port gold-app'],
  },
  'ports-several': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:80' },
    said: ['warning several-ports gold-app'],
  },
  'ports-udp-only': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'disabled' },
    said: ['error no-port gold-app'],
  },
  'state-exited-allowed-with-port': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled' },
    said: ['info not-running gold-app'],
  },
  'health-unhealthy-allow-empty-with-port': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled' },
    said: ['info unhealthy gold-app'],
  },
  'merge-same-router-auto-services': {
    routers: { 'r@docker': 'enabled → gold-a' },
    services: {
      'gold-a@docker': 'enabled 172.17.0.2:5432',
      'gold-b@docker': 'enabled 172.17.0.3:5432',
    },
    said: ['error conflict r@docker'],
  },
  // A server joins only while all routers of its owner for that service are in force (D10).
  'merge-router-entrypoint-order-differs': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:1' },
    said: ['error conflict r@docker'],
  },
  'merge-service-transport-differs-third-equal': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:1 172.17.0.4:1' },
    said: ['error conflict s@docker'],
  },
  'merge-service-health-differs': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:5432' },
    said: ['error conflict s@docker'],
  },
  'merge-middleware-differs': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:1' },
    middlewares: { 'm@docker': 'enabled' },
    said: ['error conflict m@docker'],
  },
  'http-broken-beside-tcp': {
    routers: { 'r@docker': 'enabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['info ignored'],
  },
  'http-service-bad-port-beside-tcp': {
    routers: { 'r@docker': 'enabled → s' },
    services: { 's@docker': 'enabled 172.17.0.2:7' },
    said: ['info ignored'],
  },
  'quoted-bool-passthrough': {
    routers: { 'ok@docker': 'enabled → gold-app', 'r@docker': 'disabled tls → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r', 'warning guessed alt', 'warning guessed tcp'],
  },
  'quoted-true-section': {
    routers: { 'r@docker': 'disabled → gold-app' },
    services: { 'gold-app@docker': 'enabled 172.17.0.2:5432' },
    said: ['error bad-value r'],
  },
};
