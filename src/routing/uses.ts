import type { Steps } from '../async/slices.js';
import { NameMap } from '../config/name-map.js';

/** What one object referred to, and refers to now. */
export interface UseChange {
  readonly user: string;
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** Who refers to what, by name. Never changes; a changed copy costs what changed. */
export class Uses {
  static readonly NONE = new Uses(NameMap.of());
  /** `NAME\0USER`. A name that holds a `\0` itself may get users too many. */
  readonly #pairs: NameMap<true>;

  private constructor(pairs: NameMap<true>) {
    this.#pairs = pairs;
  }

  *with(changes: Iterable<UseChange>): Steps<Uses> {
    const pairs = new Map<string, true | undefined>();
    for (const { user, before, now } of changes) {
      yield;
      for (const name of before) pairs.set(`${name}\0${user}`, undefined);
      for (const name of now) pairs.set(`${name}\0${user}`, true);
    }
    const next = yield* this.#pairs.changing(pairs);
    return next === this.#pairs ? this : new Uses(next);
  }

  /** In order. */
  *of(name: string): Generator<string, undefined> {
    const start = `${name}\0`;
    for (const [pair] of this.#pairs.entries(start)) {
      if (!pair.startsWith(start)) return;
      yield pair.slice(start.length);
    }
  }
}
