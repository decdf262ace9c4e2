import type { Owner } from '../config/provider.js';

/** By code units: the same everywhere, whatever the locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first; of equal age by name, so that the same input always gives the same winner (D21). */
export function olderFirst(a: Owner, b: Owner): number {
  return a.since - b.since || byText(a.name, b.name) || byText(a.id, b.id);
}
