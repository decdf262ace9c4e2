import type { Kill } from './event.js';
import type { Container, Life } from './inspected.js';
import { isMeantToEnd } from './stop-signal.js';

/** A container that was told to end. */
interface Leaving {
  /** By the engine's clock, in ms since the epoch: one that was started later is back. */
  readonly since: number;
  /** On the monotonic clock, in ms: by then it should have ended. */
  readonly until: number;
}

/** Docker's own, for a container that cannot be inspected. */
const USUAL: Pick<Life, 'startedAt' | 'stopSignal' | 'stopTimeout'> = {
  startedAt: undefined,
  stopSignal: 'SIGTERM',
  stopTimeout: 10_000,
};

/** Containers that were told to end and have not ended yet (D30). */
export class Departures {
  /** By container. */
  readonly #leaving = new Map<string, Leaving>();

  get ids(): Iterable<string> {
    return this.#leaving.keys();
  }

  /**
   * A container was sent this signal. If it is to end, new connections go elsewhere: for so many
   * ms, `grace` included, unless it ends before. Undefined: nothing changes.
   */
  add({ id, life }: Container, { signal, at }: Kill, grace: number): number | undefined {
    const { stopSignal, startedAt, stopTimeout } = life ?? USUAL;
    const since = at ?? startedAt ?? Infinity;
    // It may have been looked at only after it was started again.
    if (!isMeantToEnd(signal, stopSignal) || isLater(startedAt, since)) return undefined;
    const timeout = stopTimeout + grace;
    this.#leaving.set(id, { since, until: performance.now() + timeout });
    return timeout;
  }

  has({ id, life }: Container): boolean {
    const leaving = this.#leaving.get(id);
    if (leaving === undefined) return false;
    if (!isLater(life?.startedAt, leaving.since) && performance.now() < leaving.until) return true;
    this.#leaving.delete(id);
    return false;
  }

  /** Also of one whose time is over, until somebody looks. */
  includes(id: string): boolean {
    return this.#leaving.has(id);
  }

  delete(id: string): void {
    this.#leaving.delete(id);
  }
}

const isLater = (startedAt: number | undefined, than: number) =>
  startedAt !== undefined && startedAt > than;
