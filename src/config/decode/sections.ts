import type { z } from 'zod';
import type { Finding } from '../diagnostic.js';
import { dynamicSchema } from '../model.js';
import { nearest } from './nearest.js';
import { cut } from './reading.js';
import type { Node } from './tree.js';

/** Traefik's own root sections that are not TCP's (D22). */
const OTHER_HALVES: ReadonlySet<string> = new Set(['http', 'udp']);

/** Sections of the static configuration, which somebody may write into a dynamic file. */
const STATIC_SECTIONS: ReadonlySet<string> = new Set(
  'entryPoints providers log accessLog api ping metrics tracing global certificatesResolvers tcpServersTransport serversTransport spiffe experimental'
    .toLowerCase()
    .split(' '),
);

/** Sections whose objects have no names. */
const LISTS: ReadonlySet<string> = new Set(['certificates']);

const inSmall = (shape: object) =>
  new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key] as const));

type KeyOf<R extends 'tcp' | 'tls'> = keyof NonNullable<z.infer<typeof dynamicSchema>[R]>;
type SectionPath = `tcp.${KeyOf<'tcp'>}` | `tls.${KeyOf<'tls'>}`;

/** What stands below each root; both in small letters, and as it is written. */
const KEYS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['tcp', inSmall(dynamicSchema.shape.tcp.unwrap().shape)],
  ['tls', inSmall(dynamicSchema.shape.tls.unwrap().shape)],
]);

const NONE: readonly Node[] = [];

/** The sections of the tree of one owner. What is wrong with their own keys is told to `say`. */
export class Sections {
  readonly #say: (finding: Finding) => void;
  readonly #nodes = new Map<string, Node[]>();
  #isOtherHalfSaid = false;

  constructor(root: Node, say: (finding: Finding) => void) {
    this.#say = say;
    const roots = root.children.filter((child) => this.#isRoot(child));
    for (const node of roots) this.#readRoot(node);
  }

  /** All nodes of a section such as `tcp.routers`; what is written in several spellings has several. */
  of(path: SectionPath): readonly Node[] {
    return this.#nodes.get(path) ?? NONE;
  }

  #isRoot(node: Node): boolean {
    const key = node.key.toLowerCase();
    if (KEYS.has(key)) return true;
    if (OTHER_HALVES.has(key)) this.#ignoredHalf(node);
    else if (!key.startsWith('x-')) this.#unknownRoot(node);
    return false;
  }

  #readRoot(root: Node): void {
    const { children } = root;
    const id = root.key.toLowerCase();
    const known = KEYS.get(id);
    if (children.length === 0 && id === 'tcp') this.#empty(root);
    for (const child of children) {
      const key = known?.get(child.key.toLowerCase());
      const isListed = child.kind === 'list' && !LISTS.has(child.key.toLowerCase());
      if (key === undefined) this.#unknown(child, [...(known?.values() ?? [])]);
      else if (isListed) this.#listed(child);
      else {
        if (child.children.length === 0 && child.kind !== 'list') this.#empty(child);
        const path = `${id}.${key}`;
        const before = this.#nodes.get(path);
        if (before) before.push(child);
        else this.#nodes.set(path, [child]);
      }
    }
  }

  #ignoredHalf(node: Node): void {
    if (this.#isOtherHalfSaid) return;
    this.#isOtherHalfSaid = true;
    this.#say({
      code: 'ignored',
      severity: 'info',
      at: node.at,
      message: `what stands under "${node.key}" is not TCP's and is not read`,
      fix: 'write tcp in its place if Sluice is to serve it',
    });
  }

  #unknownRoot(node: Node): void {
    const key = node.key.toLowerCase();
    if (STATIC_SECTIONS.has(key)) {
      this.#say({
        code: 'misplaced',
        severity: 'error',
        at: node.at,
        message: `"${node.key}" belongs into the static configuration`,
        value: node.key,
        fix: 'write it into the file that --configFile names, or as a flag',
      });
      return;
    }
    const parent = [...KEYS].find(([, keys]) => keys.has(key));
    this.#unknown(node, parent ? [`${parent[0]}.${node.key}`] : [...KEYS.keys()]);
  }

  #unknown(node: Node, known: readonly string[]): void {
    const [meant] = nearest(node.key, known);
    this.#say({
      code: 'unknown-key',
      severity: 'error',
      at: node.at,
      message: `unknown key "${cut(node.key)}"`,
      value: cut(node.key),
      fix: meant === undefined ? `write one of ${known.join(', ')}` : `did you mean "${meant}"?`,
      suggestions: meant === undefined ? known : [meant],
    });
  }

  #listed(node: Node): void {
    this.#say({
      code: 'bad-value',
      severity: 'error',
      at: node.at,
      message: `"${node.key}" is a list, and its objects have no names`,
      fix: 'write each below a name of its own, without the dash',
    });
  }

  #empty(node: Node): void {
    this.#say({
      code: 'missing',
      severity: 'warning',
      at: node.at,
      message: `"${node.key}" holds nothing`,
      fix: 'write something below it, or leave it out',
    });
  }
}
