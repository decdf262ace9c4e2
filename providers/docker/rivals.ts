import { namesOf } from '../../src/config/declared-names.js';
import type { Part } from '../../src/config/provider.js';
import { NONE } from '../../src/config/tight.js';

/** Containers that declare the same names. Their ages decide who has them (D10); nobody else's is asked for. */
export class Rivals {
  /** By container. */
  readonly #names = new Map<string, readonly string[]>();
  /** By name: the ids of those that declare it. */
  readonly #owners = new Map<string, string[]>();
  readonly #fresh = new Set<string>();

  /** What a container declares now; undefined: nothing. */
  set(id: string, part: Part | undefined): void {
    const before: readonly string[] = this.#names.get(id) ?? NONE;
    const now = part === undefined ? NONE : namesOf(part);
    if (before.length === now.length && before.every((name, index) => name === now[index])) return;
    for (const name of before) this.#remove(name, id);
    if (now.length === 0) this.#names.delete(id);
    else this.#names.set(id, now);
    for (const name of now) this.#add(name, id);
  }

  isRival(id: string): boolean {
    const names: readonly string[] = this.#names.get(id) ?? NONE;
    return names.some((name) => (this.#owners.get(name)?.length ?? 0) > 1);
  }

  /** Those that became rivals since the last look. */
  take(): readonly string[] {
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    return fresh;
  }

  #add(name: string, id: string): void {
    const owners = this.#owners.get(name);
    if (owners === undefined) {
      this.#owners.set(name, [id]);
      return;
    }
    owners.push(id);
    this.#fresh.add(id);
    const [first, , third] = owners;
    if (first !== undefined && third === undefined) this.#fresh.add(first);
  }

  #remove(name: string, id: string): void {
    const owners = this.#owners.get(name) ?? [];
    if (owners.length === 1) this.#owners.delete(name);
    else owners.splice(owners.indexOf(id), 1);
  }
}
