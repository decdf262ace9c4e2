import type { z } from 'zod';
import type { Traits } from '../model.js';
import { cut, quoted, report, type Reading } from './reading.js';
import { isBlankSection, walkScalar } from './scalars.js';
import { fieldsOf, unwrapped, type Section } from './schema.js';
import { refuseList, reportMisplaced, reportUnread, reportUnreadIndex } from './shape-findings.js';
import { byIndex, inOneSpelling, type Node } from './tree.js';
import { parseList } from './values.js';

/**
 * Reads `node` as `schema` says. A part that cannot be read is reported and left out, so that one
 * slip does not hide the next; undefined if nothing could be read. The schema's own checks run on
 * each scalar, so that what comes back satisfies it.
 */
export function walk(schema: z.core.$ZodType, node: Node, path: string, reading: Reading): unknown {
  const { kind, inner, trait } = unwrapped(schema);
  reading.places.set(path, node.at);
  if (trait.foreign === true) {
    reading.foreign.set(path, node.at);
    return undefined;
  }
  if (trait.deprecated !== undefined) {
    report(reading, {
      code: 'deprecated',
      severity: 'warning',
      at: node.at,
      message: `${quoted(node.key)} is deprecated`,
      ...(node.value !== undefined && trait.secret !== true && { value: cut(node.value) }),
      fix: trait.deprecated,
    });
  }
  if (isRefused(trait, node, reading)) return undefined;
  if (trait.pair === true && node.kind === 'value' && node.children.length === 0) {
    return { certFile: node.value };
  }
  switch (kind) {
    case 'section':
      return walkObject(inner, trait, node, path, reading);
    case 'record':
      return walkRecord(inner, trait, node, path, reading);
    case 'list':
      return walkList(inner, trait, node, path, reading);
    case 'scalar':
      return walkScalar(inner, trait, node, reading);
  }
}

function isRefused(trait: Traits, node: Node, reading: Reading): boolean {
  if (reading.mode !== 'labels') return false;
  if (trait.label === 'unread') {
    report(reading, {
      code: 'ignored',
      severity: 'warning',
      at: node.at,
      message: `${quoted(node.key)} has no effect in a label or tag`,
      fix: trait.instead ?? 'declare it in a file, or leave it out',
    });
    return true;
  }
  if (trait.label === 'privileged' && !reading.allowPrivileged) {
    report(reading, {
      code: 'privileged',
      severity: 'error',
      at: node.at,
      message: `${quoted(node.key)} is refused from labels and tags`,
      fix: 'declare the transport in a file, or set allowPrivilegedLabels on the provider',
    });
    return true;
  }
  return false;
}

function walkObject(
  schema: Section,
  trait: Traits,
  node: Node,
  path: string,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (!isSection(trait, node, reading)) return undefined;
  const fields = fieldsOf(schema, reading.mode);
  const value: Record<string, unknown> = {};
  for (const child of inOneSpelling(node.children)) {
    const field = fields.get(child.key.toLowerCase());
    if (field === undefined) {
      reportMisplaced(child, schema, path === '', reading);
      continue;
    }
    const { name } = field;
    const read = walk(field.schema, child, path === '' ? name : `${path}.${name}`, reading);
    if (read !== undefined) value[name] = read;
  }
  return value;
}

/**
 * True if the node is a section that is there. LBL-8, LBL-9, FIL-6 to FIL-8; what is neither on nor
 * off is an error, so that a slip cannot turn TLS off (BUG-25).
 */
