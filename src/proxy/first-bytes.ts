import { SSL_REQUEST } from '../net/postgres.js';
import { beginsWith } from '../net/prefix.js';

/** What the first bytes of a client are, as far as who is asked depends on it. `more`: too few to tell. */
type Verdict<Kind> = Kind | 'more' | 'plain';

const TLS_HANDSHAKE = 0x16;
/** A two-byte length in front of an SSLv2 hello: TLS to the router, refused by the handshake (data-plane 2.3). */
const SSLV2 = 0x80;

const METHODS = [
  'GET ',
  'HEAD ',
  'POST ',
  'PUT ',
  'DELETE ',
  'OPTIONS ',
  'PATCH ',
  'TRACE ',
  'CONNECT ',
].map((method) => Buffer.from(method));

/** What TLS routers would take: decided byte by byte, so that a shorter message is never waited for. */
export function tlsOrPlain(bytes: Buffer): Verdict<'tls' | 'postgres'> {
  const [first] = bytes;
  if (first === undefined) return 'more';
  if (first === TLS_HANDSHAKE || first === SSLV2) return 'tls';
  return startsLike(bytes, SSL_REQUEST, 'postgres' as const);
}

/** What the built-in HTTP server would take (D26). */
export function httpOrPlain(bytes: Buffer): Verdict<'http'> {
  let verdict: Verdict<'http'> = 'plain';
  for (const method of METHODS) {
    const like = startsLike(bytes, method, 'http' as const);
    if (like === 'http') return like;
    if (like === 'more') verdict = like;
  }
  return verdict;
}

function startsLike<Kind>(bytes: Buffer, pattern: Buffer, kind: Kind): Verdict<Kind> {
  const begins = beginsWith(bytes, pattern);
  return begins === true ? kind : begins === false ? 'plain' : begins;
}
