import { isIPv4 } from 'node:net';
import type { Endpoint } from './address.js';
import { ByteReader } from './byte-reader.js';
import { crc32c } from './crc32c.js';
import { ipBytes, ipText } from './ip-bytes.js';
import { beginsWith } from './prefix.js';

/** What a proxy in front of us says about its client (PROXY protocol, versions 1 and 2). */
export interface ProxyHeader {
  /** In bytes. What follows is the client's. */
  readonly length: number;
  /** Both or none: then it is the proxy's own connection, or not one of IP. */
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
}

const V1_SIGNATURE = Buffer.from('PROXY');
export const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n');

/** With its line end. */
const MAX_LINE = 107;

const V2_HEADER = 16;
const MAX_PAYLOAD = 4096;
const LOCAL = 0x20;
const PROXY = 0x21;
/** Address family and protocol to the length of both addresses and ports. */
const ADDRESS_LENGTHS: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x12, 12],
  [0x21, 36],
  [0x22, 36],
  [0x31, 216],
  [0x32, 216],
]);
const CHECKSUM = 0x03;
const ZEROS = Buffer.alloc(4);

/**
 * Looks at what a client sent, from its first byte on, and consumes nothing. `none`: it begins with
 * something else. `bad`: it is broken, whatever follows. An answer never changes with what comes behind it.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'more' | 'none' | 'bad' {
  const isV1 = beginsWith(bytes, V1_SIGNATURE);
  if (isV1 === true) return readLine(bytes);
  const isV2 = beginsWith(bytes, V2_SIGNATURE);
  if (isV2 === true) return readBinary(bytes);
  return isV1 === 'more' || isV2 === 'more' ? 'more' : 'none';
}

function readLine(bytes: Buffer): ProxyHeader | 'more' | 'bad' {
  const line = bytes.toString('latin1', 0, MAX_LINE);
  const end = line.search(/[\r\n]/);
  if (end === -1) return line.length < MAX_LINE ? 'more' : 'bad';
  if (line.charAt(end) === '\r' && end + 1 === line.length && line.length < MAX_LINE) return 'more';
  if (!line.startsWith('\r\n', end)) return 'bad';

  // More words are ignored, as in Traefik.
  const words = line.slice(0, end).split(' ');
  const [name, family, sourceIp = '', destinationIp = '', sourcePort = '', destinationPort = ''] =
    words;
  if (name !== 'PROXY') return 'bad';
  const length = end + 2;
  if (family === 'UNKNOWN') return { length, source: undefined, destination: undefined };
  if (family !== 'TCP4' && family !== 'TCP6') return 'bad';
  const source = endpointOf(family, sourceIp, sourcePort);
  const destination = endpointOf(family, destinationIp, destinationPort);
  return source && destination ? { length, source, destination } : 'bad';
}

/** IPv4 is let through in TCP6 (data-plane 2.2). */
function endpointOf(family: 'TCP4' | 'TCP6', ip: string, port: string): Endpoint | undefined {
  const bytes = ip.includes('%') ? undefined : ipBytes(ip);
  if (!bytes || (family === 'TCP4' && !isIPv4(ip))) return undefined;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return undefined;
  return { host: ipText(bytes), port: Number(port) };
}

function readBinary(bytes: Buffer): ProxyHeader | 'more' | 'bad' {
  const [command = PROXY, family = 0] = bytes.subarray(V2_SIGNATURE.length, V2_HEADER);
  const addresses = ADDRESS_LENGTHS.get(family);
  if (command === PROXY ? addresses === undefined : command !== LOCAL) return 'bad';
  if (bytes.length < V2_HEADER) return 'more';
  const payload = bytes.readUInt16BE(V2_HEADER - 2);
  const length = V2_HEADER + payload;
  if (payload > MAX_PAYLOAD) return 'bad';
  // Whatever a proxy says about a connection of its own is passed over.
  const isLocal = command === LOCAL || addresses === undefined;
  if (!isLocal && payload < addresses) return 'bad';
  if (bytes.length < length) return 'more';

  const unknown = { length, source: undefined, destination: undefined };
  if (isLocal) return unknown;
  if (!isIntact(bytes.subarray(0, length), V2_HEADER + addresses)) return 'bad';
  const width = addresses === 12 ? 4 : addresses === 36 ? 16 : 0;
  if (width === 0) return unknown;
  const ports = V2_HEADER + 2 * width;
  const endpoint = (at: number, port: number): Endpoint => ({
    host: ipText(bytes.subarray(at, at + width)),
    port: bytes.readUInt16BE(port),
  });
  return {
    length,
    source: endpoint(V2_HEADER, ports),
    destination: endpoint(V2_HEADER + width, ports + 2),
  };
}

/** What stands behind the addresses is passed over, but for a checksum, which must be right. */
function isIntact(header: Buffer, extras: number): boolean {
  const reader = new ByteReader(header, extras);
  for (;;) {
    const type = reader.number(1);
    const value = reader.part(2);
    if (!value) return true;
    if (type !== CHECKSUM) continue;
    const end = header.length - reader.length;
    const begin = end - ZEROS.length;
    return (
      value.length === ZEROS.length &&
      crc32c(header.subarray(0, begin), ZEROS, header.subarray(end)) === header.readUInt32BE(begin)
    );
  }
}
