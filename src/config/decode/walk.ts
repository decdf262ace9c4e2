import { z } from 'zod';
import type { Diagnostic, Finding, ObjectRef, Place } from '../diagnostic.js';
import { traits, type Traits } from '../model.js';
import { belongsTo } from './elsewhere.js';
import { nearest } from './nearest.js';
import { isBlankSection, readScalar } from './scalars.js';
import { firstPlace, type Mode, type Node } from './tree.js';
import { parseList } from './values.js';

/** One object while it is read: what is found goes to `diagnostics`, where things stand to `places`. */
export interface Reading {
  readonly mode: Mode;
  readonly provider: string | undefined;
  readonly object: ObjectRef | undefined;
  /** D8. */
  readonly allowPrivileged: boolean;
  readonly diagnostics: Diagnostic[];
  readonly places: Map<string, Place>;
  /** Options of Traefik's other halves that were written (D22), by path. */
  readonly foreign: Map<string, Place>;
}

/** A fresh reading of one object, or of what belongs to none. */
export function reading(
  of: Pick<Reading, 'mode' | 'provider' | 'object'> & { readonly allowPrivileged?: boolean },
): Reading {
  return { allowPrivileged: true, ...of, diagnostics: [], places: new Map(), foreign: new Map() };
}

/** Adds a finding about the object that is read. */
export function report(reading: Reading, finding: Finding): void {
  const { provider, object } = reading;
  reading.diagnostics.push({
    ...(provider !== undefined && { provider }),
    ...(object !== undefined && { object }),
    ...finding,
  });
}

/**
 * Reads `node` as `schema` says. A part that cannot be read is reported and left out, so that one
 * slip does not hide the next; undefined if nothing could be read. The schema's own checks run on
 * each scalar, so that what comes back satisfies it.
 */
export function walk(schema: z.core.$ZodType, node: Node, path: string, reading: Reading): unknown {
  const { inner, trait } = unwrapped(schema);
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
  if (inner instanceof z.ZodObject) return walkObject(inner, trait, node, path, reading);
  if (inner instanceof z.ZodRecord) return walkRecord(inner, trait, node, path, reading);
  if (inner instanceof z.ZodArray) return walkList(inner, trait, node, path, reading);
  return walkScalar(inner, trait, node, reading);
}

/** A schema without its `optional` and defaults, and the traits of all of them. */
export function unwrapped(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly trait: Traits;
} {
  let inner = schema;
  let trait: Traits = traits.get(inner) ?? {};
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap();
    trait = { ...traits.get(inner), ...trait };
  }
  return { inner, trait };
}

/** A schema with named fields. */
type Section = z.ZodObject<z.core.$ZodShape>;

const quoted = (text: string | undefined) => JSON.stringify(cut(text ?? ''));

const LONGEST_SHOWN = 200;

/** A value as a finding shows it: never so long that a label could fill the log. */
export const cut = (text: string) =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;

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
  const fields = new Map(
    Object.keys(schema.shape).map((name) => [fieldKey(schema, name, reading), name]),
  );
  const value: Record<string, unknown> = {};
  for (const child of inOneSpelling(node.children)) {
    const name = fields.get(child.key.toLowerCase());
    const field = name === undefined ? undefined : schema.shape[name];
    if (name === undefined || field === undefined) {
      const known = [...fields.values()].map((each) => shownKey(schema, each, reading));
      const isDotted =
        path === '' && child.children.some((each) => fields.has(each.key.toLowerCase()));
      if (isDotted && reading.mode === 'labels') reportDotted(child, reading);
      else reportUnknown(child, known, placeOfKey(child.key, schema, reading), reading);
      continue;
    }
    const read = walk(field, child, path === '' ? name : `${path}.${name}`, reading);
    if (read !== undefined) value[name] = read;
  }
  return value;
}

/** The key of a field in this mode: `servers` is `server` in labels (LBL-12). */
function shownKey(schema: Section, name: string, reading: Reading): string {
  const field = schema.shape[name];
  const label = field === undefined ? undefined : unwrapped(field).trait.labelName;
  return reading.mode === 'labels' && label !== undefined ? label : name;
}

const fieldKey = (schema: Section, name: string, reading: Reading) =>
  shownKey(schema, name, reading).toLowerCase();

const placeOfKey = (key: string, schema: Section, { mode }: Reading) =>
  mode === 'options' ? undefined : belongsTo(key, schema, mode);

/** `db.test.rule`: the fields of an object stand below what was to be the rest of its name. */
function reportDotted(node: Node, reading: Reading): void {
  const name = `${reading.object?.name ?? ''}-${node.key}`;
  report(reading, {
    code: 'unknown-key',
    severity: 'error',
    at: firstPlace(node),
    message: `unknown key ${quoted(node.key)}`,
    value: cut(node.key),
    fix: `names have no dot: write ${cut(name)}`,
    suggestions: [cut(name)],
  });
}

