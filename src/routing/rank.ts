import type { Specificity } from '../rule/matcher.js';
import { byText } from '../config/name-map.js';
import type { EntryPointRoutes, Route } from './table.js';

/** A route with what decides between equal priorities (D21). */
export interface RankedRoute extends Route {
  readonly specificity: Specificity;
  /** Of its provider; the smaller the stronger. */
  readonly precedence: number;
}

export interface RankedRoutes extends EntryPointRoutes {
  readonly plain: readonly RankedRoute[];
  readonly tls: readonly RankedRoute[];
}

/** D21: never equal, because names are not. */
export function byRank(a: RankedRoute, b: RankedRoute): number {
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1;
  return a.specificity - b.specificity || a.precedence - b.precedence || byText(a.name, b.name);
}
