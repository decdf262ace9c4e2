import { z } from 'zod';
import type { Diagnostic, ObjectKind } from '../diagnostic.js';
import {
  dynamicSchema,
  isBroken,
  middlewareSchema,
  routerSchema,
  serversTransportSchema,
  serviceSchema,
  tlsCertificateSchema,
  tlsOptionsSchema,
  tlsStoreSchema,
  type Declared,
  type DynamicConfig,
} from '../model.js';
import {
  checkMiddleware,
  checkRouter,
  checkService,
  checkTransport,
  type Check,
} from './checks.js';
import { nearest } from './nearest.js';
import { firstPlace, type Node, type Mode } from './tree.js';
import { cut, reading } from './reading.js';
import { walk } from './walk.js';

export interface DecodeOptions {
  readonly mode: Mode;
  readonly provider: string;
  /** D8. */
  readonly allowPrivileged: boolean;
}

export interface DecodedConfig {
  readonly config: DynamicConfig;
  /** Of the objects and of what belongs to none. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Traefik's own root sections that are not TCP's (D22). */
const OTHER_HALVES: ReadonlySet<string> = new Set(['http', 'udp']);

/** Sections of the static configuration, which somebody may write into a dynamic file. */
const STATIC_SECTIONS: ReadonlySet<string> = new Set(
  'entryPoints providers log accessLog api ping metrics tracing global certificatesResolvers tcpServersTransport serversTransport spiffe experimental'
    .toLowerCase()
    .split(' '),
);

/**
 * Reads the tree of one owner. Every named object is read by itself: what is wrong with one disables
 * that one only (D9).
 */
export function decodeDynamic(root: Node, options: DecodeOptions): DecodedConfig {
  const reader = new Reader(options);
  const sections: Node[] = [];
  for (const child of root.children) {
    const key = child.key.toLowerCase();
    if (key === 'tcp' || key === 'tls') sections.push(child);
    else if (OTHER_HALVES.has(key)) reader.ignoredHalf(child);
    else if (!key.startsWith('x-')) reader.unknownRoot(child);
  }
  const of = (section: string, name: string) =>
    sections
      .filter((node) => node.key.toLowerCase() === section)
      .flatMap((node) => node.children.filter((child) => child.key.toLowerCase() === name))
      .filter((child) => child.kind !== 'list' || LISTS.has(name));
  for (const node of sections) reader.checkSection(node);

  const config: DynamicConfig = {
    routers: reader.objects('router', routerSchema, of('tcp', 'routers'), checkRouter),
    services: reader.objects('service', serviceSchema, of('tcp', 'services'), checkService),
    middlewares: reader.objects(
      'middleware',
      middlewareSchema,
      of('tcp', 'middlewares'),
      checkMiddleware,
    ),
    serversTransports: reader.objects(
      'serversTransport',
      serversTransportSchema,
      of('tcp', 'serverstransports'),
      checkTransport,
    ),
    tlsOptions: reader.fileOnly(of('tls', 'options'), (nodes) =>
      reader.objects('tlsOptions', tlsOptionsSchema, nodes),
    ),
    tlsStores: reader.objects('tlsStore', tlsStoreSchema, of('tls', 'stores')),
    tlsCertificates: [
      ...reader
        .fileOnly(of('tls', 'certificates'), (nodes) =>
          reader.objects(
            'certificate',
            tlsCertificateSchema,
            nodes.map((node) => ({ ...node, kind: 'map' as const })),
          ),
        )
        .values(),
    ],
  };
  return { config, diagnostics: reader.diagnostics };
}

/** Sections whose objects have no names. */
const LISTS: ReadonlySet<string> = new Set(['certificates']);

const SECTION_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['tcp', Object.keys(dynamicSchema.shape.tcp.unwrap().shape)],
  ['tls', Object.keys(dynamicSchema.shape.tls.unwrap().shape)],
]);

class Reader {
  readonly #options: DecodeOptions;
  readonly diagnostics: Diagnostic[] = [];
  #otherHalfSaid = false;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  #say(finding: Omit<Diagnostic, 'provider'>): void {
    this.diagnostics.push({ provider: this.#options.provider, ...finding });
  }

  ignoredHalf(node: Node): void {
    if (this.#otherHalfSaid) return;
    this.#otherHalfSaid = true;
    this.#say({
      code: 'ignored',
      severity: 'info',
      at: node.at,
      message: `what stands under "${node.key}" is not TCP's and is not read`,
      fix: 'write tcp in its place if Sluice is to serve it',
    });
  }

