import { parseBoolean } from '../../src/config/decode/values.js';
import type { Label } from '../../src/config/decode/labels.js';
import type { Diagnostic, Place } from '../../src/config/diagnostic.js';

const DEFAULT_PREFIX = 'traefik';

/** D37: beside Traefik's own prefix ours counts too; a prefix of somebody's choice stands alone (CNS-7). */
const rootsOf = (prefix: string): readonly string[] =>
  prefix === DEFAULT_PREFIX ? [DEFAULT_PREFIX, 'sluice'] : [prefix];

/** The prefix that a tag begins with, in whatever case; it ends at a dot (BUG-36). */
function rootOf(tag: string, prefix: string): string | undefined {
  return rootsOf(prefix).find(
    (root) => tag.slice(0, root.length + 1).toLowerCase() === `${root.toLowerCase()}.`,
  );
}

/** Sections from which no TCP object can come. */
const OTHER_SECTIONS: ReadonlySet<string> = new Set([
  'http',
  'udp',
  'enable',
  'consulcatalog',
  'docker',
  'swarm',
]);

/** What a tag is to this provider: `read` if an object may come of it, `other` if it has our prefix. */
export function tagKind(tag: string, prefix: string): 'read' | 'other' | 'foreign' {
  const root = rootOf(tag, prefix);
  if (root === undefined) return 'foreign';
  const [section = ''] = tag.slice(root.length + 1).split(/[.=]/, 1);
  return OTHER_SECTIONS.has(section.toLowerCase()) ? 'other' : 'read';
}

const CONNECT = /^consulcatalog\.connect=/i;

/** True of a tag that puts its instance on Connect, and of one that nobody can make sense of. */
export function mayBeOnConnect(tag: string, prefix: string): boolean {
  const root = rootOf(tag, prefix);
  if (root === undefined) return false;
  const below = tag.slice(root.length + 1);
  if (!CONNECT.test(below)) return false;
  const parsed = parseBoolean(below.slice(below.indexOf('=') + 1));
  return !parsed.ok || parsed.value;
}

export interface ReadTags {
  readonly labels: readonly Label[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Tags as labels: cut at the first `=`, their prefix made the root (CNS-7). */
export function labelsOf(
  tags: readonly string[],
  prefix: string,
  placeOf: (tag: string) => Place,
): ReadTags {
  const labels: Label[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const tag of tags) {
    const root = rootOf(tag, prefix);
    if (root === undefined) continue;
    const cut = tag.indexOf('=');
    const at = placeOf(shown(tag));
    if (!tag.startsWith(root)) {
      diagnostics.push(otherCase(tag, root, at));
      continue;
    }
    if (cut < 0) {
      diagnostics.push(withoutValue(tag, at));
      continue;
    }
    const below = tag.slice(root.length, cut);
    const key = `${root === prefix ? DEFAULT_PREFIX : root}${below}`;
    labels.push({ key, value: tag.slice(cut + 1), at });
  }
  return { labels, diagnostics };
}

/** As Consul shows it; a key or certificate is not for everybody's eyes. */
const shown = (tag: string) =>
  tag.includes('-----BEGIN') ? `${tag.slice(0, tag.indexOf('=') + 1)}…` : tag;

/** Traefik overlooks such a tag; its author wanted something, perhaps TLS. */
const withoutValue = (tag: string, at: Place): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  at,
  message: 'the tag has no "=", so it says nothing',
  value: tag,
  fix: `write ${tag}=VALUE`,
});

/** BUG-24: Traefik overlooks such a tag. */
function otherCase(tag: string, root: string, at: Place): Diagnostic {
  const [key = ''] = `${root}${tag.slice(root.length)}`.split('=', 1);
  return {
    code: 'unknown-key',
    severity: 'error',
    at,
    message: `the prefix of a tag is "${root}", in just these letters`,
    value: tag,
    fix: `write ${key}`,
    suggestions: [key],
  };
}
