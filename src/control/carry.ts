import { isDeepStrictEqual } from 'node:util';
import type { Merged } from '../config/merged.js';
import type { Holding } from './claims.js';

/** A merged object of a single declaration, or of several that say the same. */
export function plainMerged<T>(name: string, provider: string, holding: Holding<T>): Merged<T> {
  const [{ declared }] = holding.claims;
  return {
    name,
    provider,
    config: declared.config,
    at: declared.at,
    places: declared.places,
    owners: holding.claims.map(({ owner }) => owner),
    diagnostics:
      holding.refusal === undefined
        ? declared.diagnostics
        : [...declared.diagnostics, holding.refusal],
  };
}

/**
 * `previous` if it says the same as `next`: then everything that hangs on it can stay. Unchanged
 * parts are the same objects, so that this rarely looks deeper than one level.
 */
export function carried<M extends object>(previous: M | undefined, next: M): M {
  return previous !== undefined && isDeepStrictEqual(previous, next) ? previous : next;
}
