import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { tight } from '../config/tight.js';
import { qualified, type Holding } from './claim.js';

/** A merged object, as its oldest owner says it. */
export function mergedOf<T>(kind: ObjectKind, provider: string, holding: Holding<T>): Merged<T> {
  const { name, claims, findings } = holding;
  const [{ declared }] = claims;
  // An owner of a replicated object may have findings of his own; his objects are shared, not they.
  const own = new Set<Diagnostic>();
  for (const claim of claims) for (const finding of claim.declared.diagnostics) own.add(finding);
  return {
    name: qualified(kind, name, provider),
    provider,
    config: declared.config,
    at: declared.at,
    places: declared.places,
    owners: claims.map(({ part }) => part.owner),
    diagnostics: tight([...own, ...findings]),
  };
}

/**
 * `previous` if it says the same as `next`: then everything that hangs on it can stay. What is made
 * of unchanged parts consists of the same objects, so that this rarely looks deep.
 */
export function carried<M extends object>(previous: M | undefined, next: M): M {
  return previous !== undefined && isDeepStrictEqual(previous, next) ? previous : next;
}
