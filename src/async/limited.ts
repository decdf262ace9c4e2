/** Runs what it is given, at most so many at a time, first come, first served. */
export function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes straight on to the next one.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
