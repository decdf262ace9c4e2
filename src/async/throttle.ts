import pDebounce from 'p-debounce';
import { delay } from './delay.js';

/**
 * A trigger for `run`: the first call runs at once, later ones at most once per `period` ms, and the
 * last is never lost (AGG-2, D32). Runs never overlap. `failed` gets what a run throws.
 */
export function throttle(
  run: () => void,
  period: number,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): () => void {
  // p-debounce's `after` runs once more when it was called during a run: the run lasts the period.
  const next = pDebounce.promise(
    async () => {
      if (signal.aborted) return;
      run();
      await delay(period, signal);
    },
    { after: true },
  );
  return () => void next().catch(failed);
}
