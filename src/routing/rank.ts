import type { Specificity } from '../rule/matcher.js';
import { byText } from '../config/name-map.js';
import type { Route } from './table.js';

/** A route with what decides between equal priorities (D21). */
export interface RankedRoute extends Route {
  readonly specificity: Specificity;
  /** The names, or `*.` and a name, that a TLS connection has to ask for; undefined: whichever. */
  readonly onlyHosts: readonly string[] | undefined;
  /** Of its provider; the smaller the stronger. */
  readonly precedence: number;
}

/** D21: never equal, because names are not. */
export function byRank(a: RankedRoute, b: RankedRoute): number {
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1;
  return a.specificity - b.specificity || a.precedence - b.precedence || byText(a.name, b.name);
}

/** Strongest first. What stays is in order already, and is only moved; the same list if nothing changes. */
export function insertedByRank(
  before: readonly RankedRoute[],
  gone: ReadonlySet<RankedRoute>,
  added: readonly RankedRoute[],
): readonly RankedRoute[] {
  const left = before.filter((route) => !gone.has(route));
  const kept = left.length === before.length ? before : left;
  if (added.length === 0) return kept;
  const lists: (readonly RankedRoute[])[] = [];
  let taken = 0;
  for (const route of [...added].sort(byRank)) {
    const place = placeOf(route, kept, taken);
    lists.push(kept.slice(taken, place), [route]);
    taken = place;
  }
  lists.push(kept.slice(taken));
  return lists.flat();
}

/** Of the first one from `start` on that is weaker. */
function placeOf(route: RankedRoute, routes: readonly RankedRoute[], start: number): number {
  let [low, high] = [start, routes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = routes[middle];
    if (at !== undefined && byRank(at, route) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
