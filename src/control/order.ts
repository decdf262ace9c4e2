import { byText } from '../config/name-map.js';
import type { Owner } from '../config/provider.js';

/** Oldest first; of equal age by name, so that the same input always gives the same winner (D21). */
export function olderFirst(a: Owner, b: Owner): number {
  return a.since - b.since || byText(a.name, b.name) || byText(a.id, b.id);
}
