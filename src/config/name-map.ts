import sortedBtree from 'sorted-btree';
import bulk from 'sorted-btree/extended/bulkLoad.js';
import diffs from 'sorted-btree/extended/diffAgainst.js';
import { atOnce, type Steps } from '../async/slices.js';

type Tree<T> = sortedBtree.default<string, T>;

/** One name whose value is another one now. Undefined: it was not there, or is not any more. */
export interface Change<T> {
  readonly name: string;
  readonly before: T | undefined;
  readonly now: T | undefined;
}

/** By code units: the same everywhere, whatever the locale. Trees are compared only if they have the same order. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How many names lie together: what a change copies. */
const NODE_SIZE = 32;

/** In one step. */
const NAMES = 64;

/**
 * A map in the order of its names that never changes. A changed copy shares with it all that is the
 * same, so that making one, and comparing the two, costs what changed and not what there is.
 */
export class NameMap<T> implements ReadonlyMap<string, T> {
  // Not `#tree`: two maps of different content would look equal to a test.
  private readonly tree: Tree<T>;

  private constructor(tree: Tree<T>) {
    this.tree = tree;
  }

  static of<T>(entries: Iterable<readonly [string, T]> = []): NameMap<T> {
    return new NameMap<T>(new sortedBtree.default(undefined, byText)).with(entries);
  }

  get size(): number {
    return this.tree.size;
  }

  get(name: string): T | undefined {
    return this.tree.get(name);
  }

  has(name: string): boolean {
    return this.tree.has(name);
  }

  *keys(): Generator<string, undefined> {
    yield* this.tree.keys();
  }

  *values(): Generator<T, undefined> {
    yield* this.tree.values();
  }

  /** From this name on. */
  *entries(from?: string): Generator<[string, T], undefined> {
    yield* this.tree.entries(from);
  }

  [Symbol.iterator](): Generator<[string, T], undefined> {
    return this.entries();
  }

  forEach(act: (value: T, name: string, map: ReadonlyMap<string, T>) => void): void {
    this.tree.forEachPair((name, value) => act(value, name, this));
  }

  /** With these names at these values, and without those whose value is undefined; the same map if nothing differs. */
  with(changes: Iterable<readonly [string, T | undefined]>): NameMap<T> {
    return atOnce(this.changing(changes));
  }

  /** The same in steps, for thousands of names. */
  *changing(changes: Iterable<readonly [string, T | undefined]>): Steps<NameMap<T>> {
    if (this.size === 0) return yield* this.#made(changes);
    let tree: Tree<T> | undefined;
    let seen = 0;
    for (const [name, value] of changes) {
      seen += 1;
      if (seen % NAMES === 0) yield;
      const at = tree ?? this.tree;
      if (value === undefined ? !at.has(name) : Object.is(at.get(name), value)) continue;
      tree ??= this.tree.clone();
      if (value === undefined) tree.delete(name);
      else tree.set(name, value);
    }
    return tree ? new NameMap(tree) : this;
  }

  /** Of nothing; many times as fast as one by one. */
  *#made(changes: Iterable<readonly [string, T | undefined]>): Steps<NameMap<T>> {
    const last = new Map<string, T>();
    let seen = 0;
    for (const [name, value] of changes) {
      seen += 1;
      if (seen % NAMES === 0) yield;
      if (value === undefined) last.delete(name);
      else last.set(name, value);
    }
    if (last.size === 0) return this;
    const names = [...last.keys()].sort(byText);
    yield;
    const values = names.map((name) => last.get(name) as T);
    yield;
    return new NameMap<T>(bulk.bulkLoad(names, values, NODE_SIZE, byText));
  }

  /** What differs from a map that this one was made of, by way of however many; by name. */
  *changesSince(before: NameMap<T>): Steps<readonly Change<T>[]> {
    const found: Change<T>[] = [];
    if (before.size === 0) {
      for (const [name, now] of this.tree.entries()) {
        found.push({ name, before: undefined, now });
        if (found.length % NAMES === 0) yield;
      }
      return found;
    }
    diffs.default(
      before.tree,
      this.tree,
      (name, was) => void found.push({ name, before: was, now: undefined }),
      (name, now) => void found.push({ name, before: undefined, now }),
      (name, was, now) => void found.push({ name, before: was, now }),
    );
    // Found in no order.
    return found.sort((a, b) => byText(a.name, b.name));
  }
}
