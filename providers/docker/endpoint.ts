import type Docker from 'dockerode';
import { existsSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { DockerConfig, TlsFiles } from '../../src/config/static.js';

/** dockerode 5 takes an agent; @types/dockerode 4.0.2 does not know it. */
export type ClientOptions = Docker.DockerOptions & {
  readonly agent: HttpAgent | HttpsAgent;
  readonly pathPrefix: undefined;
};

/**
 * Everything that dockerode would otherwise take from DOCKER_HOST and its kin, which win over a
 * socketPath: the configured endpoint alone counts (BUG-27).
 */
const UNSET = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  protocol: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  // Bounds an idle event stream too: calls have deadlines of their own (BUG-28).
  timeout: undefined,
  pathPrefix: undefined,
} as const;

/** How dockerode reaches the configured endpoint; throws if that cannot be read. */
export function clientOptions(config: DockerConfig): ClientOptions {
  const { endpoint, username, password, tls } = config;
  const isAuthorised = username !== '' && password !== '';
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const headers: Record<string, string> = {
    'User-Agent': 'Sluice',
    ...(isAuthorised && { Authorization: `Basic ${credentials}` }),
  };
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(endpoint) ?? [];
  if (scheme === 'unix' || endpoint.startsWith('/')) {
    return { ...UNSET, socketPath: rest, headers, agent: new HttpAgent(UNPOOLED) };
  }
  if (!['tcp', 'http', 'https'].includes(scheme)) {
    const instead = 'unix://, tcp://, http:// or https://';
    throw new Error(`endpoints of ${scheme}:// are not served by this version: use ${instead}`);
  }
  const url = parsed(`http://${rest}`, endpoint);
  const isTls = tls !== undefined || scheme === 'https';
  return {
    ...UNSET,
    host: url.hostname,
    port: portOf(url, isTls),
    headers,
    protocol: isTls ? 'https' : 'http',
    agent: isTls ? new HttpsAgent({ ...UNPOOLED, ...pemOf(tls) }) : new HttpAgent(UNPOOLED),
  };
}

/** A pooled connection fails once after each restart of the engine. */
const UNPOOLED = { keepAlive: false } as const;

function parsed(url: string, endpoint: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new Error(`"${endpoint}" is no endpoint`, { cause });
  }
}

/** The URL leaves out port 80, which somebody may have meant. */
function portOf(url: URL, isTls: boolean): number {
  if (url.port !== '') return Number(url.port);
  return isTls ? 2376 : 2375;
}

function pemOf(tls: TlsFiles | undefined) {
  if (tls === undefined) return {};
  return {
    ...(tls.ca !== '' && { ca: pathOrContent(tls.ca) }),
    ...(tls.cert !== '' && { cert: pathOrContent(tls.cert) }),
    ...(tls.key !== '' && { key: pathOrContent(tls.key) }),
    rejectUnauthorized: !tls.insecureSkipVerify,
  };
}

/** DYN-36. From the static configuration, never from a label. */
const pathOrContent = (value: string) => (existsSync(value) ? readFileSync(value, 'utf8') : value);
