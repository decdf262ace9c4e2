import { basename, dirname, join, resolve } from 'node:path';
import { parseDocument } from '../../../src/config/decode/document.js';
import { nearest } from '../../../src/config/decode/nearest.js';
import type { Node } from '../../../src/config/decode/tree.js';
import type { Diagnostic, Place } from '../../../src/config/diagnostic.js';
import type { ReadFile } from '../../../src/config/static/config-file.js';
import type { Variables } from './interpolate.js';
import { member, textOf, textsOf, type Reading } from './reading.js';
import { mergeServices, parseVariables, readService, type ComposeService } from './service.js';

export interface ProjectOptions {
  /** Compose files of one project, the later ones over the earlier ones; or folders that hold one. */
  readonly paths: readonly string[];
  /** Profiles that are on, beside those of COMPOSE_PROFILES. */
  readonly profiles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
}

/** What Compose would start. */
export interface Project {
  readonly name: string;
  readonly services: ReadonlyMap<string, ComposeService>;
  /** From the name in the file to the engine's. */
  readonly networks: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Where Compose looks in a folder, the first one counts; and its companion. */
const DEFAULT_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

const DEEPEST_INCLUDE = 10;

interface ComposeFile {
  readonly path: string;
  readonly reading: Reading;
  readonly root: Node;
}

/** Reads the files of one Compose project, as `docker compose config` would. Starts and asks nothing. */
export function readProject(options: ProjectOptions): Project {
  const { env, readFile, profiles } = options;
  const diagnostics: Diagnostic[] = [];
  const files = new Files(readFile, (finding) => diagnostics.push(finding));
  const paths = options.paths.flatMap((path) => files.inFolder(path));
  const folder = resolve(dirname(paths[0] ?? '.'));
  const variables = withDotEnv([join(folder, '.env')], (name) => env[name], readFile);
  const loaded = paths.flatMap((path) => files.load(path, folder, variables, 0));
  const all = new Map<string, ComposeService>();
  for (const file of loaded) {
    for (const { key } of member(file.root, 'services')?.children ?? []) {
      const service = files.service(file, key, []);
      const before = all.get(key);
      if (service) all.set(key, before ? mergeServices(before, service) : service);
    }
  }
  const name = projectName(loaded, variables, folder);
  const on = new Set([...profiles, ...(variables('COMPOSE_PROFILES') ?? '').split(',')]);
  const isOn = (service: ComposeService) =>
    service.profiles.length === 0 ||
    service.profiles.some((profile) => on.has(profile)) ||
    on.has('*');
  for (const [key, service] of all) if (!isOn(service)) diagnostics.push(profileOff(key, service));
  return {
    name,
    services: new Map([...all].filter(([, service]) => isOn(service))),
    networks: networkNames(loaded, name),
    diagnostics,
  };
}

class Files {
  readonly #readFile: ReadFile;
  readonly #say: Reading['say'];

  constructor(readFile: ReadFile, say: Reading['say']) {
    this.#readFile = readFile;
    this.#say = say;
  }

  /** The compose files of a folder; of a file itself. */
  inFolder(path: string): readonly string[] {
    const text = this.#readFile(path);
    if (!(text instanceof Error && 'code' in text && text.code === 'EISDIR')) return [path];
    const isThere = (name: string) => typeof this.#readFile(join(path, name)) === 'string';
    const name = DEFAULT_NAMES.find(isThere) ?? 'compose.yaml';
    const override = name.replace('.', '.override.');
    return [name, ...(isThere(override) ? [override] : [])].map((each) => join(path, each));
  }

