/** What is in one list and not in the other, each object once. Looks only at what lies between the equal ends. */
export function listChanges<T extends object>(
  before: readonly T[],
  now: readonly T[],
): { readonly gone: readonly T[]; readonly added: readonly T[] } {
  let start = 0;
  let [was, is] = [before.length, now.length];
  while (start < was && start < is && before[start] === now[start]) start += 1;
  while (was > start && is > start && before[was - 1] === now[is - 1]) {
    was -= 1;
    is -= 1;
  }
  const old = new Set(before.slice(start, was));
  const present = new Set(now.slice(start, is));
  return {
    gone: [...old].filter((one) => !present.has(one)),
    added: [...present].filter((one) => !old.has(one)),
  };
}
