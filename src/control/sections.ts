import { isDeepStrictEqual } from 'node:util';
import type { Steps } from '../async/slices.js';
import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { byText, NameMap } from '../config/name-map.js';

/** What the next configuration has no more, and what it has anew. */
export interface Change<S> {
  readonly gone: readonly S[];
  readonly added: readonly S[];
}

/** A section after a change; the same map if none of its objects is another one. */
export function* replaced<S, M extends { readonly name: string }>(
  before: NameMap<M> = NameMap.of(),
  { gone, added }: Change<S>,
  select: (settled: S) => readonly M[],
): Steps<NameMap<M>> {
  const objects = new Map<string, M | undefined>();
  for (const settled of gone) {
    yield;
    for (const { name } of select(settled)) objects.set(name, undefined);
  }
  for (const settled of added) {
    yield;
    for (const object of select(settled)) objects.set(object.name, object);
  }
  return yield* before.changing(objects);
}

/**
 * TLS options or stores. `default` is unqualified, so that two providers can declare it; then it is
 * nobody's, and what needs it is disabled (AGG-12). One that may not have the name (D7) does not
 * count.
 */
export function unshared<T>(
  kind: ObjectKind,
  all: readonly Merged<T>[],
  before: NameMap<Merged<T>> = NameMap.of(),
): {
  readonly section: NameMap<Merged<T>>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const byName = new Map<string, [Merged<T>, ...Merged<T>[]]>();
  for (const object of all) {
    const same = byName.get(object.name);
    if (same) same.push(object);
    else byName.set(object.name, [object]);
  }
  const diagnostics: Diagnostic[] = [];
  const section = new Map<string, Merged<T> | undefined>();
  for (const name of before.keys()) section.set(name, undefined);
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
    const known = before.get(name);
    section.set(name, known && isDeepStrictEqual(known, object) ? known : object);
  }
  return { section: before.with(section), diagnostics };
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
