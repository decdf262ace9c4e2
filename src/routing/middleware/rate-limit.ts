import { sourceOf } from '../../net/source.js';
import type { Middleware } from './middleware.js';

/** Half of the sources that are remembered. */
const MOST_SOURCES = 20_000;
/** How long a source is remembered at least. */
const SHORTEST_MEMORY_MS = 1_000;
/** Times are sums of fractions. */
const ROUNDING_MS = 1e-6;

/**
 * When the bucket of each source is full again; of whom nothing is known, it is full. Sources come and
 * go: whoever has not been seen for as long as a bucket takes to fill is forgotten, and where there are
 * too many, those are who were not seen for longest.
 */
export class Buckets {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();
  #since = 0;

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  fullAt(source: string): number {
    return this.#recent.get(source) ?? this.#older.get(source) ?? 0;
  }

  set(source: string, fullAt: number): void {
    if (this.#recent.size >= MOST_SOURCES && !this.#recent.has(source)) this.#turn();
    this.#recent.set(source, fullAt);
  }

  /** `longest`: from empty to full, in ms. */
  forget(now: number, longest: number): void {
    const age = now - this.#since;
    const memory = Math.max(longest, SHORTEST_MEMORY_MS);
    if (age < memory) return;
    this.#since = now;
    if (age >= 2 * memory) this.#recent.clear();
    if (this.size > 0) this.#turn();
  }

  #turn(): void {
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

/** Milliseconds. */
export interface Rate {
  /** New connections of one source per period. */
  readonly average: number;
  readonly period: number;
  /** How many of them may come at once. */
  readonly burst: number;
}

/**
 * New connections of one source, by token bucket: as the time at which the bucket is full again, which
 * is all that has to be known of it (the generic cell rate algorithm, ITU-T I.371). Whoever is denied
 * pays nothing.
 */
export class RateLimit implements Middleware {
  readonly name: string;
  readonly denial = 'rate';
  /** From one connection to the next. */
  readonly #interval: number;
  readonly #longest: number;
  readonly #buckets: Buckets;

  constructor(name: string, { average, period, burst }: Rate, buckets: Buckets) {
    this.name = name;
    this.#interval = period / average;
    this.#longest = this.#interval * burst;
    this.#buckets = buckets;
  }

  admits(address: string, now: number): boolean {
    this.#buckets.forget(now, this.#longest);
    const source = sourceOf(address);
    const known = this.#buckets.fullAt(source);
    const emptiest = now + this.#longest;
    // By a stricter rate that was in force before: no bucket is emptier than empty.
    if (known > emptiest + ROUNDING_MS) this.#buckets.set(source, emptiest);
    const fullAt = Math.max(known, now) + this.#interval;
    if (fullAt > emptiest + ROUNDING_MS) return false;
    this.#buckets.set(source, fullAt);
    return true;
  }

  leave(): void {
    // Only arrivals count.
  }
}
