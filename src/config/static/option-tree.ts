import type { Node } from '../decode/tree.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import { kindOf, type Option } from './option.js';

interface Branch {
  readonly key: string;
  readonly at: Place;
  written: { readonly value: string; readonly at: Place } | undefined;
  readonly children: Map<string, Branch>;
}

const branch = (key: string, at: Place): Branch => ({
  key,
  at,
  written: undefined,
  children: new Map(),
});

/**
 * Flags or variables as a tree. Names are the same in any case, in the first spelling (CFG-11). Of a
 * repeated option the last value counts, which is said; a list takes them all (CFG-12, BUG-61).
 */
export function optionTree(options: readonly Option[]): {
  readonly node: Node;
  readonly diagnostics: readonly Diagnostic[];
} {
  const root = branch('', { kind: 'static', option: '', source: 'flag' });
  const diagnostics: Diagnostic[] = [];
  for (const { path, value, at } of options) {
    let node = root;
    for (const segment of path) {
      const id = segment.toLowerCase();
      const child = node.children.get(id) ?? branch(segment, at);
      node.children.set(id, child);
      node = child;
    }
    const before = node.written;
    const isList = kindOf(path) === 'list';
    node.written = { value: isList && before ? `${before.value},${value}` : value, at };
    if (before && !isList && before.value !== value) diagnostics.push(overruled(before.at, at));
  }
  return { node: nodeOf(root), diagnostics };
}

const overruled = (before: Place, at: Place): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  at: before,
  related: [at],
  message: 'the option is written twice, and the last value counts',
  fix: 'write it once',
});

function nodeOf({ key, at, written, children }: Branch): Node {
  return {
    key,
    at,
    kind: written === undefined ? 'none' : 'value',
    value: written?.value,
    valueAt: written?.at ?? at,
    children: [...children.values()].map(nodeOf),
  };
}
