/**
 * Reads a message from front to back. What is not there is undefined or false, never an exception:
 * messages come from strangers. Big endian.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, begin = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = begin;
    this.#end = end;
  }

  /** What is left. */
  get length(): number {
    return this.#end - this.#at;
  }

  skip(length: number): boolean {
    if (length > this.length) return false;
    this.#at += length;
    return true;
  }

  number(width: 1 | 2): number | undefined {
    const at = this.#at;
    return this.skip(width) ? this.#bytes.readUIntBE(at, width) : undefined;
  }

  /** What stands behind its own length, which takes `width` bytes. */
  part(width: 1 | 2): ByteReader | undefined {
    const length = this.number(width);
    if (length === undefined) return undefined;
    const begin = this.#at;
    return this.skip(length) ? new ByteReader(this.#bytes, begin, begin + length) : undefined;
  }

  /** All that is left. */
  text(): string {
    return this.#bytes.toString('utf8', this.#at, this.#end);
  }
}
