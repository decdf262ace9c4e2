import type { TimerHandle, Timers } from '../../src/net/timers.js';

/** Time that passes only when it is told to. */
export class ManualTimers implements Timers {
  #now = 0;
  readonly #due = new Map<TimerHandle, { readonly at: number; readonly expire: () => void }>();

  /** Timers that are running. */
  get started(): number {
    return this.#due.size;
  }

  now(): number {
    return this.#now;
  }

  start<T>(ms: number, expire: (argument: T) => void, argument: T): TimerHandle {
    const handle = {};
    this.#due.set(handle, { at: this.#now + ms, expire: () => expire(argument) });
    return handle;
  }

  cancel(handle: TimerHandle): void {
    this.#due.delete(handle);
  }

  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#due]
        .filter(([, { at }]) => at <= until)
        .sort(([, one], [, other]) => one.at - other.at)[0];
      if (next === undefined) break;
      const [handle, { at, expire }] = next;
      this.#due.delete(handle);
      this.#now = at;
      expire();
    }
    this.#now = until;
  }
}
