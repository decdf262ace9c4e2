import type { z } from 'zod';
import type { Diagnostic, Place } from '../diagnostic.js';
import { decodeDynamic, type DecodedConfig } from './dynamic.js';
import { dynamicSchema } from '../model.js';
import { isRoot, meantRoot } from './label-root.js';
import { nearest } from './nearest.js';
import type { Node } from './tree.js';
import { cut, reading } from './reading.js';
import { walk } from './walk.js';

/** One label, or one tag cut at its first `=`. `key` begins with the root. */
export interface Label {
  readonly key: string;
  readonly value: string;
  readonly at: Place;
}

export interface LabelOptions {
  readonly provider: string;
  /** D8. */
  readonly allowPrivileged: boolean;
}

/** Sections that are the provider's own, and read by `decodeOptions`. */
const OPTIONS: ReadonlySet<string> = new Set(['enable', 'docker', 'swarm', 'consulcatalog']);
const SECTIONS = ['tcp', 'tls', 'http', 'udp', ...OPTIONS];

/** What stands below `tcp`, and is easily written without it. */
const IN_TCP = Object.keys(dynamicSchema.shape.tcp.unwrap().shape);

/** A longer key is no slip of the pen; it is refused before it costs anything. */
const LONGEST_KEY = 1_000;

/** Reads the dynamic configuration of one container or instance (LBL-*). */
export function decodeLabels(labels: readonly Label[], options: LabelOptions): DecodedConfig {
  const { provider, allowPrivileged } = options;
  const diagnostics: Diagnostic[] = [];
  const root = new Branch('', NOWHERE);
  for (const label of inOrder(labels)) {
    const segments = segmentsOf(label, provider, diagnostics);
    const section = segments?.[0]?.toLowerCase();
    if (segments === undefined || section === undefined || OPTIONS.has(section)) continue;
    if (isKnownSection(section, label, provider, diagnostics)) {
      root.add(segments, label, provider, diagnostics);
    }
  }
  const decoded = decodeDynamic(root.node(), { mode: 'labels', provider, allowPrivileged });
  return { config: decoded.config, diagnostics: [...diagnostics, ...decoded.diagnostics] };
}

/**
 * Reads the provider's own labels, such as `traefik.enable` and `traefik.docker.network`, as
 * `schema` says. `sections` are the keys below the root that belong to it.
 */
export function decodeOptions<S extends z.ZodObject>(
  schema: S,
  labels: readonly Label[],
  sections: readonly string[],
  provider: string,
): { readonly value: z.infer<S>; readonly diagnostics: readonly Diagnostic[] } {
  const section = reading({ mode: 'labels', provider, object: undefined });
  const root = new Branch('', NOWHERE);
  for (const label of inOrder(labels)) {
    // What is wrong with the root itself is said once, by decodeLabels.
    const segments = segmentsOf(label, provider, []);
    const name = segments?.[0]?.toLowerCase() ?? '';
    if (segments && sections.includes(name)) {
      root.add(segments, label, provider, section.diagnostics);
    }
  }
  const node = root.node();
  const walked = node.children.length === 0 ? {} : walk(schema, node, '', section);
  return { value: schema.parse(walked ?? {}), diagnostics: section.diagnostics };
}

const NOWHERE: Place = { kind: 'endpoint', url: '' };

/** LBL-3: byte order, and what is under `sluice.` last, so that it wins (D37). */
function inOrder(labels: readonly Label[]): readonly Label[] {
  const sorted = labels.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const own = sorted.filter(isOwn);
  return own.length === 0 ? sorted : [...sorted.filter((label) => !isOwn(label)), ...own];
}

const isOwn = ({ key }: Label) => /^sluice\./i.test(key);

