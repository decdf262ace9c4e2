import { createHash } from 'node:crypto';
import { Containers, type ContainersOptions } from '../../providers/docker/containers.js';
import { readContainer, type Container } from '../../providers/docker/inspected.js';
import type { DockerConfig } from '../../src/config/static.js';

/** The provider's options as they are when nothing is written. */
export const dockerConfig = (rest: Partial<DockerConfig> = {}): DockerConfig => ({
  provider: 'docker',
  section: 'providers.docker',
  hostAddress: '',
  endpoint: 'unix:///var/run/docker.sock',
  username: '',
  password: '',
  tls: undefined,
  httpClientTimeout: 0,
  exposedByDefault: true,
  constraints: '',
  allowEmptyServices: false,
  network: '',
  useBindPortIP: false,
  watch: true,
  allowPrivilegedLabels: false,
  ...rest,
});

export interface ContainerSketch {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `5432/tcp`. */
  readonly ports?: readonly string[];
  /** By port: `127.0.0.1:25432`. */
  readonly published?: Readonly<Record<string, readonly string[]>>;
  /** By name: the address on it. */
  readonly networks?: Readonly<Record<string, string>> | undefined;
  readonly networkMode?: string;
  readonly state?: string;
  readonly health?: string;
  readonly startedAt?: string;
  readonly stopSignal?: string;
  /** In seconds. */
  readonly stopTimeout?: number;
}

/** The id of the container of that name in these tests. */
export const idOf = (name: string) => createHash('sha256').update(name).digest('hex');

/** An engine's answer to an inspection, with the members that an Engine 20.10 sends. */
export function inspection(sketch: ContainerSketch = {}) {
  const { name = 'app', state = 'running', networkMode = 'default' } = sketch;
  const isUp = state === 'running' || state === 'paused';
  const hasOwnNetwork = networkMode !== 'host' && !networkMode.startsWith('container:');
  const networks = sketch.networks ?? (hasOwnNetwork ? { bridge: '172.17.0.2' } : {});
  const exposed = (sketch.ports ?? []).map((port) => [port, null] as const);
  const published = Object.entries(sketch.published ?? {}).map(
    ([port, bindings]) => [port, bindings.map(bindingOf)] as const,
  );
  const id = idOf(name);
  return {
    Id: id,
    Created: '2026-11-24T10:39:17.339018046Z',
    State: {
      Status: state,
      Running: isUp,
      Paused: state === 'paused',
      StartedAt:
        state === 'created'
          ? '0001-01-01T00:00:00Z'
          : (sketch.startedAt ?? '2026-11-24T10:39:17.534522274Z'),
      ...(sketch.health !== undefined && {
        Health: { Status: sketch.health, FailingStreak: 0, Log: [] },
      }),
    },
    Name: `/${name}`,
    HostConfig: { NetworkMode: networkMode, PortBindings: {} },
    Config: {
      Hostname: id.slice(0, 12),
      Labels: sketch.labels ?? {},
      StopSignal: sketch.stopSignal,
      StopTimeout: sketch.stopTimeout,
    },
    NetworkSettings: {
      Ports: isUp && hasOwnNetwork ? Object.fromEntries([...exposed, ...published]) : {},
      IPAddress: '',
      Networks: Object.fromEntries(
        Object.entries(networks).map(([network, address]) => [
          network,
          attachmentOf(network, isUp ? address : ''),
        ]),
      ),
    },
  };
}

/** A line of the same engine's list. */
export function listing(sketch: ContainerSketch = {}): object {
  const { name = 'app', state = 'running', networkMode = 'default', health } = sketch;
  const { NetworkSettings, Id, Created, Config } = inspection(sketch);
  const { Ports, Networks } = NetworkSettings;
  const inBrackets = health === 'starting' ? 'health: starting' : health;
  return {
    Id,
    Names: [`/other/link`, `/${name}`],
    Image: 'app',
    Command: 'app',
    Created: Math.floor(Date.parse(Created) / 1_000),
    Ports: Object.entries(Ports)
      .reverse()
      .flatMap(([key, bindings]) => {
        const [port = '', Type] = key.split('/');
        const line = { PrivatePort: Number(port), Type };
        if (bindings === null) return [line];
        return bindings.map(({ HostIp: IP, HostPort }) => ({
          ...line,
          IP,
          PublicPort: Number(HostPort),
        }));
      }),
    Labels: Config.Labels,
    State: state,
    Status:
      state === 'running'
        ? `Up 4 seconds${health === undefined ? '' : ` (${inBrackets})`}`
        : 'Exited (0) 3 seconds ago',
    HostConfig: { NetworkMode: networkMode },
    NetworkSettings: { Networks },
    Mounts: [],
  };
}

/** The same as discovery reads it. */
export function container(sketch: ContainerSketch = {}): Container {
  const read = readContainer(inspection(sketch));
  if (read === undefined) throw new Error('the container cannot be read');
  return read;
}

/** The containers of an engine, as Sluice sees them from the machine itself. */
export const containersOf = (rest: Partial<ContainersOptions> = {}): Containers =>
  new Containers({
    provider: 'docker',
    config: dockerConfig(),
    constraint: () => true,
    standing: [],
    marks: () => ({ candidates: [], isContained: false, addresses: new Set() }),
    hostAddress: () => Promise.resolve(undefined),
    ...rest,
  });

const attachmentOf = (network: string, address: string) => ({
  NetworkID: idOf(network),
  IPAddress: address.includes(':') ? '' : address,
  GlobalIPv6Address: address.includes(':') ? address : '',
});

function bindingOf(text: string) {
  const [, HostIp = '', HostPort = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { HostIp, HostPort };
}
