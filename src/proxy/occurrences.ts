import type { TimerHandle, Timers } from '../net/timers.js';

/** A cause that goes on is said again after this long, with how often it came meanwhile. */
const AGAIN_AFTER_MS = 60_000;

/** However many causes there are, they do not grow the process. */
const MOST_CAUSES = 1_000;

/** Of one kind so many causes are told apart at one time, and the rest is counted together. */
const MOST_OF_A_KIND = 5;

interface Cause<T> {
  readonly name: string;
  /** Empty: it stands for all of its kind that are not told apart. */
  readonly kind: string;
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
  /** How many causes of a kind are told apart now. */
  readonly #toldApart = new Map<string, number>();

  constructor(timers: Timers, say: (what: T, times: number) => void) {
    this.#timers = timers;
    this.#say = say;
  }

  /** `variant` tells causes of one kind apart, and may be anything that strangers say. */
  note(kind: string, what: T, variant = ''): void {
    const name = variant === '' ? kind : `${kind} ${variant}`;
    if (this.#count(name, what)) return;
    if (variant === '') {
      this.#begin(name, '', what);
      return;
    }
    const toldApart = this.#toldApart.get(kind) ?? 0;
    if (toldApart < MOST_OF_A_KIND) {
      this.#toldApart.set(kind, toldApart + 1);
      this.#begin(name, kind, what);
    } else if (!this.#count(kind, what)) this.#begin(kind, '', what);
  }

  /** Says what was not said yet. */
  close(): void {
    for (const cause of this.#causes.values()) this.#forget(cause);
  }

  /** True if the cause is known. */
  #count(name: string, what: T): boolean {
    const known = this.#causes.get(name);
    if (known === undefined) return false;
    known.latest = what;
    known.unsaid += 1;
    return true;
  }

  #begin(name: string, kind: string, what: T): void {
    const [oldest] = this.#causes.values();
    if (oldest && this.#causes.size >= MOST_CAUSES) this.#forget(oldest);
    this.#sayAll({ name, kind, latest: what, unsaid: 1, timer: undefined });
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
    else this.#drop(cause);
  }

  #forget(cause: Cause<T>): void {
    if (cause.timer) this.#timers.cancel(cause.timer);
    this.#drop(cause);
    if (cause.unsaid > 0) this.#say(cause.latest, cause.unsaid);
  }

  #drop({ name, kind }: Cause<T>): void {
    this.#causes.delete(name);
    if (kind === '') return;
    const left = (this.#toldApart.get(kind) ?? 1) - 1;
    if (left === 0) this.#toldApart.delete(kind);
    else this.#toldApart.set(kind, left);
  }
}

const again = <T>(due: { readonly cause: Cause<T>; readonly occurrences: Occurrences<T> }) =>
  due.occurrences.again(due.cause);
