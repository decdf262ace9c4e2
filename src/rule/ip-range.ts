import { isIPv4, isIPv6 } from 'node:net';

/** 32 bits of IPv4, or 128 bits of IPv6 in four words. IPv4 in IPv6 is IPv4. */
type Words = readonly [number] | readonly [number, number, number, number];

/** All addresses that begin with the same bits. Never of both families: `::/0` holds no IPv4. */
export interface IpRange {
  readonly words: Words;
  readonly bits: number;
}

/** An address, or a prefix whose host bits are not looked at (data-plane facts 1.4). */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  // A zone means an interface of the writer's machine, and nothing to a connection.
  const words = address.includes('%') ? undefined : wordsOf(address);
  if (!words) return undefined;
  if (slash === -1) return { words, bits: words.length * 32 };

  const written = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(written)) return undefined;
  const bits = Number(written);
  if (bits > (address.includes(':') ? 128 : 32)) return undefined;
  if (words.length === 4 || !address.includes(':')) return { words, bits };
  // The prefix of a mapped address counts its 96 leading bits; a shorter one is a range of IPv6.
  return bits >= 96 ? { words, bits: bits - 96 } : { words: [0, 0, 0xffff, words[0]], bits };
}

/** False for what is no address. A zone is ignored. */
export function isInRange(range: IpRange, address: string): boolean {
  const words = addressWords(address);
  return words !== undefined && holds(range, words);
}

/** As `isInRange`, for at least one of them; the address is read once. */
export function isInAnyRange(ranges: readonly IpRange[], address: string): boolean {
  const words = addressWords(address);
  if (words === undefined) return false;
  for (const range of ranges) if (holds(range, words)) return true;
  return false;
}

function addressWords(address: string): Words | undefined {
  const zone = address.indexOf('%');
  return wordsOf(zone === -1 ? address : address.slice(0, zone));
}

function holds(range: IpRange, words: Words): boolean {
  if (words.length !== range.words.length) return false;
  let bits = range.bits;
  for (let i = 0; i < words.length && bits > 0; i += 1, bits -= 32) {
    const differing = (words[i] ?? 0) ^ (range.words[i] ?? 0);
    if (bits >= 32 ? differing !== 0 : differing >>> (32 - bits) !== 0) return false;
  }
  return true;
}

function wordsOf(address: string): Words | undefined {
  if (isIPv4(address)) return [ipv4Word(address)];
  if (!isIPv6(address)) return undefined;
  const [a, b, c, d] = ipv6Words(address);
  return a === 0 && b === 0 && c === 0xffff ? [d] : [a, b, c, d];
}

function ipv4Word(address: string): number {
  let word = 0;
  for (const octet of address.split('.')) word = word * 256 + Number(octet);
  return word;
}

function ipv6Words(address: string): readonly [number, number, number, number] {
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const groups = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  const word = (i: number) => (groups[i] ?? 0) * 0x10000 + (groups[i + 1] ?? 0);
  return [word(0), word(2), word(4), word(6)];
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}
