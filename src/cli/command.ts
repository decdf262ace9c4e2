import { isSchemaName, type SchemaName } from './schema-name.js';

/** What the command line asks for; `argv` holds the options that are left (CFG-7). */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run' | 'healthcheck'; readonly argv: readonly string[] }
  | CheckCommand
  | RouteCommand
  | ExplainCommand
  | PreflightCommand
  | { readonly kind: 'schema'; readonly name: SchemaName }
  | { readonly kind: 'usage'; readonly problem: string };

/** Which sources a command looks at. */
export interface Sources {
  /** Dynamic files and folders; with any of these, no provider is asked. */
  readonly files: readonly string[];
  /** Empty: all that are configured. */
  readonly only: readonly ('docker' | 'consul')[];
  /** Compose files, or folders that hold one; with any of these, no provider is asked. */
  readonly compose: readonly string[];
  /** Compose profiles that are on. */
  readonly profiles: readonly string[];
  readonly argv: readonly string[];
}

export interface CheckCommand extends Sources {
  readonly kind: 'check';
  readonly isJson: boolean;
}

export interface ExplainCommand extends Sources {
  readonly kind: 'explain';
  /** Of a container, an instance, a router or a service; qualified or not. */
  readonly name: string;
  readonly isJson: boolean;
}

export interface PreflightCommand extends Pick<Sources, 'only' | 'argv'> {
  readonly kind: 'preflight';
  readonly isJson: boolean;
}

export interface RouteCommand extends Sources {
  readonly kind: 'route';
  readonly entryPoint: string;
  readonly sni: string | undefined;
  readonly alpn: readonly string[];
  readonly isTls: boolean;
  readonly ip: string;
}

/** Reads the words behind the program's name. `sluice sluice …` runs, as `traefik traefik …` does. */
export function parseCommand(words: readonly string[]): Command {
  const [first, ...rest] = words;
  if (words.some((word) => /^--?(help|h)$/.test(word))) return { kind: 'help' };
  if (first === 'version' || words.some((word) => /^--?version$/.test(word))) {
    return { kind: 'version' };
  }
  if (first === 'healthcheck') return { kind: 'healthcheck', argv: rest };
  if (first === 'check') return checkCommand(rest);
  if (first === 'schema') return schemaCommand(rest);
  if (first === 'preflight') return preflightCommand(rest);
  if (first === 'explain') return explainCommand(rest);
  if (first === 'route') return routeCommand(rest);
  return { kind: 'run', argv: first === 'sluice' || first === 'traefik' ? rest : words };
}

function checkCommand(words: readonly string[]): Command {
  const { own, sources } = divided(words, []);
  return { kind: 'check', isJson: own.has('json'), ...sources };
}

function explainCommand(words: readonly string[]): Command {
  const { own, sources } = divided(words, []);
  const [name, ...files] = sources.files;
  if (name === undefined) {
    return { kind: 'usage', problem: 'explain needs the name of a container, service or router' };
  }
  return { kind: 'explain', name, isJson: own.has('json'), ...sources, files };
}

function schemaCommand([name = 'dynamic', ...others]: readonly string[]): Command {
  if (isSchemaName(name) && others.length === 0) return { kind: 'schema', name };
  return {
    kind: 'usage',
    problem: 'schema is written sluice schema static, or sluice schema dynamic',
  };
}

function preflightCommand(words: readonly string[]): Command {
  const { own, sources } = divided(words, []);
  const [stray] = [...sources.files, ...sources.compose];
  if (stray !== undefined) {
    return { kind: 'usage', problem: `preflight takes no files, such as "${stray}"` };
  }
  const { only, argv } = sources;
  return { kind: 'preflight', isJson: own.has('json'), only, argv };
}

function routeCommand(words: readonly string[]): Command {
  const { own, sources } = divided(words, ['entryPoint', 'sni', 'alpn', 'ip']);
  const entryPoint = own.get('entryPoint') ?? '';
  if (entryPoint === '') return { kind: 'usage', problem: 'route needs --entryPoint=NAME' };
  const sni = own.get('sni');
  const alpn = own.get('alpn')?.split(',') ?? [];
  return {
    kind: 'route',
    entryPoint,
    sni,
    alpn,
    isTls: own.has('tls') || sni !== undefined || alpn.length > 0,
    ip: own.get('ip') ?? '127.0.0.1',
    ...sources,
  };
}

const SWITCHES: ReadonlySet<string> = new Set(['json', 'tls', 'docker', 'consul']);

/** Takes a command's own options and files out of the words; what is left is the static configuration's. */
function divided(
  words: readonly string[],
  valued: readonly string[],
): { readonly own: ReadonlyMap<string, string>; readonly sources: Sources } {
  const own = new Map<string, string>();
  const files: string[] = [];
  const compose: string[] = [];
  const profiles: string[] = [];
  const argv: string[] = [];
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? '';
    const [, name = '', value] = /^--([A-Za-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    const repeated = name === 'compose' ? compose : name === 'profile' ? profiles : undefined;
    if (SWITCHES.has(name) && value === undefined) own.set(name, '');
    else if (repeated) {
      if (value === undefined) place += 1;
      repeated.push(value ?? words[place] ?? '');
    } else if (valued.includes(name)) {
      if (value === undefined) place += 1;
      own.set(name, value ?? words[place] ?? '');
    } else if (/^--?configfile$/i.test(word)) {
      place += 1;
      argv.push(word, words[place] ?? '');
    } else if (word.startsWith('-')) argv.push(word);
    else files.push(word);
  }
  const only = (['docker', 'consul'] as const).filter((name) => own.has(name));
  return { own, sources: { files, only, compose, profiles, argv } };
}
