import type { Readable } from 'node:stream';

/** Far above any element; whatever sends more without an end is no engine. */
const LONGEST = 16 * 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];
const BLANKS = [0x09, 0x0a, 0x0d, 0x20];

/**
 * The elements of a JSON array, those that end in one chunk together. Only their ends are looked for here, by
 * the bytes that JSON's own signs have in UTF-8 and nothing else has; each is read by `JSON.parse`. Throws
 * on what is no array.
 */
export async function* elementsOf(stream: Readable): AsyncGenerator<readonly unknown[]> {
  const scan = new Scan();
  for await (const chunk of stream) yield scan.read(chunk as Buffer);
  scan.end();
}

class Scan {
  /** How many arrays and objects are open; 0 before the first and after the last byte of the array. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasEnded = false;
  /** Of the element that goes on. */
  #parts: Buffer[] = [];
  #length = 0;

  read(chunk: Buffer): readonly unknown[] {
    const elements: unknown[] = [];
    let start = 0;
    const take = (end: number) => {
      this.#keep(chunk.subarray(start, end));
      const text = Buffer.concat(this.#parts).toString();
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
      if (text.trim() !== '') elements.push(JSON.parse(text));
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
      } else if (this.#depth === 0) {
        if (BLANKS.includes(byte)) continue;
        if (byte !== OPEN_LIST || this.#hasEnded) throw new SyntaxError('the answer is no list');
        this.#depth = 1;
        start = at + 1;
      } else if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth += 1;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          take(at);
          this.#hasEnded = true;
        }
      } else if (byte === COMMA && this.#depth === 1) take(at);
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(start));
    return elements;
  }

  end(): void {
    if (!this.#hasEnded) throw new SyntaxError('the answer ended too soon');
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LONGEST) throw new Error('an element of the answer does not end');
    this.#parts.push(part);
  }
}
