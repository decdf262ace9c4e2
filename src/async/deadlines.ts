/** Node fires a timer beyond this at once instead of late. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A deadline that was started. Only for `cancel`. */
export interface Deadline {
  readonly due: number;
  /** Undefined once it has expired or was cancelled. */
  expire: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Deadlines of connections and dials, on a monotonic clock. A deadline is judged only after one poll
 * phase has passed: when the event loop was held up, what arrived meanwhile is read first, so that a
 * stall fails no dial.
 */
export class Deadlines {
  readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Calls `expire(argument)` after `ms`, unless cancelled. `ms` may be of any length (D40). */
  start<T>(ms: number, expire: (argument: T) => void, argument: T): Deadline {
    const deadline: Deadline = {
      due: this.now() + ms,
      expire: () => expire(argument),
      timer: undefined,
    };
    this.#arm(deadline, ms);
    return deadline;
  }

  cancel(deadline: Deadline): void {
    clearTimeout(deadline.timer);
    deadline.expire = undefined;
    deadline.timer = undefined;
  }

  #arm(deadline: Deadline, ms: number): void {
    const part = Math.min(Math.max(ms, 0), LONGEST_TIMER_MS);
    deadline.timer = setTimeout(this.#polled, part, deadline);
  }

  readonly #polled = (deadline: Deadline): void => {
    setImmediate(this.#judge, deadline);
  };

  readonly #judge = (deadline: Deadline): void => {
    const { expire } = deadline;
    if (expire === undefined) return;
    const remaining = deadline.due - this.now();
    // Timers may fire a little early, and long ones are armed in pieces.
    if (remaining > 0.5) {
      this.#arm(deadline, Math.ceil(remaining));
      return;
    }
    deadline.expire = undefined;
    expire();
  };
}
