import type { Place } from '../diagnostic.js';

/** Which rules hold where schema and text meet: LBL-*, FIL-*, or those of the static options. */
export type Mode = 'labels' | 'document' | 'options';

/**
 * The common form of everything that is decoded: labels, tags, YAML, TOML, flags, environment
 * variables. Only `walk.ts` gives it a meaning, by holding it against a schema.
 */
export interface Node {
  /** As written; '' at the root. List elements: `[0]`, `[1]` … */
  readonly key: string;
  /** Where the key stands. */
  readonly at: Place;
  /**
   * `none`: only children were written (labels). `null`: written without a value in a file (FIL-6).
   * A label may have a value and children at once (LBL-7).
   */
  readonly kind: 'value' | 'map' | 'list' | 'null' | 'none';
  /** The scalar as text, as received. */
  readonly value: string | undefined;
  /** Where the value stands, if that is another place than the key. */
  readonly valueAt: Place;
  readonly children: readonly Node[];
}

/** A node that no label names itself stands where its first label stands. */
export function firstPlace(node: Node): Place {
  const [child] = node.children;
  return node.kind === 'none' && child !== undefined ? firstPlace(child) : node.at;
}

/** BUG-29: indices are numbers, so that `[10]` comes after `[2]`; other names go last, as they come. */
export function byIndex(children: readonly Node[]): readonly Node[] {
  const index = (node: Node) => Number(/^\[?(\d{1,9})\]?$/.exec(node.key)?.[1] ?? Infinity);
  return children.toSorted((a, b) => {
    const [left, right] = [index(a), index(b)];
    return left === right ? 0 : left - right;
  });
}

/**
 * Keys that differ only in case are one (LBL-5, FIL-3): sections are merged, of values the last in
 * byte order counts (LBL-6). In documents the names of objects keep their case; they never come here.
 */
export function inOneSpelling(children: readonly Node[]): readonly Node[] {
  const keys = new Set(children.map(({ key }) => key.toLowerCase()));
  if (keys.size === children.length) return children;
  const byKey = new Map<string, Node>();
  for (const child of children.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) {
    const id = child.key.toLowerCase();
    const first = byKey.get(id);
    byKey.set(id, first === undefined ? child : merged(first, child));
  }
  return [...byKey.values()];
}

function merged(first: Node, second: Node): Node {
  return {
    key: first.key,
    at: second.value === undefined ? first.at : second.at,
    kind: second.kind === 'none' ? first.kind : second.kind,
    value: second.value ?? first.value,
    valueAt: second.value === undefined ? first.valueAt : second.valueAt,
    children: [...first.children, ...second.children],
  };
}
