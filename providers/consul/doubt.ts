/** How long what was known outlives an answer that is not believed (D15). */
const LONGEST_MS = 30_000;

/** What there is to judge an answer by. */
export interface Answered {
  readonly isEmpty: boolean;
  /** The cluster had a leader when it answered. */
  readonly hasLeader: boolean;
  /** The query before this one was answered too. */
  readonly followsAnswer: boolean;
}

/**
 * Whether an answer that has become empty is to be believed: an agent that has just come back, or a
 * cluster without a leader, may know nothing yet (D15).
 */
export class Doubt {
  readonly #now: () => number;
  #since: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  believes({ isEmpty, hasLeader, followsAnswer }: Answered, knewSome: boolean): boolean {
    const isSure = !isEmpty || !knewSome || (hasLeader && followsAnswer);
    const now = this.#now();
    this.#since = isSure ? undefined : (this.#since ?? now);
    return this.#since === undefined || now - this.#since >= LONGEST_MS;
  }
}
