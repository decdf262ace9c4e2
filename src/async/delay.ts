/** Node fires a timer beyond this at once instead of late (D40). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms` (24 days at most), or at once when the signal aborts; never rejects. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
    signal.addEventListener('abort', done);
  });
}

export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The result of `work`, or an error after `ms` or on abort. The work itself is not stopped: this is
 * for libraries whose promises may hang for ever.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  signal: AbortSignal,
  what: string,
): Promise<T> {
  let settle = (): void => {};
  const given = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => {
        reject(new TimeoutError(`${what} did not answer within ${ms} ms`));
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
    const aborted = () => reject(new Error(`${what} was given up`));
    signal.addEventListener('abort', aborted);
    settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
    if (signal.aborted) aborted();
  });
  // The loser of the race may still fail; nobody listens to it any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, given]);
  } finally {
    settle();
  }
}
