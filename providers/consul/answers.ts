import { delay } from '../../src/async/delay.js';
import type { Answer } from './client.js';
import type { Answered } from './doubt.js';

/** An answer that is not believed is asked for again after this. */
const AGAIN_MS = 500;

export interface Question<T> {
  /** With an index other than 0 it waits for a change. */
  readonly ask: (index: number, signal: AbortSignal) => Promise<Answer<T>>;
  readonly isEmpty: (value: T) => boolean;
  /** See Doubt. */
  readonly believes: (answered: Answered) => boolean;
  /** Between an answer and the next query, in ms. */
  readonly pause: number;
  /** Waits at the agent for a change; else every answer comes at once. */
  readonly isBlocking: boolean;
}

/** Asks again and again and yields what is to be believed; throws when a query fails (D15). */
export async function* answers<T>(
  question: Question<T>,
  signal: AbortSignal,
): AsyncGenerator<T, undefined> {
  const { ask, isEmpty, believes, pause, isBlocking } = question;
  let index = 0;
  for (let followsAnswer = false; !signal.aborted; followsAnswer = true) {
    const { value, index: next, hasLeader } = await ask(index, signal);
    if (signal.aborted) return;
    if (!believes({ isEmpty: isEmpty(value), hasLeader, followsAnswer })) {
      index = 0;
      await delay(AGAIN_MS, signal);
      continue;
    }
    yield value;
    index = isBlocking ? indexAfter(index, next) : 0;
    await delay(pause, signal);
  }
}

/**
 * The index to go on from. One that goes backwards is a new life of the servers: what came before is
 * no measure any more. 0 would not wait.
 */
const indexAfter = (before: number, next: number): number =>
  next < before ? 0 : Math.max(1, next);
