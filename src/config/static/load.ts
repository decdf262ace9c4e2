import { formatOf, parseDocument } from '../decode/document.js';
import type { Node } from '../decode/tree.js';
import { reading, walk } from '../decode/walk.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import type { StaticConfig } from '../static.js';
import { effective } from './effective.js';
import { parseEnvironment, type Environment } from './environment.js';
import { parseFlags } from './flags.js';
import { optionTree } from './option-tree.js';
import { staticSchema } from './schema.js';

export interface StaticSources {
  /** Without the program's name and command. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** The text of a file; undefined if there is none, an error if it cannot be read. */
  readonly readFile: (path: string) => string | undefined | Error;
}

export type LoadedStatic =
  | {
      readonly ok: true;
      readonly config: StaticConfig;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The one source that counts, and what of the others is not read (CFG-1). */
interface Source {
  readonly node: Node | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads the static configuration: file, else flags, else environment (CFG-1, D23). */
export function loadStatic(sources: StaticSources): LoadedStatic {
  const source = sourceOf(sources);
  const diagnostics = [...source.diagnostics];
  const hasError = () => diagnostics.some(({ severity }) => severity === 'error');
  if (hasError()) return { ok: false, diagnostics };

  const section = reading({ mode: 'options', provider: undefined, object: undefined });
  const node = source.node && withoutExtensions(source.node);
  const isEmpty = node === undefined || node.children.length === 0;
  const written = staticSchema.parse(
    (isEmpty ? undefined : walk(staticSchema, node, '', section)) ?? {},
  );
  diagnostics.push(...section.diagnostics, ...foreignOptions(section.foreign));
  if (hasError()) return { ok: false, diagnostics };

  const { config, findings } = effective(written, section.places, sources.env);
  diagnostics.push(...findings);
  return hasError() ? { ok: false, diagnostics } : { ok: true, config, diagnostics };
}

function sourceOf(sources: StaticSources): Source {
  const { argv, env } = sources;
  const flags = parseFlags(argv);
  const environment = parseEnvironment(env);
  if (flags.diagnostics.length > 0) return { node: undefined, diagnostics: flags.diagnostics };
  const file = findFile(flags.configFile, sources);
  if (file) {
    // What the command line says is checked even where the file counts.
    const unused = optionTree(flags.options);
    const check = reading({ mode: 'options', provider: undefined, object: undefined });
    if (flags.options.length > 0) walk(staticSchema, unused, '', check);
    const wrong = check.diagnostics.filter(({ severity }) => severity === 'error');
    const beside = [
      ...ignored(flags.options[0]?.at, 'flags', file.path),
      ...ignored(environment.options[0]?.at, 'environment variables', file.path),
    ];
    return { node: file.node, diagnostics: [...wrong, ...file.diagnostics, ...beside] };
  }
  if (argv.length > 0) {
    const beside = ignored(environment.options[0]?.at, 'environment variables', 'the command line');
    return { node: optionTree(flags.options), diagnostics: beside };
  }
  const { options, diagnostics } = environment;
  return { node: options.length > 0 ? optionTree(options) : undefined, diagnostics };
}

function ignored(at: Place | undefined, what: string, winner: string): readonly Diagnostic[] {
  if (at === undefined) return [];
  return [
    {
      code: 'ignored',
      severity: 'warning',
      at,
      message: `${what} are not read beside ${winner}`,
      fix: 'write all options in one place',
    },
  ];
}

const EXTENSIONS = ['toml', 'yaml', 'yml'];

/** CFG-3, with `sluice.*` before `traefik.*` in each place (D23). */
function candidates(env: Environment): readonly string[] {
  const folders = [
    '/etc/sluice',
    '/etc/traefik',
    ...(env['XDG_CONFIG_HOME'] ? [env['XDG_CONFIG_HOME']] : []),
    ...(env['HOME'] ? [`${env['HOME']}/.config`] : []),
    '.',
  ];
  return folders.flatMap((folder) =>
    ['sluice', 'traefik'].flatMap((name) => EXTENSIONS.map((end) => `${folder}/${name}.${end}`)),
  );
}

function findFile(
  named: string | undefined,
  { env, readFile }: StaticSources,
): (Source & { readonly path: string }) | undefined {
  const paths = named === undefined || named.trim() === '' ? candidates(env) : [named];
  for (const path of paths) {
    const text = readFile(path);
    if (text === undefined) continue;
    if (text instanceof Error) return { path, ...unusable(path, 'unreadable', text.message) };
    return { path, ...parseFile(path, text) };
  }
  if (named === undefined || named.trim() === '') return undefined;
  return { path: named, ...unusable(named, 'missing', 'there is no such file') };
}

function unusable(
  path: string,
  code: 'unreadable' | 'missing' | 'syntax',
  message: string,
): Source {
  const at: Place = { kind: 'file', path, line: 0, column: 0 };
  const fix = 'name a readable .yml, .yaml or .toml file';
  const object = { kind: 'file', name: path } as const;
  return { node: undefined, diagnostics: [{ code, severity: 'error', object, at, message, fix }] };
}

function parseFile(path: string, text: string): Source {
  const format = formatOf(path);
  if (format === undefined) return unusable(path, 'syntax', 'its extension says no known format');
  const { node, diagnostics } = parseDocument(text, path, format);
  if (node?.children.length === 0) return unusable(path, 'missing', 'the file holds nothing');
  return { node, diagnostics };
}

/** Top-level keys that begin with `x-` are the author's own (D22). */
function withoutExtensions(root: Node): Node {
  const children = root.children.filter(({ key }) => !key.toLowerCase().startsWith('x-'));
  return { ...root, children };
}

/** D22: one warning for all of them. */
function foreignOptions(foreign: ReadonlyMap<string, Place>): readonly Diagnostic[] {
  const [first] = foreign.values();
  if (first === undefined) return [];
  const names = [...foreign.keys()].join(', ');
  return [
    {
      code: 'ignored',
      severity: 'warning',
      at: first,
      message: `these options do not concern TCP and are not read: ${names}`,
      value: names,
      fix: 'leave them out',
    },
  ];
}