  unknownRoot(node: Node): void {
    if (STATIC_SECTIONS.has(node.key.toLowerCase())) {
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
    const parent = [...SECTION_KEYS].find(([, keys]) =>
      keys.some((key) => key.toLowerCase() === node.key.toLowerCase()),
    );
    this.#unknown(node, parent ? [`${parent[0]}.${node.key}`] : ['tcp', 'tls']);
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

  /** The keys of `tcp` and `tls`, and that something stands below them. */
  checkSection(section: Node): void {
    const known = SECTION_KEYS.get(section.key.toLowerCase()) ?? [];
    if (section.children.length === 0 && section.key.toLowerCase() === 'tcp') {
      this.#empty(section);
    }
    for (const child of section.children) {
      if (!known.some((key) => key.toLowerCase() === child.key.toLowerCase())) {
        this.#unknown(child, known);
      } else if (child.kind === 'list' && !LISTS.has(child.key.toLowerCase())) this.#listed(child);
      else if (child.children.length === 0 && child.kind !== 'list') this.#empty(child);
    }
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

  /** Labels cannot say such things (LBL-14, D33). */
  fileOnly<T>(
    nodes: readonly Node[],
    read: (nodes: readonly Node[]) => ReadonlyMap<string, Declared<T>>,
  ): ReadonlyMap<string, Declared<T>> {
    const [first] = nodes;
    if (this.#options.mode !== 'labels' || first === undefined) return read(nodes);
    this.#say({
      code: 'ignored',
      severity: 'warning',
      at: firstPlace(first),
      message: `"tls.${first.key}" has no effect in a label or tag`,
      fix: 'declare it in a file',
    });
    return new Map();
  }

  objects<S extends z.ZodType>(
    kind: ObjectKind,
    schema: S,
    sections: readonly Node[],
    check?: Check<z.infer<S>>,
  ): ReadonlyMap<string, Declared<z.infer<S>>> {
    const objects = new Map<string, Declared<z.infer<S>>>();
    for (const node of this.#entries(sections)) {
      if (!this.#isName(kind, node) || this.#isNameless(schema, node)) continue;
      const declared = this.#object(kind, schema, node, check);
      this.diagnostics.push(...declared.diagnostics);
      // FIL-6: a router without a value has nothing to show, and nothing could refer to it.
      if (kind === 'router' && node.kind === 'null') continue;
      objects.set(node.key, declared);
    }
    return objects;
  }

  /** The named nodes of a section. In labels the first spelling names the object (LBL-5). */
  #entries(sections: readonly Node[]): Iterable<Node> {
    const entries = new Map<string, Node>();
    for (const child of sections.flatMap((section) => section.children)) {
      const id = this.#options.mode === 'labels' ? child.key.toLowerCase() : child.key;
      const first = entries.get(id);
      entries.set(
        id,
        first === undefined
          ? child
          : { ...first, children: [...first.children, ...child.children] },
      );
    }
    return entries.values();
  }

  /** BUG-43: whatever stands behind an `@` would be taken for a provider. */
  #isName(kind: ObjectKind, node: Node): boolean {
    if (kind === 'certificate') return true;
    const { mode } = this.#options;
    const isPlain = mode !== 'labels' || !/[[\]]/.test(node.key);
    if (node.key !== '' && !node.key.includes('@') && isPlain) return true;
    this.#say({
      code: 'bad-value',
      severity: 'error',
      object: { kind, name: node.key },
      at: firstPlace(node),
      message: `"${cut(node.key)}" cannot be the name of a ${kind}`,
      value: cut(node.key),
      fix: 'use letters, digits, - and _',
    });
    return false;
  }

  /** `tcp.routers.rule=…`: a field stands where the name of its object should. */
  #isNameless(schema: z.ZodType, node: Node): boolean {
    if (!isBareEntry(node, this.#options.mode) || !node.value) return false;
    const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const field = fields.find((name) => name.toLowerCase() === node.key.toLowerCase());
    if (field === undefined) return false;
    this.#say({
      code: 'unknown-key',
      severity: 'error',
      at: node.at,
      message: `"${node.key}" stands where a name should`,
      value: node.key,
      fix: `write a name before it: NAME.${field}`,
      suggestions: [`NAME.${field}`],
    });
    return true;
  }

  #object<S extends z.ZodType>(
    kind: ObjectKind,
    schema: S,
    node: Node,
    check: Check<z.infer<S>> | undefined,
  ): Declared<z.infer<S>> {
    const { mode, provider, allowPrivileged } = this.#options;
    const object = reading({
      mode,
      provider,
      object: { kind, name: node.key },
      allowPrivileged,
    });
    const entry = isBareEntry(node, mode)
      ? { ...node, kind: 'map' as const, value: undefined }
      : node;
    const walked =
      entry.kind === 'map' && entry.children.length === 0 ? {} : walk(schema, entry, '', object);
    // What walk returns satisfies the schema: each scalar went through its checks.
    const config = schema.parse(walked ?? {});
    const at = firstPlace(node);
    if (!isBroken(object)) check?.(config, { reading: object, at });
    return { name: node.key, config, at, places: object.places, diagnostics: object.diagnostics };
  }
}

/** LBL-8: `tcp.routers.foo=anything` is an empty router; in a file `{}` is one. */
const isBareEntry = (node: Node, mode: Mode) => mode === 'labels' && node.children.length === 0;
