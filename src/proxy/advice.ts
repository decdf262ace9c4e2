import { nearest } from '../config/decode/nearest.js';
import { dialFailureOf, saysNothing } from '../net/dial-failure.js';
import type { EntryPointRoutes, Route } from '../routing/table.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';
import { NAMELESS_HELLO, PROXY_HEADER } from './said-first.js';
import { SERVER_ADVICE } from './server-advice.js';

/** The attempt that says most: the first that says something about its server. */
export const tellingFailure = ({ failures }: OpenSession) =>
  failures.find(({ reason }) => !saysNothing(reason)) ?? failures[0];

function dialFailed(session: OpenSession, reason: EndReason): string {
  const { reason: trouble, detail = '' } = tellingFailure(session) ?? {};
  if (detail.includes('EXPIRED')) return 'give the server a certificate that is valid now';
  const advice = trouble === undefined ? '' : SERVER_ADVICE[trouble];
  return advice === '' ? END_REASONS[reason].fix : advice;
}

/** With TLS 1.3 a server looks at our certificate when the connection counts as made. */
function serverSilent({ detail: code = '' }: OpenSession): string {
  return dialFailureOf({ code }) === 'certificate-refused'
    ? SERVER_ADVICE['certificate-refused']
    : END_REASONS['server-silent'].fix;
}

/** OpenSSL's code to what the client and the TLS options do not agree on. */
const HANDSHAKE_ADVICE: readonly (readonly [RegExp, string])[] = [
  [/NO_SHARED_CIPHER/, 'allow a cipher suite of the client: cipherSuites of the TLS options'],
  [
    /UNSUPPORTED_PROTOCOL|_VERSION|WRONG_VERSION/,
    'allow the TLS version of the client: minVersion and maxVersion of the TLS options',
  ],
  [
    /NO_APPLICATION_PROTOCOL/,
    'add a protocol that the client offers to alpnProtocols of the TLS options, or leave them out',
  ],
  [
    /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE)/,
    'the client refuses the certificate: tls.certificates needs one for the name, by an authority that it trusts',
  ],
  [/GROUP|CURVE/, 'allow a curve of the client: curvePreferences of the TLS options'],
];

const handshakeFailed = ({ detail = '' }: OpenSession): string =>
  HANDSHAKE_ADVICE.find(([code]) => code.test(detail))?.[1] ?? END_REASONS['handshake-failed'].fix;

/** With more hosts than that not all are compared: a stranger asks for any name. */
const MOST_HOSTS = 1_000;

function noRoute(session: OpenSession, { plain, tls }: EntryPointRoutes): string {
  const { entryPoint, serverName, detail } = session;
  if (plain.length === 0 && tls.length === 0) {
    return `no router uses entry point "${entryPoint}": name it in entryPoints of one`;
  }
  if (serverName !== undefined) return noSuchHost(serverName, tls);
  if (detail === NAMELESS_HELLO) {
    return 'let the client send a server name (SNI), or add a router with tls and HostSNI(`*`)';
  }
  if (detail === PROXY_HEADER) {
    return `set proxyProtocol.trustedIPs of entry point "${entryPoint}" to the addresses of the proxy in front`;
  }
  if (tls.length > 0 && detail !== undefined) {
    return 'let the client begin with TLS (HTTPS; of the protocols that begin TLS later only Postgres is known), or add a router without tls for it';
  }
  return END_REASONS['no-route'].fix;
}

function noSuchHost(serverName: string, tls: readonly Route[]): string {
  const owner = tls.find(({ hosts }) => hosts.includes(serverName));
  if (owner !== undefined) {
    return `router ${owner.name} asks for this name and for something else that the client does not fulfil: its address or protocol`;
  }
  const owners = new Map<string, string>();
  for (const { hosts, name } of tls) {
    if (owners.size >= MOST_HOSTS) break;
    for (const host of hosts.slice(0, MOST_HOSTS - owners.size)) {
      if (!owners.has(host)) owners.set(host, name);
    }
  }
  const [host] = nearest(serverName, owners.keys());
  if (host !== undefined) {
    return `did you mean ${host}, of router ${owners.get(host) ?? ''}? Correct the client, or the rule`;
  }
  return tls.length === 0
    ? 'no router of this entry point has tls: give one tls and a rule for this name'
    : 'add a router with tls and a rule for this name, or correct the client';
}

/** Where the connection itself says more than the reason does. */
const ADVISERS: Partial<
  Record<EndReason, (session: OpenSession, routes: EntryPointRoutes) => string>
> = {
  'no-route': noRoute,
  'dial-failed': (session) => dialFailed(session, 'dial-failed'),
  'dial-timeout': (session) => dialFailed(session, 'dial-timeout'),
  'handshake-failed': handshakeFailed,
  'server-silent': serverSilent,
};

/**
 * What to do about the end of a session, if anything. Costs something: only for a line that is
 * written. `routes` are those that its entry point has now.
 */
export function adviceOn(
  session: OpenSession,
  reason: EndReason,
  routes: EntryPointRoutes,
): string | undefined {
  const advice = ADVISERS[reason]?.(session, routes) ?? END_REASONS[reason].fix;
  return advice === '' ? undefined : advice;
}
