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

/**
 * Strongest first. What stays is in order already, and is only moved; the same list if nothing changes.
 * Routes that are gone may never have been in the list.
 */
export function insertedByRank(
  before: readonly RankedRoute[],
  gone: ReadonlySet<RankedRoute>,
  added: readonly RankedRoute[],
): readonly RankedRoute[] {
  const leaving = placesOf(gone, before);
  if (added.length === 0 && leaving.length === 0) return before;
  const list: RankedRoute[] = [];
  let [taken, left] = [0, 0];
  const takeUpTo = (place: number) => {
    for (; taken < place; taken += 1) {
      const route = before[taken];
      if (taken === leaving[left]) left += 1;
      else if (route !== undefined) list.push(route);
    }
  };
  for (const route of [...added].sort(byRank)) {
    takeUpTo(firstNotBefore(route, before));
    list.push(route);
  }
  takeUpTo(before.length);
  return list;
}

/** In order. Goes through the shorter of both. */
function placesOf(
  gone: ReadonlySet<RankedRoute>,
  routes: readonly RankedRoute[],
): readonly number[] {
  if (gone.size > routes.length)
    return routes.flatMap((route, place) => (gone.has(route) ? [place] : []));
  return [...gone].flatMap((route) => placeIn(routes, route) ?? []).sort(ascending);
}

const ascending = (a: number, b: number) => a - b;

function placeIn(routes: readonly RankedRoute[], route: RankedRoute): number | undefined {
  const place = firstNotBefore(route, routes);
  return routes[place] === route ? place : undefined;
}

/** Of the first one that is not stronger. */
function firstNotBefore(route: RankedRoute, routes: readonly RankedRoute[]): number {
  let [low, high] = [0, routes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = routes[middle];
    if (at !== undefined && byRank(at, route) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
