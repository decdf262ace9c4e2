import { END_REASONS, type EndReason } from './end-reasons.js';

/** What is counted for one object. `accepted`, `held`: entry points only; `attempts`, `failures`: dials. */
export type Count = 'accepted' | 'held' | 'sent' | 'received' | 'attempts' | 'failures' | EndReason;

/** What is counted. The name of a server is `SERVICE ADDRESS`: an address holds no blank. */
export type CountedKind = 'entryPoint' | 'router' | 'service' | 'server';

/** The place of a count within the block of its object. */
const COLUMNS: ReadonlyMap<string, number> = new Map(
  ['accepted', 'held', 'sent', 'received', 'attempts', 'failures', ...Object.keys(END_REASONS)].map(
    (name, column) => [name, column],
  ),
);

const FIRST_BLOCKS = 16;

/** One object's counters at one moment. */
export interface Reading {
  readonly kind: CountedKind;
  readonly name: string;
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * All counters of the process in one typed array: counting is an addition, and reading is somebody
 * else's work at scrape time. Each object has one block, which stays where it is until `retain` gives
 * it to another. Names are those of configured objects, never anything that a client chooses.
 */
export class Counters {
  readonly #blocks: Readonly<Record<CountedKind, Map<string, number>>> = {
    entryPoint: new Map(),
    router: new Map(),
    service: new Map(),
    server: new Map(),
  };
  readonly #free: number[] = [];
  #values = new Float64Array(FIRST_BLOCKS * COLUMNS.size);
  /** Where the next block begins that was never used. */
  #end = 0;

  /** The object's block, for `add`. Not to be kept: the next `retain` may free it. */
  blockOf(kind: CountedKind, name: string): number {
    return this.#blocks[kind].get(name) ?? this.#claim(kind, name);
  }

  add(block: number, count: Count, amount = 1): void {
    const slot = block + (COLUMNS.get(count) ?? 0);
    this.#values[slot] = (this.#values[slot] ?? 0) + amount;
  }

  /** Forgets what is not configured any more; its slots are used again. */
  retain(kind: CountedKind, isConfigured: (name: string) => boolean): void {
    const blocks = this.#blocks[kind];
    for (const [name, block] of blocks) {
      if (isConfigured(name)) continue;
      blocks.delete(name);
      this.#values.fill(0, block, block + COLUMNS.size);
      this.#free.push(block);
    }
  }

  /** What was counted for one kind of object; zeros are left out. */
  read(kind: CountedKind): readonly Reading[] {
    return [...this.#blocks[kind]].map(([name, block]) => {
      const counts = new Map<string, number>();
      for (const [count, column] of COLUMNS) {
        const value = this.#values[block + column] ?? 0;
        if (value !== 0) counts.set(count, value);
      }
      return { kind, name, counts };
    });
  }

  #claim(kind: CountedKind, name: string): number {
    const block = this.#free.pop() ?? this.#append();
    this.#blocks[kind].set(name, block);
    return block;
  }

  #append(): number {
    const block = this.#end;
    this.#end += COLUMNS.size;
    if (this.#end > this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    return block;
  }
}