  /** The file behind those that it includes. */
  load(path: string, folder: string, variables: Variables, depth: number): readonly ComposeFile[] {
    const whole: Place = { kind: 'file', path, line: 0, column: 0 };
    const object = { kind: 'file', name: path } as const;
    const text = this.#readFile(path);
    if (typeof text !== 'string') {
      const message = text ? `it cannot be read: ${text.message}` : 'there is no such file';
      const fix = 'name a compose file, or a folder with one';
      this.#say({ code: 'unreadable', severity: 'error', object, at: whole, message, fix });
      return [];
    }
    const { node: root, diagnostics } = parseDocument(text, path, 'yaml');
    diagnostics.forEach(this.#say);
    if (root === undefined) return [];
    if (!member(root, 'services') && !member(root, 'include')) {
      const message = 'the file declares no services';
      const fix = 'name a compose file: dynamic files are checked without --compose';
      this.#say({ code: 'missing', severity: 'error', object, at: whole, message, fix });
    }
    const reading = { folder, variables, readFile: this.#readFile, say: this.#say };
    return [...this.#included(root, reading, depth), { path, reading, root }];
  }

  #included(root: Node, reading: Reading, depth: number): readonly ComposeFile[] {
    const { folder, variables, say } = reading;
    return (member(root, 'include')?.children ?? []).flatMap((item) => {
      if (depth >= DEEPEST_INCLUDE) {
        const message = `more than ${DEEPEST_INCLUDE} files include each other`;
        say({ code: 'cycle', severity: 'error', at: item.at, message });
        return [];
      }
      const of = (key: string) => member(item, key);
      const paths = textsOf(item.kind === 'map' ? of('path') : item, reading);
      const [first = ''] = paths;
      const project = textOf(of('project_directory'), reading) ?? dirname(first);
      const inside = resolve(folder, project);
      const envFiles = of('env_file')
        ? textsOf(of('env_file'), reading).map((path) => resolve(folder, path))
        : [join(inside, '.env')];
      const theirs = withDotEnv(envFiles, variables, this.#readFile);
      return paths.flatMap((path) => this.load(resolve(folder, path), inside, theirs, depth + 1));
    });
  }

  /** A service with what it extends. Undefined: that cannot be found. */
  service(
    file: ComposeFile,
    name: string,
    extending: readonly string[],
  ): ComposeService | undefined {
    const services = member(file.root, 'services');
    const node = member(services, name);
    if (node === undefined) return undefined;
    const own = readService(node, file.reading);
    const extended = member(node, 'extends');
    if (extended === undefined) return own;
    const say = (finding: Pick<Diagnostic, 'code' | 'message' | 'fix' | 'suggestions'>) => {
      this.#say({ severity: 'error', at: extended.valueAt, ...finding });
      return own;
    };
    const of = (key: string) => textOf(member(extended, key), file.reading);
    const base = of('service') ?? textOf(extended, file.reading) ?? '';
    const path = of('file');
    const id = `${file.path} ${name}`;
    if (extending.includes(id)) {
      return say({ code: 'cycle', message: `service "${name}" extends itself` });
    }
    const { folder, variables } = file.reading;
    const resolved = path === undefined ? '' : resolve(folder, path);
    const other =
      path === undefined
        ? file
        : this.load(resolved, dirname(resolved), variables, DEEPEST_INCLUDE).at(-1);
    if (other === undefined) return own;
    const found = this.service(other, base, [...extending, id]);
    if (found !== undefined) return mergeServices({ ...found, profiles: [] }, own);
    const known = member(other.root, 'services')?.children.map(({ key }) => key) ?? [];
    const suggestions = nearest(base, known);
    return say({
      code: 'unknown-reference',
      message: `there is no service "${base}" to extend`,
      fix: `write one of ${known.join(', ')}`,
      suggestions,
    });
  }
}

/** What the environment says counts before what these files say. */
function withDotEnv(paths: readonly string[], variables: Variables, readFile: ReadFile): Variables {
  const read = new Map<string, string>();
  for (const path of paths) {
    const text = readFile(path);
    if (typeof text !== 'string') continue;
    const known: Variables = (name) => variables(name) ?? read.get(name);
    for (const [name, value] of parseVariables(text, { variables: known })) read.set(name, value);
  }
  return (name) => variables(name) ?? read.get(name);
}

function projectName(files: readonly ComposeFile[], variables: Variables, folder: string): string {
  const written = files.map(({ root, reading }) => textOf(member(root, 'name'), reading));
  const name = variables('COMPOSE_PROJECT_NAME') || written.findLast(Boolean) || basename(folder);
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function networkNames(files: readonly ComposeFile[], project: string): ReadonlyMap<string, string> {
  const names = new Map([['default', `${project}_default`]]);
  for (const { root, reading } of files) {
    for (const node of member(root, 'networks')?.children ?? []) {
      const external = member(node, 'external');
      const isExternal = external !== undefined && textOf(external, reading) !== 'false';
      const name = textOf(member(node, 'name') ?? member(external, 'name'), reading);
      names.set(node.key, name ?? (isExternal ? node.key : `${project}_${node.key}`));
    }
  }
  return names;
}

const profileOff = (name: string, { at, profiles }: ComposeService): Diagnostic => ({
  code: 'ignored',
  severity: 'info',
  at,
  message: `service "${name}" is not looked at: its profile is not on`,
  value: profiles.join(', '),
  fix: `write --profile=${profiles[0] ?? ''}`,
});
