import type { Diagnostic } from '../config/diagnostic.js';
import { urlOf, type WorkloadApiAddress } from './workload-api.js';
import type { SpiffeState } from './x509-source.js';

const LONGEST_SHOWN = 300;

/** The finding about a source that fails; undefined for one that does not. */
export function findingOf(state: SpiffeState, address: WorkloadApiAddress): Diagnostic | undefined {
  const { status, reason, detail } = state;
  if (status !== 'failing' || reason === undefined) return undefined;
  const isExpired = reason === 'svid-expired';
  const value = detail === undefined ? reason : `${reason}: ${detail}`;
  return {
    code: 'identity-lost',
    severity: isExpired ? 'error' : 'warning',
    object: { kind: 'option', name: 'spiffe' },
    at: { kind: 'endpoint', url: urlOf(address) },
    message: isExpired
      ? 'our SVID has expired, and the Workload API gives no other'
      : state.spiffeId === undefined
        ? 'the Workload API gives no identity; servers that are to be reached by SPIFFE are not'
        : 'the Workload API is lost; the last identity stays in use until it expires',
    value: value.slice(0, LONGEST_SHOWN),
    fix:
      FIXES.get(reason) ??
      'see that the agent runs and answers; it is asked again every few seconds',
  };
}

const FIXES: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'see that the agent runs, and that its socket is mounted at this address'],
  ['not-allowed', 'let the user that Sluice runs as open the socket of the agent'],
  ['permission-denied', 'register this workload with the agent: it knows no identity for it'],
  ['bad-answer', 'see that the address is that of a Workload API'],
]);
