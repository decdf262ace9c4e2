import { nearest } from '../config/decode/nearest.js';
import { takesNext } from '../config/static/flags.js';
import { staticSchema } from '../config/static/schema.js';
import { commandOf, COMMANDS, type CommandInfo, type CommandName } from './commands.js';
import { isShell, type Shell } from './shells.js';
import { isSchemaName, type SchemaName } from './schema-name.js';

/** What the command line asks for; `argv` holds the options that are left (CFG-7). */
export type Command =
  /** Of one command, or of all. */
  | { readonly kind: 'help'; readonly about: CommandInfo | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run' | 'healthcheck'; readonly argv: readonly string[] }
  | CheckCommand
  | RouteCommand
  | ExplainCommand
  | PreflightCommand
  | { readonly kind: 'schema'; readonly name: SchemaName }
  | { readonly kind: 'completion'; readonly shell: Shell }
  | { readonly kind: 'usage'; readonly problem: string };

/** Which sources a command looks at. */
export interface Sources {
  /** Dynamic files and folders; with any of these, no provider is asked. */
  readonly files: readonly string[];
  /** Empty: all that are configured. */
  readonly only: readonly ('docker' | 'swarm' | 'consul')[];
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
  const [first = '', ...rest] = words;
  const about = commandOf(first);
  if (words.some((word) => /^--?(help|h)$/.test(word))) return { kind: 'help', about };
  if (words.some((word) => /^--?version$/.test(word))) return { kind: 'version' };
  if (about !== undefined) return READERS[about.name](rest);
  const [meant] = first.startsWith('-')
    ? []
    : nearest(
        first,
        COMMANDS.map(({ name }) => name),
      );
  if (meant !== undefined) return usage(`there is no command "${first}": did you mean ${meant}?`);
  return { kind: 'run', argv: first === 'sluice' || first === 'traefik' ? rest : words };
}

const READERS: Readonly<Record<CommandName, (words: readonly string[]) => Command>> = {
  check: checkCommand,
  explain: explainCommand,
  route: routeCommand,
  preflight: preflightCommand,
  healthcheck: (argv) => ({ kind: 'healthcheck', argv }),
  schema: schemaCommand,
  completion: completionCommand,
  version: () => ({ kind: 'version' }),
  help: helpCommand,
};

const usage = (problem: string): Command => ({ kind: 'usage', problem });

function helpCommand([name, ...others]: readonly string[]): Command {
  if (name === undefined) return { kind: 'help', about: undefined };
  const about = commandOf(name);
  if (about !== undefined && others.length === 0) return { kind: 'help', about };
  return usage(`help knows ${COMMANDS.map((command) => command.name).join(', ')}`);
}

function completionCommand([shell = '', ...others]: readonly string[]): Command {
  if (isShell(shell) && others.length === 0) return { kind: 'completion', shell };
  return usage('completion is written sluice completion bash, zsh or fish');
}

function checkCommand(words: readonly string[]): Command {
  const { own, sources, slip } = divided(words, 'check');
  if (slip !== undefined) return usage(slip);
  return { kind: 'check', isJson: own.has('json'), ...sources };
}

function explainCommand(words: readonly string[]): Command {
  const { own, sources, slip } = divided(words, 'explain');
  if (slip !== undefined) return usage(slip);
  const [name, ...files] = sources.files;
  if (name === undefined) {
    return usage('explain needs the name of a container, service or router');
  }
  return { kind: 'explain', name, isJson: own.has('json'), ...sources, files };
}

function schemaCommand([name = 'dynamic', ...others]: readonly string[]): Command {
  if (isSchemaName(name) && others.length === 0) return { kind: 'schema', name };
  return usage('schema is written sluice schema static, or sluice schema dynamic');
}

function preflightCommand(words: readonly string[]): Command {
  const { own, sources, slip } = divided(words, 'preflight');
  if (slip !== undefined) return usage(slip);
  const [stray] = sources.files;
  if (stray !== undefined) {
    return usage(`preflight takes no files, such as "${stray}"`);
  }
  const { only, argv } = sources;
  return { kind: 'preflight', isJson: own.has('json'), only, argv };
}

function routeCommand(words: readonly string[]): Command {
  const { own, sources, slip } = divided(words, 'route');
  if (slip !== undefined) return usage(slip);
  const entryPoint = own.get('entryPoint') ?? '';
  if (entryPoint === '') return usage('route needs --entryPoint=NAME');
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

interface Divided {
  readonly own: ReadonlyMap<string, string>;
  readonly sources: Sources;
  /** An option that nobody knows, and that is like one of the command's own. */
  readonly slip: string | undefined;
}

const STATIC: ReadonlySet<string> = new Set(
  ['configFile', ...Object.keys(staticSchema.shape)].map((name) => name.toLowerCase()),
);

/** Takes a command's own options and files out of the words; what is left is the static configuration's. */
function divided(words: readonly string[], command: CommandName): Divided {
  const options = new Map(commandOf(command)?.options.map((option) => [option.name, option]));
  const own = new Map<string, string>();
  const files: string[] = [];
  const repeated = new Map<string, string[]>([
    ['compose', []],
    ['profile', []],
  ]);
  const argv: string[] = [];
  let slip: string | undefined;
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? '';
    const [, name = '', value] = /^--([A-Za-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = options.get(name);
    if (option?.value === '' && value === undefined) own.set(name, '');
    else if (option !== undefined && option.value !== '') {
      if (value === undefined) place += 1;
      const text = value ?? words[place] ?? '';
      repeated.get(name)?.push(text);
      own.set(name, text);
    } else if (!word.startsWith('-')) files.push(word);
    else {
      const [meant] =
        name === '' || STATIC.has(name.toLowerCase()) ? [] : nearest(name, options.keys());
      if (meant !== undefined) slip ??= `${command} has no --${name}: did you mean --${meant}?`;
      argv.push(word);
      const next = words[place + 1];
      if (next !== undefined && takesNext(word, next)) {
        place += 1;
        argv.push(next);
      }
    }
  }
  const only = (['docker', 'swarm', 'consul'] as const).filter((name) => own.has(name));
  const { compose = [], profile: profiles = [] } = Object.fromEntries(repeated);
  return { own, sources: { files, only, compose, profiles, argv }, slip };
}
