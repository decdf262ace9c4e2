import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { parseTOML, type AST } from 'toml-eslint-parser';
import type { Locate, Parsed } from './syntax.js';
import type { Node } from './tree.js';
import { formatNumber } from './values.js';

/** Reads a TOML text. Values come from one parser, positions from another, which is never asked for values. */
export function parseToml(text: string, locate: Locate): Parsed {
  try {
    const table = parse(text, { integersAsBigInt: 'asNeeded' });
    const offsets = new Offsets(text);
    return { node: nodeOf('', '', table, offsets, locate), problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.replace('Invalid TOML document: ', '').split('\n', 1);
    const offset = offsetOf(text, error.line, error.column);
    return {
      node: undefined,
      problems: [{ severity: 'error', offset, message, fix: fixOf(message) }],
    };
  }
}

/** The parser has no codes. */
const fixOf = (message: string) =>
  message.startsWith('invalid value') ? 'put a text in quotes' : 'mend the TOML';

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1;
  return Math.min(text.length, start + Math.max(0, column - 1));
}

/** A path as one text; names cannot hold the separator's NUL. */
const join = (path: string, key: string) => `${path}\0${key}`;

/** Where each key and value stands. */
class Offsets {
  readonly #keys = new Map<string, number>();
  readonly #values = new Map<string, number>();

  constructor(text: string) {
    let program: AST.TOMLProgram;
    try {
      program = parseTOML(text, { tomlVersion: '1.1' });
    } catch {
      // The parser of the values took it, and that one decides: then places are the file's start.
      return;
    }
    const [top] = program.body;
    for (const node of top.body) {
      if (node.type === 'TOMLTable') {
        const path = this.#note('', node.resolvedKey, node.key.range[0]);
        for (const entry of node.body) this.#entry(path, entry);
      } else this.#entry('', node);
    }
  }

  #note(base: string, keys: readonly (string | number)[], offset: number): string {
    let path = base;
    for (const key of keys) {
      path = join(path, typeof key === 'number' ? `[${key}]` : key);
      if (!this.#keys.has(path)) this.#keys.set(path, offset);
    }
    return path;
  }

  #entry(base: string, entry: AST.TOMLKeyValue): void {
    const keys = entry.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
    this.#value(this.#note(base, keys, entry.key.range[0]), entry.value);
  }

  #value(path: string, value: AST.TOMLContentNode): void {
    this.#values.set(path, value.range[0]);
    if (value.type === 'TOMLInlineTable') for (const entry of value.body) this.#entry(path, entry);
    if (value.type === 'TOMLArray') {
      value.elements.forEach((element, index) => {
        const item = this.#note(path, [index], element.range[0]);
        this.#value(item, element);
      });
    }
  }

  key(path: string): number {
    return this.#keys.get(path) ?? 0;
  }

  value(path: string): number {
    return this.#values.get(path) ?? this.key(path);
  }
}

function nodeOf(
  key: string,
  path: string,
  value: TomlValue,
  offsets: Offsets,
  locate: Locate,
): Node {
  const base = { key, at: locate(offsets.key(path)), valueAt: locate(offsets.value(path)) };
  const child = (name: string, item: TomlValue) =>
    nodeOf(name, join(path, name), item, offsets, locate);
  if (Array.isArray(value)) {
    const children = value.map((item, index) => child(`[${index}]`, item));
    return { ...base, kind: 'list', value: undefined, children };
  }
  if (isTable(value)) {
    const children = Object.entries(value).map(([name, item]) => child(name, item));
    return { ...base, kind: 'map', value: undefined, children };
  }
  return { ...base, kind: 'value', value: scalarText(value), children: [] };
}

function scalarText(value: Exclude<TomlValue, TomlTable | TomlValue[]>): string {
  if (value instanceof TomlDate) return value.toISOString();
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof TomlDate);
}
