/** Why one attempt to reach a server failed: one closed list. */
export type DialFailure =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'name-not-found'
  | 'reset'
  | 'no-descriptors'
  | 'not-allowed'
  /** Another server was faster (D16). */
  | 'overtaken'
  /** The client left. */
  | 'cancelled'
  | 'other';

const REASONS: ReadonlyMap<string, DialFailure> = new Map<string, DialFailure>([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['EINVAL', 'unreachable'],
  ['EAFNOSUPPORT', 'unreachable'],
  ['ENOTFOUND', 'name-not-found'],
  ['EAI_AGAIN', 'name-not-found'],
  ['EAI_FAIL', 'name-not-found'],
  ['EAI_NONAME', 'name-not-found'],
  ['EAI_NODATA', 'name-not-found'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['EMFILE', 'no-descriptors'],
  ['ENFILE', 'no-descriptors'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
]);

export function dialFailureOf(error: NodeJS.ErrnoException): DialFailure {
  return REASONS.get(error.code ?? '') ?? 'other';
}
