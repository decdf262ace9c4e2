/** Node fires a timer beyond this at once instead of late (D40). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Node's timers count whole milliseconds and may fire a fraction of one early. */
const EARLY_MS = 0.5;

/** A deadline that was started. Only for `cancel`. */
export interface Deadline {
  /** On the clock of the `Deadlines` that started it. */
  readonly due: number;
  readonly expire: () => void;
  /** False once it has expired or was cancelled. */
  stands: boolean;
  /** As long as it waits there, with its neighbours in it. */
  queue: Queue | undefined;
  previous: Deadline | undefined;
  next: Deadline | undefined;
}

/** Function and argument apart: a connection needs no closure for its deadlines. */
class Started<T> implements Deadline {
  readonly due: number;
  stands = true;
  queue: Queue | undefined;
  previous: Deadline | undefined;
  next: Deadline | undefined;
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

/** The deadlines of one length, which come due in the order in which they were started. */
class Queue {
  readonly ms: number;
  timer: NodeJS.Timeout | undefined;
  first: Deadline | undefined;
  #last: Deadline | undefined;

  constructor(ms: number) {
    this.ms = ms;
  }

  append(deadline: Deadline): void {
    if (this.#last) this.#last.next = deadline;
    else this.first = deadline;
    deadline.previous = this.#last;
    deadline.queue = this;
    this.#last = deadline;
  }

  remove(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    // What is over must not keep what comes after it from being collected.
    deadline.previous = undefined;
    deadline.next = undefined;
    deadline.queue = undefined;
  }
}

/**
 * Deadlines of connections and dials, on a monotonic clock. A deadline is judged only after one poll
 * phase has passed: when the event loop was held up, what arrived meanwhile is read first, so that a
 * stall fails no dial.
 *
 * Most are cancelled, and there are few lengths: those of one length share one timer of Node, which
 * starting and cancelling leave alone.
 */
export class Deadlines {
  /** In milliseconds; only differences mean something. */
  readonly now: () => number;
  readonly #queues = new Map<number, Queue>();

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Calls `callback(argument)` after `ms`, unless cancelled. `ms` may be of any length. */
  start<T>(ms: number, callback: (argument: T) => void, argument: T): Deadline {
    const deadline = new Started(this.now() + ms, callback, argument);
    const queue = this.#queueOf(Math.max(Math.ceil(ms), 0));
    queue.append(deadline);
    if (queue.timer) queue.timer.ref();
    else this.#arm(queue, queue.ms);
    return deadline;
  }

  /** Of no effect on a deadline that has expired or was cancelled before. */
  cancel(deadline: Deadline): void {
    const { queue } = deadline;
    deadline.stands = false;
    if (queue === undefined) return;
    queue.remove(deadline);
    // Nobody waits for it; it is needed again soon, or ends the queue.
    if (queue.first === undefined) queue.timer?.unref();
  }

  #queueOf(ms: number): Queue {
    const known = this.#queues.get(ms);
    if (known) return known;
    const queue = new Queue(ms);
    this.#queues.set(ms, queue);
    return queue;
  }

  #arm(queue: Queue, ms: number): void {
    queue.timer = setTimeout(this.#fired, Math.min(ms, LONGEST_TIMER_MS), queue);
  }

  readonly #fired = (queue: Queue): void => {
    const now = this.now();
    for (let { first } = queue; first && first.due - now <= EARLY_MS; first = queue.first) {
      queue.remove(first);
      // The poll phase lies between timers and immediates.
      setImmediate(judge, first);
    }
    if (queue.first) this.#arm(queue, Math.ceil(queue.first.due - now));
    else this.#queues.delete(queue.ms);
  };
}

function judge(deadline: Deadline): void {
  if (!deadline.stands) return;
  deadline.stands = false;
  deadline.expire();
}
