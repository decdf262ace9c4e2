/** Why one attempt to reach a server failed: one closed list. */
export type DialFailure =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'name-not-found'
  | 'reset'
  | 'no-descriptors'
  | 'not-allowed'
  /** The TLS handshake: no common version or cipher, an alert, or no TLS at all. */
  | 'tls-failed'
  /** The server refused the certificate that it was shown. */
  | 'certificate-refused'
  /** The certificate of the server: its chain, its names, its URI, its SPIFFE ID. */
  | 'untrusted'
  | 'wrong-name'
  | 'wrong-uri'
  | 'wrong-id'
  /** No SVID to show yet. */
  | 'no-identity'
  /** A Postgres server without TLS, for a client that was promised some. */
  | 'no-tls'
  /** Another server was faster (D16). */
  | 'overtaken'
  /** It was removed meanwhile: whoever has its address now is somebody else. */
  | 'removed'
  /** The client left. */
  | 'cancelled'
  | 'other';

/** Reasons that lie with us, or with another server: they say nothing about the one that was dialled. */
const NOT_ITS_OWN: ReadonlySet<DialFailure> = new Set([
  'overtaken',
  'removed',
  'cancelled',
  'no-descriptors',
  'no-identity',
]);

export const saysNothing = (reason: DialFailure): boolean => NOT_ITS_OWN.has(reason);

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

/** RFC 8446, 6.2: bad_certificate to certificate_unknown, unknown_ca, access_denied, certificate_required. */
const CERTIFICATE_ALERT =
  /_ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|ACCESS_DENIED)/;

export function dialFailureOf({ code = '' }: Pick<NodeJS.ErrnoException, 'code'>): DialFailure {
  const reason = REASONS.get(code);
  if (reason) return reason;
  if (CERTIFICATE_ALERT.test(code)) return 'certificate-refused';
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? 'tls-failed' : 'other';
}
