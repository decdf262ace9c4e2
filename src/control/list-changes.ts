/**
 * How far ahead an object is looked for where two lists part, and how many are looked at in all. Whatever
 * is further away counts as moved, which costs more.
 */
const NEAR = 512;
const LOOKS = 256 * 1024;

/**
 * What is in one list and not in the other. No list has an object twice. Goes through both side by side:
 * lists that are mostly the same are mostly compared, and not looked up.
 */
export function listChanges<T extends object>(
  before: readonly T[],
  now: readonly T[],
): { readonly gone: readonly T[]; readonly added: readonly T[] } {
  const gone = new Set<T>();
  const added = new Set<T>();
  let [was, is] = [0, 0];
  let looks = LOOKS;
  /** How far from there on. */
  const distance = (one: T, list: readonly T[], from: number): number | undefined => {
    const end = Math.min(list.length, from + Math.min(NEAR, looks));
    for (let at = from; at < end; at += 1) {
      looks -= 1;
      if (list[at] === one) return at - from;
    }
    return undefined;
  };
  while (was < before.length && is < now.length) {
    const [old, one] = [before[was] as T, now[is] as T];
    if (old === one) {
      was += 1;
      is += 1;
      continue;
    }
    const [lost, more] = [distance(one, before, was), distance(old, now, is)];
    // What comes sooner was passed over; where neither comes, one stands in the place of the other.
    const [out, into] = (lost ?? NEAR) <= (more ?? NEAR) ? [lost ?? 1, 0] : [0, more ?? 1];
    for (const end = was + out; was < end; was += 1) gone.add(before[was] as T);
    for (const end = is + into; is < end; is += 1) added.add(now[is] as T);
    if (lost === undefined && more === undefined) {
      added.add(one);
      is += 1;
    }
  }
  for (; was < before.length; was += 1) gone.add(before[was] as T);
  for (; is < now.length; is += 1) added.add(now[is] as T);
  // What stands in both has moved.
  for (const one of added) if (gone.delete(one)) added.delete(one);
  return { gone: [...gone], added: [...added] };
}
