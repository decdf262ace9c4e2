/** What the first bytes of a client say: enough to know which routers are asked. */
export type FirstBytes = 'more' | 'tls' | 'postgres' | 'http' | 'plain';

const TLS_HANDSHAKE = 0x16;
/** A two-byte length in front of an SSLv2 hello: TLS to the router, refused by the handshake (data-plane 2.3). */
const SSLV2 = 0x80;

const POSTGRES_SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

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
export function tlsOrPlain(bytes: Buffer): FirstBytes {
  const [first] = bytes;
  if (first === undefined) return 'more';
  if (first === TLS_HANDSHAKE || first === SSLV2) return 'tls';
  return startsLike(bytes, POSTGRES_SSL_REQUEST, 'postgres');
}

/** What the built-in HTTP server would take (D26). */
export function httpOrPlain(bytes: Buffer): FirstBytes {
  let verdict: FirstBytes = 'plain';
  for (const method of METHODS) {
    const like = startsLike(bytes, method, 'http');
    if (like === 'http') return like;
    if (like === 'more') verdict = like;
  }
  return verdict;
}

function startsLike(bytes: Buffer, pattern: Buffer, verdict: FirstBytes): FirstBytes {
  const length = Math.min(bytes.length, pattern.length);
  if (bytes.compare(pattern, 0, length, 0, length) !== 0) return 'plain';
  return length === pattern.length ? verdict : 'more';
}
