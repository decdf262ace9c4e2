import type Docker from 'dockerode';
import { existsSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { withTimeout } from '../../src/async/delay.js';
import type { DockerConfig } from '../../src/config/static.js';

export type Inspected = Docker.ContainerInspectInfo;
export type EventStream = NodeJS.ReadableStream & { destroy(): void };

/** The part of the Docker API that discovery uses: GET requests only (D14). Every call is bounded in time. */
export interface DockerApi {
  /** Ids of all containers, stopped ones included (DKR-7). */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** Undefined: it has vanished meanwhile. */
  inspect(id: string, signal: AbortSignal): Promise<Inspected | undefined>;
  /** JSON events of containers and networks, from now on. */
  events(signal: AbortSignal): Promise<EventStream>;
}

/** dockerode's promises can hang for ever when an engine dies in the middle of an answer. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** The newest version that what is used here is known to work with. */
const NEWEST_VERSION = [1, 51] as const;

interface VersionAnswer {
  readonly ApiVersion?: string;
}

/** Connects and agrees on an API version (D14). dockerode is loaded only here. */
export async function connectDocker(config: DockerConfig, signal: AbortSignal): Promise<DockerApi> {
  const { default: Client } = await import('dockerode');
  const base = clientOptions(config);
  const timeout = config.httpClientTimeout > 0 ? config.httpClientTimeout : DEFAULT_TIMEOUT_MS;
  const bounded = <T>(work: Promise<T>, until: AbortSignal, what: string) =>
    withTimeout(work, timeout, until, `${config.endpoint}: ${what}`);

  const unversioned = new Client(base);
  const answer: VersionAnswer = await bounded(unversioned.version(), signal, '/version');
  const docker = new Client({ ...base, version: `v${versionFor(answer.ApiVersion)}` });
  return {
    async list(until) {
      const found = await bounded(docker.listContainers({ all: true }), until, '/containers/json');
      return found.map(({ Id }) => Id);
    },
    async inspect(id, until) {
      try {
        return await bounded(docker.getContainer(id).inspect(), until, `/containers/${id}/json`);
      } catch (error) {
        if (error instanceof Error && 'statusCode' in error && error.statusCode === 404)
          return undefined;
        throw error;
      }
    },
    async events(until) {
      // @types/dockerode 4.0.2 does not know abortSignal, nor that the stream can be destroyed.
      const options: Docker.GetEventsOptions & { readonly abortSignal: AbortSignal } = {
        filters: { type: ['container', 'network'] },
        abortSignal: until,
      };
      const stream = await bounded(docker.getEvents(options), until, '/events');
      if (!isDestroyable(stream)) throw new Error('the event stream cannot be closed');
      return stream;
    },
  };
}

function isDestroyable(stream: NodeJS.ReadableStream): stream is EventStream {
  return 'destroy' in stream;
}

/** The engine's version, or ours if that is older. */
function versionFor(engine: string | undefined): string {
  const [major = 1, minor = 24] = (engine ?? '1.24').split('.').map(Number);
  const isOlder =
    major < NEWEST_VERSION[0] || (major === NEWEST_VERSION[0] && minor < NEWEST_VERSION[1]);
  return (isOlder ? [major, minor] : NEWEST_VERSION).join('.');
}

type ClientOptions = Docker.DockerOptions & { readonly agent?: HttpAgent | HttpsAgent };

/** DOCKER_HOST would win over a socketPath in dockerode, so all of them are always said. */
function clientOptions(config: DockerConfig): ClientOptions {
  const { endpoint, username, password, tls } = config;
  const headers =
    username !== '' && password !== ''
      ? { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
      : {};
  if (endpoint.startsWith('unix://') || endpoint.startsWith('/')) {
    const socketPath = endpoint.replace(/^unix:\/\//, '');
    // A pooled connection fails once after the engine was restarted.
    return { socketPath, headers, agent: new HttpAgent({ keepAlive: false }) };
  }
  const url = parseEndpoint(endpoint);
  const isTls = tls !== undefined || url.protocol === 'https:';
  const connection = {
    host: url.hostname,
    port: url.port === '' ? (isTls ? 2376 : 2375) : Number(url.port),
    headers,
  };
  if (!isTls)
    return { ...connection, protocol: 'http', agent: new HttpAgent({ keepAlive: false }) };
  const pem = {
    ...(tls?.ca && { ca: pathOrContent(tls.ca) }),
    ...(tls?.cert && { cert: pathOrContent(tls.cert) }),
    ...(tls?.key && { key: pathOrContent(tls.key) }),
  };
  const agent = new HttpsAgent({
    ...pem,
    keepAlive: false,
    rejectUnauthorized: tls?.insecureSkipVerify !== true,
  });
  return { ...connection, ...pem, protocol: 'https', agent };
}

function parseEndpoint(endpoint: string): URL {
  const accepted = 'unix://, tcp://, http:// and https://';
  if (!/^(tcp|http|https):\/\//.test(endpoint)) {
    throw new Error(`"${endpoint}" is no endpoint of this version, which takes ${accepted}`);
  }
  return new URL(endpoint.replace(/^tcp:/, 'http:'));
}

/** DYN-36. These come from the static configuration, never from a label. */
const pathOrContent = (value: string) => (existsSync(value) ? readFileSync(value, 'utf8') : value);
