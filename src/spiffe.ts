import type { Diagnostic } from './config/diagnostic.js';
import type { StaticConfig } from './config/static.js';
import type { SpiffeTlsFor } from './routing/transport-tls.js';
import { authorizerOf } from './spiffe/authorizer.js';
import { findingOf, workloadApiWords } from './spiffe/finding.js';
import { SpiffeTls } from './spiffe/spiffe-tls.js';
import { workloadApiFeed } from './spiffe/workload-api-feed.js';
import { X509Source, type SpiffeState } from './spiffe/x509-source.js';
import type { Logger } from './telemetry/log.js';

/** Who we are, as the Workload API says. */
export interface Spiffe {
  readonly source: X509Source;
  readonly tls: SpiffeTlsFor;
  /** What is wrong with it now. */
  readonly findings: () => readonly Diagnostic[];
}

/**
 * The one that is configured; it follows nothing before its `source` runs. Nobody waits for it:
 * until it has an SVID, only dials that need one fail. `changed`: its findings may be others.
 */
export function configuredSpiffe(
  spiffe: StaticConfig['spiffe'],
  log: Logger,
  changed: () => void,
): Spiffe | undefined {
  if (!spiffe) return undefined;
  const source = new X509Source({
    feed: workloadApiFeed(spiffe.address),
    changed(state, before) {
      if (isNew(state, before)) {
        const expires = new Date(state.expiresAt ?? 0).toISOString();
        log.info({ spiffeId: state.spiffeId, expires }, 'a SPIFFE identity has come');
      }
      changed();
    },
  });
  return {
    source,
    tls: ({ ids, trustDomain, serverName, uri }) =>
      new SpiffeTls(source, { authorizer: authorizerOf({ ids, trustDomain }), serverName, uri }),
    findings() {
      const finding = findingOf(source.state(), workloadApiWords(spiffe.address));
      return finding ? [finding] : [];
    },
  };
}

const isNew = ({ spiffeId, expiresAt }: SpiffeState, before: SpiffeState): boolean =>
  spiffeId !== undefined && (spiffeId !== before.spiffeId || expiresAt !== before.expiresAt);
