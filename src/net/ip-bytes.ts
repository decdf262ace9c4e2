import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** Four bytes of IPv4, also if it is written in its IPv6 form, else 16. A zone is left out. */
export function ipBytes(address: string): Buffer | undefined {
  if (isIPv4(address)) return ipv4Bytes(address);
  if (!isIPv6(address)) return undefined;
  const bytes = Buffer.alloc(16);
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const back = groupBytes(tail);
  groupBytes(head).copy(bytes);
  back.copy(bytes, bytes.length - back.length);
  return isMapped(bytes) ? bytes.subarray(MAPPED.length) : bytes;
}

/** The text that Node gives a socket's address in: RFC 5952, and IPv4 always as IPv4. */
export function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (isMapped(bytes)) return bytes.subarray(MAPPED.length).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i));
  const { begin, end } = longestZeros(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (end - begin < 2) return text(groups);
  return `${text(groups.slice(0, begin))}::${text(groups.slice(end))}`;
}

/** IPv4 in its IPv6 form. */
export function mapped(ipv4: Buffer): Buffer {
  return Buffer.concat([MAPPED, ipv4]);
}

const isMapped = (bytes: Buffer) => bytes.compare(MAPPED, 0, MAPPED.length, 0, MAPPED.length) === 0;

const ipv4Bytes = (address: string) => Buffer.from(address.split('.').map(Number));

function groupBytes(text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  return Buffer.concat(
    text
      .split(':')
      .map((group) =>
        group.includes('.') ? ipv4Bytes(group) : Buffer.from(group.padStart(4, '0'), 'hex'),
      ),
  );
}

/** The first of the longest. */
function longestZeros(groups: readonly number[]): { begin: number; end: number } {
  let longest = { begin: 0, end: 0 };
  let begin = 0;
  for (const [i, group] of groups.entries()) {
    if (group !== 0) begin = i + 1;
    else if (i + 1 - begin > longest.end - longest.begin) longest = { begin, end: i + 1 };
  }
  return longest;
}
