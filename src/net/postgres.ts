/** With it a Postgres client asks for TLS before it speaks TLS (data-plane 2.6). */
export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The answer: go on with a ClientHello. We never send the other one, `N`. */
export const SSL_ACCEPTED = Buffer.from('S');

/**
 * What a server answers to an SSLRequest that was passed on to it: one byte. Nothing may come with
 * it, as nobody could have asked for it: it would be taken for the server's although it came in clear.
 */
export function readServerAnswer(bytes: Buffer): 'more' | 'accepted' | 'refused' {
  if (bytes.length === 0) return 'more';
  return bytes.equals(SSL_ACCEPTED) ? 'accepted' : 'refused';
}
