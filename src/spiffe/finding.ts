import type { Diagnostic } from '../config/diagnostic.js';
import { urlOf, type WorkloadApiAddress } from './workload-api.js';
import type { SpiffeState } from './x509-source.js';

const LONGEST_SHOWN = 300;

/** Whose identity it is, in the words of whoever has to mend it. */
export interface IdentityWords extends Pick<Diagnostic, 'provider' | 'object' | 'at'> {
  /** Goes before "has expired". */
  readonly svid: string;
  /** Goes before "gives". */
  readonly agent: string;
  /** Goes before "are not". */
  readonly servers: string;
  readonly fixes: ReadonlyMap<string, string>;
}

/** The finding about a source that fails; undefined for one that does not. */
export function findingOf(state: SpiffeState, words: IdentityWords): Diagnostic | undefined {
  const { status, reason, detail } = state;
  if (status !== 'failing' || reason === undefined) return undefined;
  const { svid, agent, servers, fixes, ...place } = words;
  const isExpired = reason === 'svid-expired';
  const value = detail === undefined ? reason : `${reason}: ${detail}`;
  return {
    code: 'identity-lost',
    severity: isExpired ? 'error' : 'warning',
    ...place,
    message: isExpired
      ? `${svid} has expired, and ${agent} gives no other`
      : state.spiffeId === undefined
        ? `${agent} gives no identity; ${servers} are not`
        : `${agent} is lost; the last identity stays in use until it expires`,
    value: value.slice(0, LONGEST_SHOWN),
    fix:
      fixes.get(reason) ??
      'see that the agent runs and answers; it is asked again every few seconds',
  };
}

export const workloadApiWords = (address: WorkloadApiAddress): IdentityWords => ({
  object: { kind: 'option', name: 'spiffe' },
  at: { kind: 'endpoint', url: urlOf(address) },
  svid: 'our SVID',
  agent: 'the Workload API',
  servers: 'servers that are to be reached by SPIFFE',
  fixes: WORKLOAD_API_FIXES,
});

const WORKLOAD_API_FIXES: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'see that the agent runs, and that its socket is mounted at this address'],
  ['not-allowed', 'let the user that Sluice runs as open the socket of the agent'],
  ['permission-denied', 'register this workload with the agent: it knows no identity for it'],
  ['bad-answer', 'see that the address is that of a Workload API'],
]);

/** `provider` and where its agent of Consul is. */
export const connectWords = (provider: string, endpoint: string): IdentityWords => ({
  provider,
  object: { kind: 'provider', name: provider },
  at: { kind: 'endpoint', url: endpoint },
  svid: 'our certificate on Consul Connect',
  agent: 'the agent of Consul',
  servers: 'servers that are to be reached through Consul Connect',
  fixes: CONNECT_FIXES,
});

const CONNECT_FIXES: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'see that the agent runs, and that it is reached at this address'],
  [
    'permission-denied',
    'let the token write the service that providers.consulCatalog.serviceName names',
  ],
  ['refused', 'see that Connect is enabled on the agent and on the servers of its cluster'],
]);
