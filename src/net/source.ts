import { isIPv6 } from 'node:net';
import { ipBytes } from './ip-bytes.js';

/**
 * Who counts as one client: an IPv4 address, or the /64 of an IPv6 address, because whoever has one of
 * them has them all.
 */
export function sourceOf(address: string): string {
  return isIPv6(address) ? (ipBytes(address)?.toString('latin1', 0, 8) ?? address) : address;
}
