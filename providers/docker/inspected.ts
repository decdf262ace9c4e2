import { isDeepStrictEqual } from 'node:util';

/** An address that the engine published a port at. */
export interface Binding {
  readonly host: string;
  readonly port: number;
}

export interface ExposedPort {
  readonly port: number;
  readonly protocol: string;
  readonly bindings: readonly Binding[];
}

export interface Attachment {
  /** The network's id, if the engine says it. */
  readonly id: string;
  /** Each empty if there is none. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** The routing mesh of a Swarm, which is there for published ports: used only where there is no other. */
  readonly isMesh?: true;
}

/** Whose labels a task has. */
export interface SwarmOrigin {
  readonly id: string;
  readonly name: string;
  /** Not a single task, but the service at its virtual address, or one that nobody runs. */
  readonly isWhole: boolean;
  /** Why it has no server now, and what its tasks do instead; undefined if one runs. */
  readonly idle: { readonly why: string; readonly states: string } | undefined;
}

/** What an inspection tells beyond the list. */
export interface Life {
  readonly hostname: string;
  /** In ms since the epoch; undefined if it never ran. */
  readonly startedAt: number | undefined;
  /** As written; `SIGTERM` unless it is said. */
  readonly stopSignal: string;
  /** What the engine lets pass between that signal and KILL, in ms; Infinity: for ever. */
  readonly stopTimeout: number;
}

/** What discovery reads of one container. Only members that are stable since API 1.24 (D14). */
export interface Container {
  readonly id: string;
  /** Without the slash in front. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** `running`, `paused` …; empty if the engine does not say. */
  readonly status: string;
  /** In ms since the epoch, to the second, as the list has it; undefined if the engine does not say. */
  readonly createdAt: number | undefined;
  /** Empty without a health check. */
  readonly health: string;
  /** `default`, `bridge`, `host`, `container:…`, or a network. */
  readonly networkMode: string;
  readonly networks: ReadonlyMap<string, Attachment>;
  readonly ports: readonly ExposedPort[];
  /** Undefined: it was not inspected. */
  readonly life: Life | undefined;
  /** It stands in a compose file: what its image exposes beside these ports is not known. */
  readonly isImageUnread?: boolean;
  /** It is a task of a Swarm service, or that service: its labels and its age are the service's. */
  readonly swarm?: SwarmOrigin;
}

/**
 * Reads the engine's answer to an inspection. Engines differ in what they leave out or null, so
 * nothing but the id is taken for granted; undefined if that is missing.
 */
export function readContainer(json: unknown): Container | undefined {
  const root = fields(json);
  const id = text(root.get('Id'));
  if (id === '') return undefined;
  const state = fields(root.get('State'));
  const config = fields(root.get('Config'));
  const network = fields(root.get('NetworkSettings'));
  return {
    id,
    name: text(root.get('Name')).replace(/^\//, ''),
    labels: mapped(config.get('Labels'), text),
    status: text(state.get('Status')),
    createdAt: toTheSecond(time(text(root.get('Created')))),
    health: text(fields(state.get('Health')).get('Status')),
    networkMode: text(fields(root.get('HostConfig')).get('NetworkMode')),
    networks: mapped(network.get('Networks'), attachment),
    ports: fields(network.get('Ports'))
      .entries()
      .flatMap(([key, bindings]) => port(key, bindings))
      .sort(byPort),
    life: {
      hostname: text(config.get('Hostname')),
      startedAt: time(text(state.get('StartedAt'))),
      stopSignal: text(config.get('StopSignal')) || 'SIGTERM',
      stopTimeout: stopTimeout(config.get('StopTimeout')),
    },
  };
}

/** In the order of their numbers: the list and an inspection have none in common. */
export function byPort(a: ExposedPort, b: ExposedPort): number {
  if (a.port !== b.port || a.protocol === b.protocol) return a.port - b.port;
  return a.protocol < b.protocol ? -1 : 1;
}

/** The members of an object; none for anything else. They stay where they are: of a hundred few are wanted. */
export class Fields {
  readonly #json: object;

  constructor(json: unknown) {
    this.#json = typeof json === 'object' && json !== null ? json : {};
  }

  get(name: string): unknown {
    return this.has(name) ? Reflect.get(this.#json, name) : undefined;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#json, name);
  }

  names(): readonly string[] {
    return Object.keys(this.#json);
  }

  entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#json);
  }
}

export const fields = (json: unknown): Fields => new Fields(json);

export function text(json: unknown): string {
  return typeof json === 'string' ? json : '';
}

export function mapped<T>(json: unknown, read: (value: unknown) => T): ReadonlyMap<string, T> {
  return new Map(
    fields(json)
      .entries()
      .map(([key, value]) => [key, read(value)]),
  );
}

/** What never happened is in the year 1. */
export function time(written: string): number | undefined {
  const ms = Date.parse(written);
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}

const toTheSecond = (ms: number | undefined) =>
  ms === undefined ? undefined : Math.floor(ms / 1_000) * 1_000;

const DEFAULT_STOP_TIMEOUT_S = 10;

function stopTimeout(seconds: unknown): number {
  const known = typeof seconds === 'number' ? seconds : DEFAULT_STOP_TIMEOUT_S;
  return known < 0 ? Infinity : known * 1_000;
}

export function attachment(json: unknown): Attachment {
  const network = fields(json);
  return {
    id: text(network.get('NetworkID')),
    ipv4: text(network.get('IPAddress')),
    ipv6: text(network.get('GlobalIPv6Address')),
  };
}

/** `5432/tcp`: null, or where it is published. */
function port(key: string, bindings: unknown): readonly ExposedPort[] {
  const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(\w+))?$/.exec(key) ?? [];
  if (digits === undefined) return [];
  const published = Array.isArray(bindings) ? bindings.map(binding) : [];
  return [{ port: Number(digits), protocol, bindings: published }];
}

function binding(json: unknown): Binding {
  const written = fields(json);
  return { host: text(written.get('HostIp')), port: Number(text(written.get('HostPort'))) };
}

/** The members of a list that the engine was asked for; whatever else it sends is no engine's answer. */
export function list(json: unknown, of: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error(`the list of ${of} is no list`);
  return json;
}

/** True if all is the same that is known of both. */
export function isAsBefore(before: Container | undefined, now: Container | undefined): boolean {
  if (before === now) return true;
  if (before === undefined || now === undefined) return false;
  return isDeepStrictEqual(
    { ...before, life: now.life && before.life },
    { ...now, life: before.life && now.life },
  );
}