function reportUnknown(
  node: Node,
  known: readonly string[],
  elsewhere: string | undefined,
  reading: Reading,
): void {
  const suggestions = elsewhere === undefined ? nearest(node.key, known) : [elsewhere];
  report(reading, {
    code: 'unknown-key',
    severity: 'error',
    at: node.at,
    message: `unknown key ${quoted(node.key)}`,
    value: cut(node.key),
    fix:
      suggestions[0] === undefined
        ? `write one of ${known.join(', ')}`
        : elsewhere !== undefined
          ? `write it as ${elsewhere}`
          : `did you mean ${quoted(suggestions[0])}?`,
    suggestions: suggestions.length > 0 ? suggestions : known,
  });
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

function reportUnread(node: Node, why: string, reading: Reading): void {
  report(reading, {
    code: 'ignored',
    severity: 'warning',
    at: node.at,
    message: `what stands under ${quoted(node.key)} has no effect: ${why}`,
    fix: 'leave it out',
  });
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
  const { inner: element, trait: elementTrait } = unwrapped(schema.element);
  const ofObjects = element instanceof z.ZodObject;
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

function refuseList(node: Node, wanted: string, reading: Reading): void {
  report(reading, {
    code: 'bad-value',
    severity: 'error',
    at: node.valueAt,
    message: `${quoted(node.key)} is not ${wanted}`,
    ...(node.value !== undefined && { value: cut(node.value) }),
    fix: isToml(node.at) ? `write ${wanted}, each below [[…${node.key}]]` : `write ${wanted}`,
  });
}

const isToml = (place: Place) => place.kind === 'file' && place.path.endsWith('.toml');

/** LBL-13: Traefik takes such a label and forgets it. */
function reportUnreadIndex(node: Node, reading: Reading): void {
  const [first] = node.children;
  const deeper = node.children.find((child) => child.children.length > 0);
  report(reading, {
    code: deeper ? 'unknown-key' : 'ignored',
    severity: deeper ? 'error' : 'warning',
    at: (deeper ?? first ?? node).at,
    message: `${quoted(node.key)} takes no index: what stands behind it is not read`,
    fix: `write the items in one value, with commas: ${node.key}=a,b`,
  });
}

/** BUG-29: indices are numbers, so that `[10]` comes after `[2]`; other names go last, as they come. */
function byIndex(children: readonly Node[]): readonly Node[] {
  const index = (node: Node) => Number(/^\[?(\d{1,9})\]?$/.exec(node.key)?.[1] ?? Infinity);
  return children.toSorted((a, b) => {
    const [left, right] = [index(a), index(b)];
    return left === right ? 0 : left - right;
  });
}

function walkScalar(schema: z.core.$ZodType, trait: Traits, node: Node, reading: Reading): unknown {
  if (node.kind === 'null') return undefined;
  if (node.children.length > 0 || node.kind === 'list' || node.kind === 'map') {
    const child = node.children[0] ?? node;
    report(reading, {
      code: 'unknown-key',
      severity: 'error',
      at: child.at,
      message: `${quoted(node.key)} takes a single value and has no fields`,
      fix: `write ${node.key} with one value`,
    });
    return undefined;
  }
  const text = node.value ?? '';
  // An option that is written empty, as Compose does with an unset variable, is not written.
  if (reading.mode === 'options' && text === '' && schema instanceof z.ZodEnum) return undefined;
  const parsed = readScalar(schema, trait, text);
  if (parsed.ok) return parsed.value;
  const { accepted, reason, offset } = parsed;
  const [meant] = nearest(text, accepted ?? []);
  report(reading, {
    code: accepted ? 'unknown-value' : 'bad-value',
    severity: 'error',
    at: at(node.valueAt, offset),
    message: `${quoted(text)} is not a value of ${quoted(node.key)}`,
    ...(trait.secret !== true && { value: cut(text) }),
    fix: meant === undefined ? reason : `did you mean ${quoted(meant)}?`,
    ...(accepted && {
      suggestions: accepted.toSorted((a, b) => Number(b === meant) - Number(a === meant)),
    }),
  });
  return undefined;
}

function at(place: Place, offset: number): Place {
  return place.kind === 'label' || place.kind === 'tag' ? { ...place, offset } : place;
}

/**
 * Keys that differ only in case are one (LBL-5, FIL-3): sections are merged, of values the last in
 * byte order counts (LBL-6). In documents the names of objects keep their case; they never come here.
 */
function inOneSpelling(children: readonly Node[]): readonly Node[] {
  const byKey = new Map<string, Node>();
  for (const child of children.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) {
    const id = child.key.toLowerCase();
    const first = byKey.get(id);
    byKey.set(id, first === undefined ? child : merged(first, child));
  }
  return byKey.size === children.length ? children : [...byKey.values()];
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
