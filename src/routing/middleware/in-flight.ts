import { sourceOf } from '../../net/source.js';
import type { Middleware } from './middleware.js';

/** Open connections by source. Outlives the middleware that made it: connections outlive tables. */
export class OpenCounts {
  readonly #open = new Map<string, number>();
  #total = 0;

  /** Of all sources. */
  get total(): number {
    return this.#total;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  of(source: string): number {
    return this.#open.get(source) ?? 0;
  }

  add(source: string): void {
    this.#total += 1;
    this.#open.set(source, this.of(source) + 1);
  }

  remove(source: string): void {
    this.#total -= 1;
    const left = this.of(source) - 1;
    if (left > 0) this.#open.set(source, left);
    else this.#open.delete(source);
  }
}

/** So many connections of one source at a time, over all routers that name it. */
export class InFlightLimit implements Middleware {
  readonly name: string;
  readonly denial = 'in-flight';
  readonly #amount: number;
  readonly #counts: OpenCounts;

  /** `amount`: 0 and less admit nobody (data-plane facts 3). */
  constructor(name: string, amount: number, counts: OpenCounts) {
    this.name = name;
    this.#amount = amount;
    this.#counts = counts;
  }

  admits(address: string): boolean {
    const source = sourceOf(address);
    if (this.#counts.of(source) >= this.#amount) return false;
    this.#counts.add(source);
    return true;
  }

  leave(address: string): void {
    this.#counts.remove(sourceOf(address));
  }
}
