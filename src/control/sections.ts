import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { byText } from './order.js';

/** What the next configuration has no more, and what it has anew. */
export interface Change<S> {
  readonly gone: readonly S[];
  readonly added: readonly S[];
}

/** A section after a change, sorted by name; the same map if none of its objects is another one. */
export function replaced<S, M extends { readonly name: string }>(
  before: ReadonlyMap<string, M> | undefined,
  { gone, added }: Change<S>,
  select: (settled: S) => readonly M[],
): ReadonlyMap<string, M> {
  const objects = new Map<string, M | undefined>();
  for (const settled of gone) for (const { name } of select(settled)) objects.set(name, undefined);
  for (const settled of added)
    for (const object of select(settled)) objects.set(object.name, object);
  const changed = [...objects].filter(([name, object]) => before?.get(name) !== object);
  if (before && changed.length === 0) return before;

  const section = new Map(before);
  const size = section.size;
  let hasNew = false;
  for (const [name, object] of changed) {
    if (object === undefined) section.delete(name);
    else {
      hasNew ||= !section.has(name);
      section.set(name, object);
    }
  }
  // What was there before keeps its place, so that only newcomers must be sorted in.
  return hasNew || size === 0 ? new Map([...section].sort(([a], [b]) => byText(a, b))) : section;
}

/**
 * TLS options or stores. `default` is unqualified, so that two providers can declare it; then it is
 * nobody's, and what needs it is disabled (AGG-12). One that may not have the name (D7) does not
 * count.
 */
export function unshared<T>(
  kind: ObjectKind,
  all: readonly Merged<T>[],
  before: ReadonlyMap<string, Merged<T>> | undefined,
): {
  readonly section: ReadonlyMap<string, Merged<T>>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const byName = new Map<string, [Merged<T>, ...Merged<T>[]]>();
  for (const object of all) {
    const same = byName.get(object.name);
    if (same) same.push(object);
    else byName.set(object.name, [object]);
  }
  const diagnostics: Diagnostic[] = [];
  const section = new Map<string, Merged<T>>();
  for (const [name, same] of [...byName].sort(([a], [b]) => byText(a, b))) {
    const rightful = same.filter((object) => !isReserved(object));
    const [first = same[0], ...others] = rightful;
    if (others.length === 0) {
      section.set(name, first);
      continue;
    }
    const conflicts = rightful.map((object) => sharedName(kind, object, rightful));
    diagnostics.push(...conflicts);
    const object = { ...first, diagnostics: [...first.diagnostics, ...conflicts] };
    const known = before?.get(name);
    section.set(name, known && isDeepStrictEqual(known, object) ? known : object);
  }
  const isSame =
    before?.size === section.size &&
    [...section].every(([name, object]) => before.get(name) === object);
  return { section: isSame ? before : section, diagnostics };
}

const isReserved = ({ diagnostics }: Merged<unknown>) =>
  diagnostics.some(({ code }) => code === 'reserved');

function sharedName(
  kind: ObjectKind,
  { name, provider, at }: Merged<unknown>,
  all: readonly Merged<unknown>[],
): Diagnostic {
  const others = all.filter((object) => object.provider !== provider);
  return {
    code: 'conflict',
    severity: 'error',
    provider,
    object: { kind, name },
    at,
    related: others.map((object) => object.at),
    message: `${kind} "${name}" is declared by ${others.map((object) => object.provider).join(', ')} as well, and then by nobody`,
    value: name,
    fix: 'declare it in one provider only',
  };
}
