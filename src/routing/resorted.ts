/**
 * The members of `current` in order. `previous` is the result of the time before: what stays keeps
 * its place, so that sorting costs what changed rather than what exists; the same array if nothing
 * changed.
 */
export function resorted<T>(
  previous: readonly T[],
  current: ReadonlySet<T>,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const kept = previous.filter((item) => current.has(item));
  if (kept.length === current.size) return kept.length === previous.length ? previous : kept;
  const known = new Set(kept);
  for (const item of current) if (!known.has(item)) kept.push(item);
  return kept.sort(compare);
}

/** By code units: the same everywhere, whatever the locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
