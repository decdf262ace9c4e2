import { readProxyHeader } from '../net/proxy-header.js';
import { httpOrPlain, tlsOrPlain } from './first-bytes.js';

export const NAMELESS_HELLO = 'a TLS hello without a server name';
export const PROXY_HEADER = 'a PROXY header';

/** What a client without a route began with: one closed list. */
export type SaidFirst =
  | typeof NAMELESS_HELLO
  | typeof PROXY_HEADER
  | 'nothing'
  | 'HTTP'
  /** Cut off, or broken. */
  | 'half a TLS hello'
  | 'no TLS';

/** Of one that sent no hello. */
export function saidFirst(bytes: Buffer): SaidFirst {
  if (bytes.length === 0) return 'nothing';
  const header = readProxyHeader(bytes);
  if (typeof header === 'object' || header === 'bad') return PROXY_HEADER;
  if (httpOrPlain(bytes) === 'http') return 'HTTP';
  return tlsOrPlain(bytes) === 'tls' ? 'half a TLS hello' : 'no TLS';
}
