import { formatOf, parseDocument } from '../decode/document.js';
import type { Node } from '../decode/tree.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import type { DiagnosticCode } from '../diagnostic-codes.js';
import type { Environment } from './environment.js';

/** The text of a file; undefined if there is none, an error if it cannot be read. */
export type ReadFile = (path: string) => string | undefined | Error;

export interface ConfigFile {
  readonly path: string;
  readonly node: Node | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const EXTENSIONS = ['toml', 'yaml', 'yml'];

/** CFG-3, with `sluice.*` before `traefik.*` in each place (D23). */
function defaultPaths(env: Environment): readonly string[] {
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

/**
 * The configuration file: the named one, or else the first of the default places; undefined if
 * there is none. A named file that does not exist is an error (D23).
 */
export function findConfigFile(
  named: string | undefined,
  env: Environment,
  readFile: ReadFile,
): ConfigFile | undefined {
  const name = expandVariables(named ?? '', env).trim();
  for (const path of name === '' ? defaultPaths(env) : [name]) {
    const text = readFile(path);
    if (text instanceof Error)
      return refused(path, 'unreadable', `cannot be read: ${text.message}`);
    if (text !== undefined) return parsed(path, text);
  }
  return name === '' ? undefined : refused(name, 'missing', 'there is no such file');
}

/** CFG-3: `$NAME` and `${NAME}`, for a name that no shell has seen. */
const expandVariables = (text: string, env: Environment) =>
  text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, plain: string | undefined) => env[braced ?? plain ?? ''] ?? '',
  );

function refused(path: string, code: DiagnosticCode, message: string): ConfigFile {
  const at: Place = { kind: 'file', path, line: 0, column: 0 };
  const fix = 'name a .yml, .yaml, .toml or .json file that can be read';
  const object = { kind: 'file', name: path } as const;
  return {
    path,
    node: undefined,
    diagnostics: [{ code, severity: 'error', object, at, message, fix }],
  };
}

/** CFG-6. */
function parsed(path: string, text: string): ConfigFile {
  const format = formatOf(path);
  if (format === undefined) return refused(path, 'syntax', 'its extension says no known format');
  const { node, diagnostics } = parseDocument(text, path, format);
  if (node && node.kind !== 'map') return refused(path, 'syntax', 'the file holds no options');
  const own = node?.children.some(({ key }) => !key.toLowerCase().startsWith('x-'));
  if (own === false) return refused(path, 'missing', 'the file holds no options');
  return { path, node, diagnostics };
}
