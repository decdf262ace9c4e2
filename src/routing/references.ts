import { nearest } from '../config/decode/nearest.js';
import type { Merged } from '../config/merged.js';
import { byText } from '../config/name-map.js';

/** The kinds of object that others refer to by name. */
export type ReferenceKind = 'service' | 'middleware' | 'serversTransport' | 'tlsOptions';

/** What became of a reference. `name` is qualified in any case. */
export type Resolution<T> =
  | {
      readonly state: 'found';
      readonly name: string;
      readonly target: T;
      /** Not the referring object's own provider has it, but `file` (D7). */
      readonly fromFile: boolean;
    }
  /** May exist once this provider has delivered. */
  | { readonly state: 'unresolved'; readonly name: string; readonly provider: string }
  /** `suggestions`: what may have been meant, written so that it would work. */
  | { readonly state: 'unknown'; readonly name: string; readonly suggestions: readonly string[] };

/** A name of these kinds that `file` defines is reserved (D7). */
const RESERVABLE: ReadonlySet<ReferenceKind> = new Set([
  'middleware',
  'serversTransport',
  'tlsOptions',
]);

/** Searching for the nearest name costs time in proportion to the names; labels are untrusted. */
const MAX_SEARCHES = 10;
const MAX_SUGGESTIONS = 3;

/** The qualified names that a reference may come to, whatever is there. */
export const candidatesOf = (reference: string, provider: string): readonly string[] =>
  reference.includes('@') ? [reference] : [`${reference}@${provider}`, `${reference}@file`];

/** All objects of one kind, and the rules by which names find them (AGG-13, D7). */
export class References<T extends Merged<unknown>> {
  readonly #kind: ReferenceKind;
  readonly #objects: ReadonlyMap<string, T>;
  readonly #pending: ReadonlySet<string>;
  /** Name without provider to providers; made when first needed. */
  #providers: ReadonlyMap<string, readonly string[]> | undefined;
  /** By the names that are not there, without their providers. */
  readonly #nearest = new Map<string, readonly string[]>();

  constructor(kind: ReferenceKind, objects: ReadonlyMap<string, T>, pending: ReadonlySet<string>) {
    this.#kind = kind;
    this.#objects = objects;
    this.#pending = pending;
  }

  resolve(reference: string, from: Merged<unknown>): Resolution<T> {
    const at = reference.indexOf('@');
    if (at !== -1) return this.#qualified(reference, reference.slice(at + 1), from);

    const name = `${reference}@${from.provider}`;
    const own = this.#objects.get(name);
    if (from.provider === 'file') {
      return own ? found(name, own) : this.#absent(name, 'file', reference, from);
    }
    const isOwnersOwn = own?.owners.some(({ id }) => from.owners.some((owner) => owner.id === id));
    if (own && (isOwnersOwn === true || !this.#couldBeReserved(own))) return found(name, own);
    const shared = this.#objects.get(`${reference}@file`);
    if (shared) return { ...found(shared.name, shared), fromFile: true };
    if (this.#pending.has('file')) return { state: 'unresolved', name, provider: 'file' };
    return own ? found(name, own) : this.#unknown(name, reference, from);
  }

  /**
   * An object without a provider in its name (AGG-12), which may not be there. Only a file can
   * declare it, so that until `file` has delivered nobody knows.
   */
  resolveBare(name: string): Resolution<T> | undefined {
    const target = this.#objects.get(name);
    if (target) return found(name, target);
    return this.#pending.has('file') ? { state: 'unresolved', name, provider: 'file' } : undefined;
  }

  /** True if the reference still comes to the same. Costs next to nothing in the ordinary case. */
  isCurrent(resolution: Resolution<T>, reference: string, from: Merged<unknown>): boolean {
    if (resolution.state === 'found' && !resolution.fromFile) {
      const { name, target } = resolution;
      if (this.#objects.get(name) === target && !this.#couldBeReserved(target)) return true;
    }
    return isSameTarget(resolution, this.resolve(reference, from));
  }

  /**
   * True if `file` defines this name, or may define it once it has delivered: then nobody but the
   * object's owner can mean it, and its being there must not harm those who mean the file's.
   */
  #couldBeReserved(object: Merged<unknown>): boolean {
    if (!RESERVABLE.has(this.#kind)) return false;
    return this.#pending.has('file') || object.diagnostics.some(({ code }) => code === 'reserved');
  }

  #qualified(name: string, provider: string, from: Merged<unknown>): Resolution<T> {
    const target = this.#objects.get(name);
    return target ? found(name, target) : this.#absent(name, provider, name, from);
  }

  #absent(name: string, provider: string, reference: string, from: Merged<unknown>): Resolution<T> {
    if (this.#pending.has(provider)) return { state: 'unresolved', name, provider };
    return this.#unknown(name, reference, from);
  }

  #unknown(name: string, reference: string, from: Merged<unknown>): Resolution<T> {
    return { state: 'unknown', name, suggestions: this.#suggest(reference, from) };
  }

  #suggest(reference: string, from: Merged<unknown>): readonly string[] {
    const [base = ''] = reference.split('@', 1);
    this.#providers ??= providersByName(this.#objects.keys());
    const elsewhere = this.#providers.get(base);
    if (elsewhere) {
      return elsewhere.map((provider) => spelled(base, provider, from)).slice(0, MAX_SUGGESTIONS);
    }
    let names = this.#nearest.get(base);
    if (names === undefined) {
      if (this.#nearest.size >= MAX_SEARCHES) return [];
      names = nearest(base, this.#providers.keys());
      this.#nearest.set(base, names);
    }
    return names.flatMap((name) =>
      (this.#providers?.get(name) ?? [])
        .map((provider) => spelled(name, provider, from))
        .slice(0, MAX_SUGGESTIONS),
    );
  }
}

function found<T>(name: string, target: T): Resolution<T> & { readonly state: 'found' } {
  return { state: 'found', name, target, fromFile: false };
}

const spelled = (name: string, provider: string, from: Merged<unknown>) =>
  provider === from.provider ? name : `${name}@${provider}`;

function providersByName(names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  // Sorted, because of names that are equally near the first is suggested (D21).
  for (const qualified of [...names].sort(byText)) {
    const at = qualified.indexOf('@');
    if (at === -1) continue;
    const name = qualified.slice(0, at);
    const providers = byName.get(name) ?? [];
    byName.set(name, providers);
    providers.push(qualified.slice(at + 1));
  }
  return byName;
}

export function isSameTarget<T>(a: Resolution<T>, b: Resolution<T>): boolean {
  if (a.name !== b.name || a.state !== b.state) return false;
  if (a.state === 'found' && b.state === 'found') {
    return a.target === b.target && a.fromFile === b.fromFile;
  }
  if (a.state !== 'unknown' || b.state !== 'unknown') return true;
  const { length } = a.suggestions;
  return (
    b.suggestions.length === length && a.suggestions.every((one, i) => one === b.suggestions[i])
  );
}