function isSection(trait: Traits, node: Node, reading: Reading): boolean {
  const { kind, value, children } = node;
  const broken = (message: string, fix: string) => {
    report(reading, {
      code: 'bad-value',
      severity: 'error',
      at: node.valueAt,
      message: `${quoted(node.key)} ${message}`,
      ...(value !== undefined && trait.secret !== true && { value: cut(value) }),
      fix,
    });
    return false;
  };
  if (kind === 'null' && reading.mode === 'options') {
    reportUnread(node, 'it has no value; {} is a section without fields', reading);
    return false;
  }
  if (kind === 'null') {
    return broken('has no value', trait.allowEmpty ? 'write {}' : 'write its fields below it');
  }
  if (kind === 'list') {
    if (trait.allowEmpty && children.length === 0) return true;
    return broken('is a list where fields are wanted', 'write its fields below it');
  }
  if (trait.allowEmpty && kind === 'value' && value !== undefined) {
    if (isBlankSection(value)) return true;
    if (value.toLowerCase() !== 'false')
      return broken('is neither on nor off', 'write true, or leave it out');
    if (children.length > 0) reportUnread(node, 'it is switched off', reading);
    return false;
  }
  if (children.length > 0 || (trait.allowEmpty && kind === 'map')) return true;
  return broken('has no fields', 'write its fields below it');
}

function walkRecord(
  schema: z.ZodRecord,
  trait: Traits,
  node: Node,
  path: string,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (!isSection(trait, node, reading)) return undefined;
  const entries: [string, unknown][] = [];
  // Only labels write one name in two spellings; `x` and `X` of a file are two (LBL-5, FIL-3).
  const named = reading.mode === 'labels' ? inOneSpelling(node.children) : node.children;
  for (const child of named) {
    const read = walk(schema.valueType, child, `${path}.${child.key}`, reading);
    if (read !== undefined) entries.push([child.key, read]);
  }
  // fromEntries defines own members: a name such as `__proto__` is a name like any other.
  return Object.fromEntries(entries);
}

function walkList(
  schema: z.ZodArray,
  trait: Traits,
  node: Node,
  path: string,
  reading: Reading,
): readonly unknown[] | undefined {
  const { kind, trait: elementTrait } = unwrapped(schema.element);
  const ofObjects = kind === 'section';
  if (node.kind === 'null') return undefined;
  if (reading.mode === 'labels' && trait.labelName !== undefined) {
    // LBL-12: the list is one object in labels.
    const read = walk(schema.element, node, `${path}[0]`, reading);
    return read === undefined ? undefined : [read];
  }
  const items =
    node.kind === 'list'
      ? node.children
      : reading.mode === 'document'
        ? []
        : byIndex(node.children);
  if (node.kind === 'map') {
    refuseList(node, ofObjects ? 'a list of objects' : 'a list', reading);
    return undefined;
  }
  if (!ofObjects) {
    if (node.kind === 'list') return scalarItems(schema.element, node, path, reading);
    if (items.length > 0 && reading.mode === 'labels') {
      reportUnreadIndex(node, reading);
    }
    const text = node.value ?? '';
    const words = parseList(text).map((word): Node => ({ ...node, value: word, children: [] }));
    const all = reading.mode === 'options' ? [...words, ...items] : words;
    const read = all.flatMap(
      (item, index) => walk(schema.element, item, `${path}[${index}]`, reading) ?? [],
    );
    return read.length === 0 ? undefined : read;
  }
  if (node.kind === 'value' && node.value !== undefined) {
    if (elementTrait.pair === true) {
      return node.value.split(',').map((certFile) => ({ certFile: certFile.trim() }));
    }
    if (reading.mode === 'document') {
      refuseList(node, 'a list of objects', reading);
      return undefined;
    }
    reportUnread(node, 'a value of its own is not read', reading);
  }
  return items.flatMap((item, index) => {
    if (reading.mode === 'labels' && item.children.length === 0 && elementTrait.pair !== true) {
      reportUnread(item, 'a value of its own is not read', reading);
      return [{}];
    }
    if (item.kind === 'value' && elementTrait.pair !== true && item.children.length === 0) {
      refuseList(item, 'an object', reading);
      return [];
    }
    if (item.kind === 'map' && item.children.length === 0) return [{}];
    const read = walk(schema.element, item, `${path}[${index}]`, reading);
    return read === undefined ? [] : [read];
  });
}

function scalarItems(
  element: z.core.$ZodType,
  node: Node,
  path: string,
  reading: Reading,
): readonly unknown[] | undefined {
  const read = node.children.flatMap((item, index) => {
    const value = walk(element, item, `${path}[${index}]`, reading);
    return value === undefined ? [] : [typeof value === 'string' ? value.trim() : value];
  });
  return read.length === 0 ? undefined : read;
}
