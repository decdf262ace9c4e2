/** Bytes that are not DER, or not what was to be read. Never leaves the functions that read whole structures. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/** No certificate is nearly as long; it also keeps lengths within 32 bits. */
const LONGEST = 2 ** 24;

/**
 * Reads the elements of some DER one after the other, without copying. Strict: there is one way to
 * write a length, and every byte belongs to something. Throws `DerError`.
 */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(): DerElement {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several bytes');
    const length = this.#length();
    const from = this.#at;
    const to = from + length;
    if (to > this.#bytes.length) throw new DerError('longer than what holds it');
    this.#at = to;
    return {
      tag,
      content: this.#bytes.subarray(from, to),
      whole: this.#bytes.subarray(start, to),
    };
  }

  /** The next element, which must have this tag. */
  expect(tag: number): DerElement {
    const element = this.next();
    if (element.tag !== tag) throw new DerError('another tag than expected');
    return element;
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.#bytes[this.#at] === tag ? this.next() : undefined;
  }

  sequence(): DerReader {
    return new DerReader(this.expect(TAG.sequence).content);
  }

  end(): void {
    if (!this.isAtEnd) throw new DerError('more than expected');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DerError('shorter than expected');
    this.#at += 1;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let length = 0;
    // 0x80 would be the indefinite length of BER.
    for (let bytes = first & 0x7f; bytes > 0; bytes -= 1) {
      length = length * 0x100 + this.#byte();
      if (length === 0 || length > LONGEST) throw new DerError('a length out of range');
    }
    const shortest = length < 0x80 ? 0 : Math.ceil((32 - Math.clz32(length)) / 8);
    if (shortest !== (first & 0x7f)) throw new DerError('a length that is not the shortest');
    return length;
  }
}

/** An INTEGER from 0 to 2^31 - 1. */
export function smallInteger({ content }: DerElement): number {
  const [first = 0x80, second = 0x80] = content;
  const isShortest = first !== 0 || content.length === 1 || second >= 0x80;
  if (first >= 0x80 || !isShortest || content.length > 4)
    throw new DerError('an integer out of range');
  return content.readUIntBE(0, content.length);
}

export function boolean({ content }: DerElement): boolean {
  const [byte] = content;
  if (content.length !== 1 || (byte !== 0 && byte !== 0xff)) throw new DerError('no boolean');
  return byte === 0xff;
}

/** The bits of a BIT STRING, from its first; those that are unused must be 0. */
export function bitsOf({ content }: DerElement): {
  readonly bytes: Buffer;
  readonly unused: number;
} {
  const [unused = 8] = content;
  const bytes = content.subarray(1);
  const last = bytes.at(-1);
  const isRight =
    last === undefined ? unused === 0 : unused < 8 && (last & ((1 << unused) - 1)) === 0;
  if (!isRight) throw new DerError('no string of bits');
  return { bytes, unused };
}

/** For content that must be plain ASCII. */
export function ascii({ content }: DerElement): string {
  if (content.some((byte) => byte >= 0x80)) throw new DerError('not ASCII');
  return content.toString('latin1');
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A time as RFC 5280 4.1.2.5 allows it, in ms since the epoch. */
export function time(element: DerElement): number {
  const isShort = element.tag === TAG.utcTime;
  if (!isShort && element.tag !== TAG.generalizedTime) throw new DerError('no time');
  const fields = (isShort ? UTC_TIME : GENERALIZED_TIME).exec(ascii(element))?.slice(1).map(Number);
  if (!fields) throw new DerError('no time');
  const [digits = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const year = isShort ? digits + (digits < 50 ? 2000 : 1900) : digits;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // 31 February would be read as a day of March.
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isReal) throw new DerError('no such time');
  return date.getTime();
}

/**
 * The elements that stand behind each other in `bytes`, such as concatenated certificates.
 * Undefined if that is not what they are, or if there are more than `most`.
 */
export function splitDer(bytes: Buffer, most: number): readonly Buffer[] | undefined {
  return readDer(bytes, (reader) => {
    const parts: Buffer[] = [];
    while (!reader.isAtEnd) {
      if (parts.length === most) throw new DerError('too many');
      parts.push(reader.expect(TAG.sequence).whole);
    }
    return parts;
  });
}

/** What `read` makes of the bytes, all of which it must use; undefined if they are malformed. */
export function readDer<T>(bytes: Buffer, read: (reader: DerReader) => T): T | undefined {
  const reader = new DerReader(bytes);
  try {
    const value = read(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
