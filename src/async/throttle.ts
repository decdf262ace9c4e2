import pDebounce from 'p-debounce';
import { delay } from './delay.js';

/**
 * A trigger for `run`: the first call runs at once, later ones at most once per `period` ms (0: no
 * limit), and the last is never lost (AGG-2, D32). Runs never overlap. `failed` gets what a run
 * throws; the next call runs as if it had not. After an abort nothing runs any more.
 */
export function throttle(
  run: () => void | Promise<void>,
  period: number,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): () => void {
  let isAsked = false;
  // With `after`, what is called during a run runs once more after it; a run lasts the period.
  const next = pDebounce.promise(
    async () => {
      isAsked = false;
      if (signal.aborted) return;
      try {
        const running = run();
        if (running) await running;
      } catch (error) {
        failed(error);
      }
      if (period > 0) await delay(period, signal);
    },
    { after: true },
  );
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    next().then(ended, failed);
  };
  // p-debounce 5.1.1 queues a call that comes after its last look at the queue and before its run
  // counts as ended, and then never runs it.
  const ended = (): void => {
    if (!isAsked) return;
    isAsked = false;
    ask();
  };
  return ask;
}
