/** What is in one generation and not in the other. A replaced object is in both lists. */
export interface Changes<T> {
  readonly appeared: readonly T[];
  readonly gone: readonly T[];
}

export function changesBetween<T>(
  before: ReadonlyMap<string, T> | undefined,
  now: ReadonlyMap<string, T>,
): Changes<T> {
  if (before === undefined) return { appeared: [...now.values()], gone: [] };
  const appeared: T[] = [];
  const gone: T[] = [];
  for (const [name, object] of now) if (before.get(name) !== object) appeared.push(object);
  for (const [name, object] of before) if (now.get(name) !== object) gone.push(object);
  return { appeared, gone };
}
