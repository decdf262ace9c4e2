import type { Place } from '../diagnostic.js';
import type { Node } from '../decode/tree.js';
import type { Option } from './flags.js';

interface Branch {
  readonly key: string;
  readonly at: Place;
  readonly values: string[];
  valueAt: Place;
  readonly children: Map<string, Branch>;
}

const branch = (key: string, at: Place): Branch => ({
  key,
  at,
  values: [],
  valueAt: at,
  children: new Map(),
});

/**
 * Flags or variables as a tree. Names are the same in any case, in the first spelling (CFG-11). A
 * repeated option keeps all its values, with commas: lists take them all (BUG-61).
 */
export function optionTree(options: readonly Option[]): Node {
  const root = branch('', { kind: 'static', option: '', source: 'flag' });
  for (const { path, value, at } of options) {
    let node = root;
    for (const segment of path) {
      const id = segment.toLowerCase();
      const child = node.children.get(id) ?? branch(segment, at);
      node.children.set(id, child);
      node = child;
    }
    node.values.push(value);
    node.valueAt = at;
  }
  return nodeOf(root);
}

function nodeOf({ key, at, values, valueAt, children }: Branch): Node {
  const value = values.length === 0 ? undefined : values.join(',');
  return {
    key,
    at,
    kind: value === undefined ? 'none' : 'value',
    value,
    valueAt,
    children: [...children.values()].map(nodeOf),
  };
}
