import type { Diagnostic, Finding, ObjectKind, Place } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';

/** One that does not say yet where it is, either. */
export type Unplaced = Omit<Finding, 'at'>;

/** The place of the first of these fields that was written, else where the object begins. */
export function placeOf(object: Merged<unknown>, paths: readonly string[]): Place {
  for (const path of paths) {
    const place = object.places.get(path);
    if (place !== undefined) return place;
  }
  return object.at;
}

/** A finding about an object at one of its fields. */
export function about(
  kind: ObjectKind,
  object: Merged<unknown>,
  at: string | readonly string[] | Place,
  finding: Unplaced,
): Diagnostic {
  return {
    provider: object.provider,
    object: { kind, name: object.name },
    at: isPlace(at) ? at : placeOf(object, typeof at === 'string' ? [at] : at),
    ...finding,
  };
}

const isPlace = (at: string | readonly string[] | Place): at is Place =>
  typeof at === 'object' && 'kind' in at;

/** A finding as the API shows it beside its object. */
export function errorText({ message, fix }: Diagnostic): string {
  return fix === undefined ? message : `${message}; ${fix}`;
}
