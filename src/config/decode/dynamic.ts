import { z } from 'zod';
import type { Diagnostic, ObjectKind } from '../diagnostic.js';
import {
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
import { tight } from '../tight.js';
import {
  checkMiddleware,
  checkRouter,
  checkService,
  checkTransport,
  type Check,
} from './checks.js';
import { firstPlace, type Node, type Mode } from './tree.js';
import { cut, reading } from './reading.js';
import { Sections } from './sections.js';
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

/**
 * Reads the tree of one owner. Every named object is read by itself: what is wrong with one disables
 * that one only (D9).
 */
export function decodeDynamic(root: Node, options: DecodeOptions): DecodedConfig {
  const reader = new Reader(options);
  const sections = new Sections(root, (finding) => reader.say(finding));
  const config: DynamicConfig = {
    routers: reader.objects('router', routerSchema, sections.of('tcp.routers'), checkRouter),
    services: reader.objects('service', serviceSchema, sections.of('tcp.services'), checkService),
    middlewares: reader.objects(
      'middleware',
      middlewareSchema,
      sections.of('tcp.middlewares'),
      checkMiddleware,
    ),
    serversTransports: reader.objects(
      'serversTransport',
      serversTransportSchema,
      sections.of('tcp.serversTransports'),
      checkTransport,
    ),
    tlsOptions: reader.fileOnly(sections.of('tls.options'), (nodes) =>
      reader.objects('tlsOptions', tlsOptionsSchema, nodes),
    ),
    tlsStores: reader.objects('tlsStore', tlsStoreSchema, sections.of('tls.stores')),
    tlsCertificates: [
      ...reader
        .fileOnly(sections.of('tls.certificates'), (nodes) =>
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

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

class Reader {
  readonly #options: DecodeOptions;
  readonly diagnostics: Diagnostic[] = [];

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  say(finding: Omit<Diagnostic, 'provider'>): void {
    this.diagnostics.push({ provider: this.#options.provider, ...finding });
  }

  /** Labels cannot say such things (LBL-14, D33). */
  fileOnly<T>(
    nodes: readonly Node[],
    read: (nodes: readonly Node[]) => ReadonlyMap<string, Declared<T>>,
  ): ReadonlyMap<string, Declared<T>> {
    const [first] = nodes;
    if (this.#options.mode !== 'labels' || first === undefined) return read(nodes);
    this.say({
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
    if (sections.length === 0) return NOTHING;
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
    this.say({
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
    this.say({
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
    const diagnostics = tight(object.diagnostics);
    return { name: node.key, config, at, places: object.places, diagnostics };
  }
}

/** LBL-8: `tcp.routers.foo=anything` is an empty router; in a file `{}` is one. */
const isBareEntry = (node: Node, mode: Mode) => mode === 'labels' && node.children.length === 0;
