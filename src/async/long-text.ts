/** Characters that are put together at a time. */
const PIECE = 32 * 1024;

/**
 * A text that may have megabytes, as bytes in pieces: one that is put together and encoded in one go holds
 * up the event loop.
 */
export class LongText {
  readonly #pieces: Buffer[] = [];
  #parts: string[] = [];
  #length = 0;

  add(part: string): void {
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length >= PIECE) this.#cut();
  }

  /** UTF-8. Nothing is added any more. */
  end(): readonly Buffer[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    this.#pieces.push(Buffer.from(this.#parts.join('')));
    this.#parts = [];
    this.#length = 0;
  }
}