/** The segments below the root; undefined if the label is not ours or cannot be. */
function segmentsOf(
  label: Label,
  provider: string,
  diagnostics: Diagnostic[],
): readonly string[] | undefined {
  const { key, at } = label;
  const dot = key.indexOf('.');
  const root = key.slice(0, dot);
  const meantFor = meantRoot(key);
  if (meantFor === undefined) return undefined;
  if (key.length > LONGEST_KEY) {
    diagnostics.push({
      code: 'syntax',
      severity: 'error',
      provider,
      at,
      message: `the key is ${key.length} characters long`,
      fix: `use at most ${LONGEST_KEY}`,
    });
    return undefined;
  }
  if (!isRoot(root)) {
    // LBL-2: Traefik loses the container for a capital; here it costs this label.
    const meant = `${meantFor}${key.slice(dot)}`;
    diagnostics.push({
      code: 'unknown-key',
      severity: 'error',
      provider,
      at,
      message: `the root of a label is "${meantFor}", in just these letters`,
      value: cut(key),
      fix: `write ${cut(meant)}`,
      suggestions: [cut(meant)],
    });
    return undefined;
  }
  const segments = key.slice(dot + 1).split('.');
  return key.includes('[') ? segments.flatMap(split) : segments;
}

/** LBL-4: `domains[0]` is `domains` and `[0]`. A bracket at the wrong place stays, and is refused as a name (BUG-30). */
function split(segment: string): readonly string[] {
  const open = segment.endsWith(']') ? segment.indexOf('[') : -1;
  return open > 0 ? [segment.slice(0, open), segment.slice(open)] : [segment];
}

function isKnownSection(
  section: string,
  label: Label,
  provider: string,
  diagnostics: Diagnostic[],
): boolean {
  if (SECTIONS.includes(section)) return true;
  const below = nearest(section, IN_TCP).map((name) => `tcp.${name}`);
  const suggestions = below.length > 0 ? below : nearest(section, SECTIONS);
  const [meant] = suggestions;
  // Other tools use labels under this root as well (constraints): only a likely slip is a warning (D34).
  diagnostics.push({
    code: 'unknown-key',
    severity: meant === undefined ? 'info' : 'error',
    provider,
    at: label.at,
    message: `"${cut(section)}" is no section of a label`,
    value: cut(label.key),
    fix:
      meant === undefined ? 'labels of routes begin with traefik.tcp' : `did you mean "${meant}"?`,
    suggestions,
  });
  return false;
}

/** A tree under construction. Siblings that differ only in case are one, in the first spelling (LBL-5). */
class Branch {
  readonly #key: string;
  readonly #at: Place;
  /** Undefined: none. Most branches are leaves. */
  #children: Map<string, Branch> | undefined;
  #label: Label | undefined;

  constructor(key: string, at: Place) {
    this.#key = key;
    this.#at = at;
  }

  add(path: readonly string[], label: Label, provider: string, diagnostics: Diagnostic[]): void {
    const leaf = path.reduce((branch: Branch, key) => branch.#child(key, label.at), this);
    const before = leaf.#label;
    if (before !== undefined && before.value !== label.value) {
      diagnostics.push(overridden(before, label, provider));
    }
    leaf.#label = label;
  }

  #child(key: string, at: Place): Branch {
    const id = key.toLowerCase();
    this.#children ??= new Map();
    const known = this.#children.get(id);
    if (known) return known;
    const child = new Branch(key, at);
    this.#children.set(id, child);
    return child;
  }

  node(): Node {
    const label = this.#label;
    const at = label?.at ?? this.#at;
    return {
      key: this.#key,
      at,
      kind: label === undefined ? 'none' : 'value',
      value: label?.value,
      valueAt: at,
      children: this.#children ? Array.from(this.#children.values(), (child) => child.node()) : [],
    };
  }
}

function overridden(before: Label, label: Label, provider: string): Diagnostic {
  const otherRoot =
    before.key.slice(0, before.key.indexOf('.')) !== label.key.slice(0, label.key.indexOf('.'));
  return {
    code: 'ignored',
    // D37: two roots side by side are meant so; two spellings of one key are not.
    severity: otherRoot ? 'info' : 'warning',
    provider,
    at: before.at,
    related: [label.at],
    message: `${cut(label.key)} says the same with another value, and wins`,
    value: cut(before.value),
    fix: 'leave one of them out',
  };
}
