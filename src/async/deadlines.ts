/** Node fires a timer beyond this at once instead of late (D40). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Node's timers count whole milliseconds and may fire a fraction of one early. */
const EARLY_MS = 0.5;

/** A deadline that was started. Only for `cancel`. */
export interface Deadline {
  /** On the clock of the `Deadlines` that started it. */
  readonly due: number;
  readonly expire: () => void;
  timer: NodeJS.Timeout | undefined;
  /** False once it has expired or was cancelled. */
  stands: boolean;
}

/** Function and argument apart: a connection needs no closure for its deadlines. */
class Started<T> implements Deadline {
  readonly due: number;
  timer: NodeJS.Timeout | undefined;
  stands = true;
  readonly #callback: (argument: T) => void;
  readonly #argument: T;

  constructor(due: number, callback: (argument: T) => void, argument: T) {
    this.due = due;
    this.#callback = callback;
    this.#argument = argument;
  }

  expire(): void {
    this.#callback(this.#argument);
  }
}

/**
 * Deadlines of connections and dials, on a monotonic clock. A deadline is judged only after one poll
 * phase has passed: when the event loop was held up, what arrived meanwhile is read first, so that a
 * stall fails no dial.
 */
export class Deadlines {
  /** In milliseconds; only differences mean something. */
  readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Calls `callback(argument)` after `ms`, unless cancelled. `ms` may be of any length. */
  start<T>(ms: number, callback: (argument: T) => void, argument: T): Deadline {
    const deadline = new Started(this.now() + ms, callback, argument);
    this.#arm(deadline, ms);
    return deadline;
  }

  /** Of no effect on a deadline that has expired or was cancelled before. */
  cancel(deadline: Deadline): void {
    deadline.stands = false;
    clearTimeout(deadline.timer);
    deadline.timer = undefined;
  }

  #arm(deadline: Deadline, ms: number): void {
    deadline.timer = setTimeout(this.#fired, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS), deadline);
  }

  // The poll phase lies between timers and immediates.
  readonly #fired = (deadline: Deadline): void => void setImmediate(this.#judge, deadline);

  readonly #judge = (deadline: Deadline): void => {
    if (!deadline.stands) return;
    const remaining = deadline.due - this.now();
    if (remaining > EARLY_MS) {
      this.#arm(deadline, Math.ceil(remaining));
      return;
    }
    deadline.stands = false;
    deadline.timer = undefined;
    deadline.expire();
  };
}
