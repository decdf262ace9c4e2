/**
 * Does `work` with each of them, at most `atOnce` at a time. New ones begin together, once no more than a quarter
 * is left of those before: questions to another process that are asked one by one wake it up for each. Rejects
 * with the first error, and begins no more.
 */
export function inGroups<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let [begun, ended] = [0, 0];
    const begin = () => {
      if (begun - ended > atOnce / 4) return;
      const end = Math.min(items.length, ended + atOnce);
      while (begun < end) {
        const item = items[begun] as T;
        begun += 1;
        work(item).then(next, fail);
      }
      if (ended === items.length) resolve();
    };
    const next = () => {
      ended += 1;
      begin();
    };
    const fail = (error: unknown) => {
      begun = Infinity;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    begin();
  });
}
