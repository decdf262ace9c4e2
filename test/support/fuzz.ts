import assert from 'node:assert/strict';
import fc from 'fast-check';

/** One change of some bytes. Numbers are taken modulo what there is. */
export interface Edit {
  readonly kind: 'set' | 'nudge' | 'delete' | 'insert' | 'repeat' | 'end';
  readonly at: number;
  readonly length: number;
  readonly value: number;
}

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('set', 'nudge', 'delete', 'insert', 'repeat', 'end'),
    at: fc.nat(2_000),
    length: fc.nat(40),
    value: fc.nat(255),
  }),
  { maxLength: 3 },
);

/** Near to what it was made of: most of what strangers could send is refused by its first byte. */
export function edited(bytes: Buffer, changes: readonly Edit[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { kind, at: position, length, value } of changes) {
    const at = position % (result.length + 1);
    const before = result.subarray(0, at);
    const chosen = result.subarray(at, at + length);
    const behind = result.subarray(at + length);
    const byte = Buffer.from([value]);
    if (kind === 'end') result = before;
    else if (kind === 'delete') result = Buffer.concat([before, behind]);
    else if (kind === 'insert') result = Buffer.concat([before, byte, chosen, behind]);
    else if (kind === 'repeat') result = Buffer.concat([before, chosen, chosen, behind]);
    else if (at < result.length) {
      result[at] = kind === 'set' ? value : (result[at] ?? 0) + (value < 128 ? 1 : -1);
    }
  }
  return result;
}

const TAIL = Buffer.from('\x00\x16what comes behind it\r\n');

/**
 * Holds for whoever looks at the first bytes again for each segment: an answer that was given on a
 * part is the answer for the whole, whatever the segments were.
 */
export function assertSameForEveryPrefix(
  read: (bytes: Buffer) => unknown,
  bytes: Buffer,
  cuts: readonly number[],
): void {
  const whole = read(bytes);
  const isSame = (other: unknown) => {
    // Most answers are words, and a comparison of words is cheap.
    if (other !== whole) assert.deepEqual(other, whole);
  };
  for (const cut of cuts) {
    const answer = read(bytes.subarray(0, cut % (bytes.length + 1)));
    if (answer !== 'more') isSame(answer);
  }
  if (whole !== 'more') isSame(read(Buffer.concat([bytes, TAIL])));
}

/** How often each answer was given: a generator that only meets one of them tests nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count(answer: unknown): void {
    const name = typeof answer === 'string' ? answer : 'read';
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  assertAll(names: readonly string[], least: number): void {
    for (const name of names) {
      const count = this.#counts.get(name) ?? 0;
      assert.ok(count >= least, `${name}: only ${count}`);
    }
  }
}
