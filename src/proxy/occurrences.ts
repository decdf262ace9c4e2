/** The same cause is said again after this long, with how often it came meanwhile. */
const AGAIN_AFTER_MS = 60_000;

/** Causes hold names that strangers choose in part; no number of them may grow the process. */
const MOST_CAUSES = 1_000;

interface Occurrence {
  saidAt: number;
  unsaid: number;
}

/** What happens to many connections alike is said once per cause, so that a scan cannot flood the log. */
export class Occurrences {
  readonly #now: () => number;
  readonly #causes = new Map<string, Occurrence>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How often the cause came since it was last said, this time included; 0: not to be said now. */
  note(cause: string): number {
    const now = this.#now();
    const known = this.#causes.get(cause);
    if (known === undefined) {
      if (this.#causes.size >= MOST_CAUSES) this.#forgetOldest();
      this.#causes.set(cause, { saidAt: now, unsaid: 0 });
      return 1;
    }
    known.unsaid += 1;
    if (now - known.saidAt < AGAIN_AFTER_MS) return 0;
    const times = known.unsaid;
    known.saidAt = now;
    known.unsaid = 0;
    return times;
  }

  #forgetOldest(): void {
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }
}
