import { END_REASONS, type EndReason } from './end-reasons.js';

/** Upper bounds, in ms, of the dial durations that are told apart. */
export const DIAL_BOUNDS_MS = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000] as const;

/** Dials that took no longer than this bound, and longer than the one before. */
export type DialCount = `dial-${(typeof DIAL_BOUNDS_MS)[number]}` | 'dial-longer';

/** What is counted for one object; which objects of which kind, session-counts.ts says. */
export type Count =
  /** Of an entry point: connections, and how often none was accepted for want of descriptors. */
  | 'accepted'
  | 'held'
  /** Connections that reached a server. */
  | 'reached'
  /** Bytes. */
  | 'sent'
  | 'received'
  /** Servers that were dialled, those of them that were not the first, and those that failed. */
  | 'attempts'
  | 'retries'
  | 'failures'
  /** Milliseconds of all dials that reached a server. */
  | 'dial-ms'
  | DialCount
  | EndReason;

/** What is counted. The name of a server is `SERVICE ADDRESS`: an address holds no blank. */
export type CountedKind = 'entryPoint' | 'router' | 'service' | 'server';

/** The place of a count within the block of its object. */
const COLUMNS: ReadonlyMap<string, number> = new Map(
  [
    ...['accepted', 'held', 'reached', 'sent', 'received', 'attempts', 'retries', 'failures'],
    ...['dial-ms', ...DIAL_BOUNDS_MS.map((bound) => `dial-${bound}`), 'dial-longer'],
    ...Object.keys(END_REASONS),
  ].map((name, column) => [name, column]),
);

const FIRST_BLOCKS = 16;

const columnOf = (count: Count) => COLUMNS.get(count) ?? 0;

const DIAL_COUNTS = DIAL_BOUNDS_MS.map((bound) => [bound, `dial-${bound}`] as const);

/** Runs once per connection. */
export function dialCountOf(ms: number): DialCount {
  for (const [bound, count] of DIAL_COUNTS) if (ms <= bound) return count;
  return 'dial-longer';
}

/** All counters at one moment, for whoever reads them in several turns. */
export interface Reading {
  /** The objects that something was counted for, each with its block. */
  objects(kind: CountedKind): readonly (readonly [name: string, block: number])[];
  count(block: number, count: Count): number;
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
    const slot = block + columnOf(count);
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

  /** A copy, which costs a fraction of what is made of it. */
  read(): Reading {
    const values = this.#values.slice(0, this.#end);
    const blocks = {
      entryPoint: [...this.#blocks.entryPoint],
      router: [...this.#blocks.router],
      service: [...this.#blocks.service],
      server: [...this.#blocks.server],
    };
    return {
      objects: (kind) => blocks[kind],
      count: (block, count) => values[block + columnOf(count)] ?? 0,
    };
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
