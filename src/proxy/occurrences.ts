import type { TimerHandle, Timers } from '../net/timers.js';

/** A cause that goes on is said again after this long, with how often it came meanwhile. */
const AGAIN_AFTER_MS = 60_000;

/** However many causes there are, they do not grow the process. */
const MOST_CAUSES = 1_000;

interface Cause<T> {
  readonly name: string;
  latest: T;
  unsaid: number;
  timer: TimerHandle | undefined;
}

/**
 * What happens to many connections alike is said once per cause, at once, and then as a count: a scan
 * cannot flood the log, and nothing that happened is left out of it.
 */
export class Occurrences<T> {
  readonly #timers: Timers;
  readonly #say: (what: T, times: number) => void;
  /** In the order in which they were last said. */
  readonly #causes = new Map<string, Cause<T>>();

  constructor(timers: Timers, say: (what: T, times: number) => void) {
    this.#timers = timers;
    this.#say = say;
  }

  note(name: string, what: T): void {
    const known = this.#causes.get(name);
    if (known) {
      known.latest = what;
      known.unsaid += 1;
      return;
    }
    const [oldest] = this.#causes.values();
    if (oldest && this.#causes.size >= MOST_CAUSES) this.#forget(oldest);
    const cause: Cause<T> = { name, latest: what, unsaid: 1, timer: undefined };
    this.#sayAll(cause);
  }

  /** Says what was not said yet. */
  close(): void {
    for (const cause of this.#causes.values()) this.#forget(cause);
  }

  #sayAll(cause: Cause<T>): void {
    this.#causes.delete(cause.name);
    this.#causes.set(cause.name, cause);
    cause.timer = this.#timers.start(AGAIN_AFTER_MS, again, { cause, occurrences: this });
    const { unsaid } = cause;
    cause.unsaid = 0;
    this.#say(cause.latest, unsaid);
  }

  /** Called by the timer. A cause that did not come again is over. */
  again(cause: Cause<T>): void {
    if (cause.unsaid > 0) this.#sayAll(cause);
    else this.#causes.delete(cause.name);
  }

  #forget(cause: Cause<T>): void {
    if (cause.timer) this.#timers.cancel(cause.timer);
    this.#causes.delete(cause.name);
    if (cause.unsaid > 0) this.#say(cause.latest, cause.unsaid);
  }
}

const again = <T>(due: { readonly cause: Cause<T>; readonly occurrences: Occurrences<T> }) =>
  due.occurrences.again(due.cause);
