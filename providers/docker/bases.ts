import { isDeepStrictEqual } from 'node:util';
import { inspectIfAny, type DockerApi } from './api.js';
import type { Container } from './inspected.js';
import { baseOf } from './self.js';

/** The containers whose networks others use (`container:x`), with or without labels of ours (DKR-32). */
export class Bases {
  /** What those that use the network of another one call it, by their ids. */
  readonly #references = new Map<string, string>();
  readonly #bases = new Map<string, Container>();
  /** Users that are on the network of the machine themselves. */
  readonly #onHost = new Set<string>();

  /** A container is known, or known anew. */
  set(user: Container): void {
    const reference = baseOf(user);
    if (reference === undefined) this.#references.delete(user.id);
    else this.#references.set(user.id, reference);
    if (user.networkMode === 'host') this.#onHost.add(user.id);
    else this.#onHost.delete(user.id);
  }

  delete(user: string): void {
    this.#references.delete(user);
    this.#onHost.delete(user);
  }

  of(user: Container): Container | undefined {
    return this.#bases.get(baseOf(user) ?? '');
  }

  /** True of a container whose network another one uses. */
  has(id: string): boolean {
    return [...this.#bases.values()].some((base) => base.id === id);
  }

  /** True if anybody is on the network of the machine, by himself or through another one. */
  get isAnyOnHost(): boolean {
    const isOnHost = ({ networkMode }: Container) => networkMode === 'host';
    return this.#onHost.size > 0 || [...this.#bases.values()].some(isOnHost);
  }

  /**
   * Looks at those that are wanted: of the known ones only at these, undefined: at all. The ids of the
   * users whose base is another one now.
   */
  async find(
    api: DockerApi,
    signal: AbortSignal,
    changed: ReadonlySet<string> | undefined,
  ): Promise<readonly string[]> {
    const wanted = new Set(this.#references.values());
    const others = new Set([...this.#bases.keys()].filter((reference) => !wanted.has(reference)));
    for (const reference of others) this.#bases.delete(reference);
    for (const reference of wanted) {
      const known = this.#bases.get(reference);
      if (known && changed?.has(known.id) === false) continue;
      // Where the engine hangs on it, what was known stays.
      const found = await inspectIfAny(api, reference, signal).catch(() => known);
      // What was found until then counts; whoever asked looks at the signal.
      if (signal.aborted) break;
      if (isDeepStrictEqual(found, known)) continue;
      if (found === undefined) this.#bases.delete(reference);
      else this.#bases.set(reference, found);
      others.add(reference);
    }
    return [...this.#references].filter(([, name]) => others.has(name)).map(([id]) => id);
  }
}
