import type { Diagnostic, Place } from '../../../src/config/diagnostic.js';
import type { Node } from '../../../src/config/decode/tree.js';
import type { ReadFile } from '../../../src/config/static/config-file.js';
import { interpolate, type Variables } from './interpolate.js';

/** What is needed to read one compose file, and where findings go. */
export interface Reading {
  /** What relative paths begin at. */
  readonly folder: string;
  readonly variables: Variables;
  readonly readFile: ReadFile;
  readonly say: (finding: Omit<Diagnostic, 'provider'>) => void;
}

/** A text and where it stands. */
export interface Written {
  readonly value: string;
  readonly at: Place;
  readonly valueAt: Place;
}

/** The member of a map; undefined also where it is written without a value. */
export function member(node: Node | undefined, key: string): Node | undefined {
  const found = node?.children.find((child) => child.key === key);
  return found?.kind === 'null' ? undefined : found;
}

/** A scalar with its variables filled in. */
export function textOf(node: Node | undefined, { variables, say }: Reading): string | undefined {
  if (node?.value === undefined) return undefined;
  const { text, troubles } = interpolate(node.value, variables);
  for (const trouble of troubles) say({ code: 'template', at: node.valueAt, ...trouble });
  return text;
}

/** A list of texts; a single text is a list of one. */
export function textsOf(node: Node | undefined, reading: Reading): readonly string[] {
  const items = node?.kind === 'list' ? node.children : node === undefined ? [] : [node];
  return items.flatMap((item) => textOf(item, reading) ?? []);
}

/** `a: b` or `- a=b`; null: a name without a value. */
export function pairsOf(
  node: Node | undefined,
  reading: Reading,
): readonly (readonly [key: string, value: Omit<Written, 'value'> & { value: string | null }])[] {
  return (node?.children ?? []).flatMap((child) => {
    const { at, valueAt } = child;
    if (node?.kind === 'map')
      return [[child.key, { value: textOf(child, reading) ?? null, at, valueAt }]];
    const text = textOf(child, reading);
    if (text === undefined) return [];
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    return [[key, { value: equals < 0 ? null : text.slice(equals + 1), at, valueAt }]];
  });
}
