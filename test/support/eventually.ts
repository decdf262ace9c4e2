const DEADLINE_MS = 15_000;
const PAUSE_MS = 10;

/** Longer than this is worth a line. */
const LONG_MS = 1_000;

/** Tries again until `check` gives something, and returns it; fails with the last error after 15 s, or `within` ms. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | Promise<T | undefined>,
  said = LONG_MS,
  within = DEADLINE_MS,
): Promise<T> {
  const started = performance.now();
  let last: unknown = 'it never was';
  while (performance.now() - started < within) {
    try {
      const found = await check();
      if (found !== undefined) {
        const took = Math.round(performance.now() - started);
        if (took >= said) console.log(`# ${what}: took ${took} ms`);
        return found;
      }
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`not within ${within} ms: ${what}`, { cause: last });
}

/** As `eventually`, and always prints what it took: of changes that somebody waits for. */
export const timed = <T>(
  what: string,
  check: () => T | undefined | Promise<T | undefined>,
): Promise<T> => eventually(what, check, 0);

/** Waits, as `eventually`, until a condition holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(what, async () => (await holds()) || undefined);
}
