import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type RouterConfig, type TlsOptionsConfig } from '../config/model.js';
import type { CertificateStore } from '../tls/store.js';
import { about, type Unplaced } from './finding.js';
import {
  brokenReference,
  foundInFile,
  unknownReference,
  unresolvedReference,
} from './reference-findings.js';
import { isSameTarget, type References, type Resolution } from './references.js';
import type { Route } from './table.js';
import { DEFAULT_OPTIONS, type OptionsOutcome } from './tls-options.js';

/** What a router does with the TLS of its clients. */
export type TlsLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'passthrough' }
  | {
      readonly kind: 'terminate';
      /** Undefined: `default`, which nobody declares. */
      readonly resolution: Resolution<Merged<TlsOptionsConfig>> | undefined;
      /** Undefined: the options are not there. */
      readonly outcome: OptionsOutcome | undefined;
    };

export interface TlsContext {
  readonly tlsOptions: References<Merged<TlsOptionsConfig>>;
  readonly optionOutcomes: ReadonlyMap<string, OptionsOutcome>;
  readonly certificates: CertificateStore;
}

export function tlsLinkOf(
  merged: Merged<RouterConfig>,
  { tlsOptions, optionOutcomes }: TlsContext,
): TlsLink {
  const { tls } = merged.config;
  if (tls === undefined) return NO_TLS;
  if (tls.passthrough === true) return PASSTHROUGH;
  const { options = '' } = tls;
  const resolution =
    options === '' || options === DEFAULT_OPTIONS
      ? tlsOptions.resolveBare(DEFAULT_OPTIONS)
      : tlsOptions.resolve(options, merged);
  const name = resolution?.name ?? DEFAULT_OPTIONS;
  const isThere = resolution === undefined || resolution.state === 'found';
  const outcome = isThere ? optionOutcomes.get(name) : undefined;
  return { kind: 'terminate', resolution, outcome };
}

const NO_TLS: TlsLink = { kind: 'none' };
const PASSTHROUGH: TlsLink = { kind: 'passthrough' };

/** True if it still leads to the same. */
export function isTlsCurrent(
  link: TlsLink,
  merged: Merged<RouterConfig>,
  context: TlsContext,
): boolean {
  if (link.kind !== 'terminate') return true;
  const now = tlsLinkOf(merged, context);
  if (now.kind !== 'terminate' || now.outcome !== link.outcome) return false;
  if (now.resolution === undefined || link.resolution === undefined) {
    return now.resolution === link.resolution;
  }
  return isSameTarget(link.resolution, now.resolution);
}

/** True if Traefik would have got as far as building the service behind it. */
export const isTlsBuilt = (link: TlsLink): boolean =>
  link.kind !== 'terminate' || link.outcome?.termination !== undefined;

/** Of a router that is in force. */
export function tlsOf(link: TlsLink): Route['tls'] {
  if (link.kind === 'none') return undefined;
  return link.kind === 'passthrough' ? 'passthrough' : link.outcome?.termination;
}

/** 7.4 #11: those that close the router (D35), and what passthrough leaves unused. */
export function tlsFindings(router: Merged<RouterConfig>, link: TlsLink): readonly Diagnostic[] {
  if (link.kind === 'none') return [];
  if (link.kind === 'passthrough') return unusedBesidePassthrough(router);
  const { resolution, outcome } = link;
  const { options: written = '' } = router.config.tls ?? {};
  const say = (finding: Unplaced) => about('router', router, ['tls.options', 'tls'], finding);
  if (resolution?.state === 'unknown') {
    // AGG-12: what has no provider is not found with one.
    const isDefault = written.startsWith(`${DEFAULT_OPTIONS}@`);
    const suggestions = isDefault ? [DEFAULT_OPTIONS] : resolution.suggestions;
    return [say(unknownReference(WHAT, written, router.provider, suggestions))];
  }
  if (resolution?.state === 'unresolved') {
    return [say(unresolvedReference(WHAT, resolution.name, resolution.provider))];
  }
  const guess = resolution?.fromFile === true ? [say(foundInFile(WHAT, written))] : [];
  if (outcome?.termination !== undefined) return guess;
  const at = outcome?.merged?.at ?? router.at;
  const trouble = { code: 'broken-reference', text: 'are disabled', at } as const;
  return [...guess, say(brokenReference(WHAT, resolution?.name ?? DEFAULT_OPTIONS, trouble))];
}

const WHAT = 'TLS options';

const UNUSED = ['options', 'certResolver', 'domains'] as const;

function unusedBesidePassthrough(router: Merged<RouterConfig>): readonly Diagnostic[] {
  return UNUSED.filter((field) => (router.config.tls?.[field] ?? '').length > 0).map((field) =>
    about('router', router, `tls.${field}`, {
      code: 'ignored',
      severity: 'warning',
      ...(field === 'options' && { value: router.config.tls?.options ?? '' }),
      message: `${field} has no effect beside passthrough: the server ends the TLS of its clients`,
      fix: `leave ${field} out, or passthrough`,
    }),
  );
}

/** What is said about the certificates of a router; none of it closes it (D43). */
export function certificateFindings(
  router: Merged<RouterConfig>,
  link: TlsLink,
  hosts: readonly string[],
  { certificates }: TlsContext,
): readonly Diagnostic[] {
  if (link.kind !== 'terminate' || link.outcome?.settings === undefined || isBroken(router)) {
    return [];
  }
  const { certResolver = '', domains = [] } = router.config.tls ?? {};
  const asked = domains.flatMap(({ main = '', sans = [] }) => [main, ...sans]);
  const wanted = [...new Set([...hosts, ...asked])].filter((host) => host !== '');
  const missing = wanted.filter((host) => !certificates.covers(host));
  const isAnyMissing = missing.length > 0 || (wanted.length === 0 && certificates.isEmpty);
  if (!isAnyMissing) return [];
  const none =
    missing.length === 0 ? 'there is no certificate' : `no certificate is for ${listed(missing)}`;
  const consequence = link.outcome.settings.sniStrict
    ? 'its clients are refused'
    : `its clients are shown ${certificates.fallback ? 'the default certificate' : 'one that Sluice signed itself'}`;
  const fix = 'list one under tls.certificates in a file of the file provider';
  if (certResolver !== '') {
    return [
      about('router', router, ['tls.certResolver', 'tls'], {
        code: 'no-certificate',
        severity: 'error',
        message: `Sluice obtains no certificates, and ${none}: ${consequence}`,
        value: certResolver,
        fix,
      }),
    ];
  }
  if (missing.length === 0) return [];
  return [
    about('router', router, 'tls', {
      code: 'no-certificate',
      severity: link.outcome.settings.sniStrict ? 'warning' : 'info',
      message: `${none}: ${consequence}`,
      fix,
    }),
  ];
}

/** A line has room for some. */
const MOST_HOSTS = 5;

function listed(hosts: readonly string[]): string {
  const more = hosts.length - MOST_HOSTS;
  return hosts.slice(0, MOST_HOSTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
