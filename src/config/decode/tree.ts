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
