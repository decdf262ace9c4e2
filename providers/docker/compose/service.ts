import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Node } from '../../../src/config/decode/tree.js';
import type { Place } from '../../../src/config/diagnostic.js';
import type { ExposedPort } from '../inspected.js';
import { isOurs } from '../label-keys.js';
import { interpolate } from './interpolate.js';
import { exposedPorts, publishedPorts } from './ports.js';
import { member, pairsOf, textOf, textsOf, type Reading, type Written } from './reading.js';

/** A folder or file of this machine that a container sees. */
export interface Mount {
  readonly source: string;
  readonly target: string;
}

export interface Word {
  readonly value: string;
  readonly at: Place;
}

/** What a compose file says of one service, as far as discovery is concerned. */
export interface ComposeService {
  readonly at: Place;
  readonly labels: ReadonlyMap<string, Written>;
  readonly environment: ReadonlyMap<string, string>;
  /** Published ones included. */
  readonly ports: readonly ExposedPort[];
  /** As the file calls them, with the place of each; undefined: nothing is said. */
  readonly networks: ReadonlyMap<string, Place> | undefined;
  readonly networkMode: string | undefined;
  readonly containerName: string | undefined;
  readonly image: string | undefined;
  readonly command: readonly Word[] | undefined;
  readonly profiles: readonly string[];
  readonly mounts: readonly Mount[];
}

export function readService(node: Node, reading: Reading): ComposeService {
  const of = (key: string) => member(node, key);
  const networks = of('networks');
  return {
    at: node.at,
    labels: labelsOf(node, reading),
    environment: environmentOf(node, reading),
    ports: [...publishedPorts(of('ports'), reading), ...exposedPorts(of('expose'), reading)],
    networks: networks && new Map(pairsOf(networks, reading).map(([name, { at }]) => [name, at])),
    networkMode: textOf(of('network_mode'), reading),
    containerName: textOf(of('container_name'), reading),
    image: textOf(of('image'), reading),
    command: commandOf(of('command'), reading),
    profiles: textsOf(of('profiles'), reading),
    mounts: (of('volumes')?.children ?? []).flatMap((each) => mountOf(each, reading)),
  };
}

/** As `extends` and a second file do it: maps are merged, lists are joined, the later text counts. */
export function mergeServices(base: ComposeService, over: ComposeService): ComposeService {
  return {
    at: over.at,
    labels: new Map([...base.labels, ...over.labels]),
    environment: new Map([...base.environment, ...over.environment]),
    ports: [...base.ports, ...over.ports],
    networks:
      base.networks && over.networks
        ? new Map([...base.networks, ...over.networks])
        : (over.networks ?? base.networks),
    networkMode: over.networkMode ?? base.networkMode,
    containerName: over.containerName ?? base.containerName,
    image: over.image ?? base.image,
    command: over.command ?? base.command,
    profiles: [...base.profiles, ...over.profiles],
    mounts: [...over.mounts, ...base.mounts],
  };
}

function labelsOf(node: Node, reading: Reading): ReadonlyMap<string, Written> {
  const labels = new Map<string, Written>();
  for (const [path, file] of variableFiles(member(node, 'label_file'), reading)) {
    const at: Place = { kind: 'file', path, line: 1, column: 1 };
    for (const [key, value] of file) labels.set(key, { value, at, valueAt: at });
  }
  for (const [key, written] of pairsOf(member(node, 'labels'), reading)) {
    labels.set(key, { ...written, value: written.value ?? '' });
  }
  sayAstray(member(member(node, 'deploy'), 'labels'), labels, reading);
  return labels;
}

/** Once for a service, and only where it has none at the right place. */
function sayAstray(
  node: Node | undefined,
  labels: ReadonlyMap<string, Written>,
  reading: Reading,
): void {
  const [astray] = pairsOf(node, reading).filter(([key]) => isOurs(key));
  if (astray === undefined || [...labels.keys()].some(isOurs)) return;
  const [key, { at }] = astray;
  reading.say({
    code: 'misplaced',
    severity: 'info',
    at,
    message: 'labels under deploy are of services of a Swarm: Compose gives them to no container',
    value: key,
    fix: 'write them under labels; on a Swarm, keep them, and turn providers.swarm on',
  });
}

function environmentOf(node: Node, reading: Reading): ReadonlyMap<string, string> {
  const environment = new Map<string, string>();
  for (const [, file] of variableFiles(member(node, 'env_file'), reading)) {
    for (const [name, value] of file) environment.set(name, value);
  }
  for (const [name, { value }] of pairsOf(member(node, 'environment'), reading)) {
    const given = value ?? reading.variables(name);
    if (given === undefined) environment.delete(name);
    else environment.set(name, given);
  }
  return environment;
}

/** `env_file` and `label_file`: paths, or maps with `path` and `required`. */
function variableFiles(
  node: Node | undefined,
  reading: Reading,
): readonly (readonly [path: string, variables: ReadonlyMap<string, string>])[] {
  const items = node?.kind === 'list' ? node.children : node === undefined ? [] : [node];
  return items.flatMap((item) => {
    const written = textOf(item.kind === 'map' ? member(item, 'path') : item, reading);
    if (written === undefined) return [];
    const path = resolve(reading.folder, written);
    const text = reading.readFile(path);
    if (typeof text === 'string') return [[path, parseVariables(text, reading)]];
    if (textOf(member(item, 'required'), reading) === 'false') return [];
    reading.say({
      code: 'unreadable',
      severity: 'error',
      object: { kind: 'file', name: path },
      at: item.valueAt,
      message: text === undefined ? 'there is no such file' : `it cannot be read: ${text.message}`,
      value: written,
      fix: 'Compose does not start without it: write it, or name another one',
    });
    return [];
  });
}

/** `NAME=value` in lines, as in `.env`. */
export function parseVariables(
  text: string,
  { variables }: Pick<Reading, 'variables'>,
): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    read.set(name, interpolate(value, (other) => read.get(other) ?? variables(other)).text);
  }
  return read;
}

/** A command of one text is cut into words as a shell would. */
function commandOf(node: Node | undefined, reading: Reading): readonly Word[] | undefined {
  if (node === undefined) return undefined;
  const items = node.kind === 'list' ? node.children : [node];
  return items.flatMap((item) => {
    const text = textOf(item, reading) ?? '';
    const words = node.kind === 'list' ? [text] : shellWords(text);
    return words.map((value) => ({ value, at: item.valueAt }));
  });
}

const shellWords = (text: string) =>
  (text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs) ?? []).map((word) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
      (_, single?: string, double?: string, escaped?: string) =>
        single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
    ),
  );

/** `./a:/b:ro`, or a map. Named volumes are none of this machine's folders. */
function mountOf(item: Node, reading: Reading): readonly Mount[] {
  const long = (key: string) => textOf(member(item, key), reading);
  const [source, target] =
    item.kind === 'map'
      ? [long('type') === 'bind' ? long('source') : undefined, long('target')]
      : (textOf(item, reading) ?? '').split(':');
  if (source === undefined || target === undefined || !/^[./~]/.test(source)) return [];
  const home = reading.variables('HOME') ?? '~';
  return [{ source: resolve(reading.folder, source.replace(/^~(?=\/|$)/, home)), target }];
}
