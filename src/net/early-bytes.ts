/** What a client sends before its server is known, in one piece. */
export class EarlyBytes {
  #bytes: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view: valid until the next `append`. */
  get bytes(): Buffer {
    return this.#bytes.length === this.#length
      ? this.#bytes
      : this.#bytes.subarray(0, this.#length);
  }

  /** The first chunk is kept as it is: most often there is no other. */
  append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#length === 0) this.#bytes = chunk;
    else {
      // Doubled, so that a client that sends byte by byte does not have all copied for each of them.
      if (length > this.#bytes.length) this.#grow(2 * length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** Forgets the first `length` bytes. */
  drop(length: number): void {
    this.#bytes = this.bytes.subarray(length);
    this.#length -= length;
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  #grow(capacity: number): void {
    const grown = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

const NOTHING = Buffer.alloc(0);
