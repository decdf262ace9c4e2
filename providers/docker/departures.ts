import type { Container, Life } from './inspected.js';
import { isMeantToEnd } from './stop-signal.js';

/** A container that was told to end. */
interface Leaving {
  /** It has not been started again since. */
  readonly startedAt: number | undefined;
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
  add({ id, life }: Container, signal: string, grace: number): number | undefined {
    const { stopSignal, startedAt, stopTimeout } = life ?? USUAL;
    if (!isMeantToEnd(signal, stopSignal)) return undefined;
    const timeout = stopTimeout + grace;
    this.#leaving.set(id, { startedAt, until: performance.now() + timeout });
    return timeout;
  }

  has({ id, life }: Container): boolean {
    const leaving = this.#leaving.get(id);
    if (leaving === undefined) return false;
    if (leaving.startedAt === life?.startedAt && performance.now() < leaving.until) return true;
    this.#leaving.delete(id);
    return false;
  }

  delete(id: string): void {
    this.#leaving.delete(id);
  }
}
