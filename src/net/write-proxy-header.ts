import type { Endpoint } from './address.js';
import { ipBytes, ipText, mapped } from './ip-bytes.js';
import { V2_SIGNATURE } from './proxy-header.js';

const V1_UNKNOWN = Buffer.from('PROXY UNKNOWN\r\n');
const V2_LOCAL = Buffer.concat([V2_SIGNATURE, Buffer.from([0x20, 0x00, 0, 0])]);

const V2_TCP4 = Buffer.concat([V2_SIGNATURE, Buffer.from([0x21, 0x11, 0, 12])]);
const V2_TCP6 = Buffer.concat([V2_SIGNATURE, Buffer.from([0x21, 0x21, 0, 36])]);

/**
 * What a server is told about its client, before TLS (data-plane 5.5). IPv4 beside IPv6 is written in
 * its IPv6 form (D31). Without two IP addresses the header says that nothing is known. Not to be changed.
 */
export function writeProxyHeader(version: 1 | 2, source: Endpoint, destination: Endpoint): Buffer {
  const from = ipBytes(source.host);
  const to = ipBytes(destination.host);
  if (!from || !to) return version === 1 ? V1_UNKNOWN : V2_LOCAL;
  const isIPv4 = from.length === 4 && to.length === 4;
  if (version === 1) {
    const text = (ip: Buffer) => (ip.length === 4 && !isIPv4 ? `::ffff:${ipText(ip)}` : ipText(ip));
    const family = isIPv4 ? 'TCP4' : 'TCP6';
    return Buffer.from(
      `PROXY ${family} ${text(from)} ${text(to)} ${source.port} ${destination.port}\r\n`,
    );
  }
  const wide = (ip: Buffer) => (ip.length === 4 && !isIPv4 ? mapped(ip) : ip);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  return Buffer.concat([isIPv4 ? V2_TCP4 : V2_TCP6, wide(from), wide(to), ports]);
}
