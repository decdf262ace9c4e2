/** By code units: the same everywhere, whatever the locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The names of `objects` in order. `previous` is the result of the time before: what stays is in
 * order already, so that sorting takes one pass; the same array if nothing changed.
 */
export function sortedNames(
  previous: readonly string[],
  objects: ReadonlyMap<string, unknown>,
): readonly string[] {
  const kept = previous.filter((name) => objects.has(name));
  if (kept.length === objects.size) return kept.length === previous.length ? previous : kept;
  const known = new Set(kept);
  for (const name of objects.keys()) if (!known.has(name)) kept.push(name);
  return kept.sort(byText);
}
