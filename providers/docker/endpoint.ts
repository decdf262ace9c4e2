import type Docker from 'dockerode';
import { existsSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { inspect } from 'node:util';
import { parseDockerEndpoint } from '../../src/config/static/docker-endpoint.js';
import type { DockerConfig, EngineConfig, TlsFiles } from '../../src/config/static.js';
import { SshAgent } from './ssh.js';

/** dockerode 5 takes an agent; @types/dockerode 4.0.2 does not know it. */
export type ClientOptions = Docker.DockerOptions & { readonly agent: HttpAgent | HttpsAgent };

/** How dockerode reaches the configured endpoint; throws if that cannot be read. */
export function clientOptions(config: EngineConfig): ClientOptions {
  const { endpoint, username, password, tls } = config;
  const isAuthorised = username !== '' && password !== '';
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const headers: Record<string, string> = {
    'User-Agent': 'Sluice',
    ...(isAuthorised && { Authorization: `Basic ${credentials}` }),
  };
  const parsed = parseDockerEndpoint(endpoint);
  if (!parsed.ok) throw new Error(parsed.reason);
  const where = parsed.endpoint;
  switch (where.kind) {
    case 'unix':
      return { socketPath: where.path, headers, agent: unprinted(new HttpAgent(POOLED)) };
    case 'ssh':
      // The host is in the agent; here it is a name in a header.
      return {
        host: 'docker',
        port: 80,
        headers,
        protocol: 'http',
        agent: unprinted(new SshAgent(where.url)),
      };
    case 'tcp': {
      const isTls = tls !== undefined || where.isHttps;
      return {
        host: where.host,
        port: where.port ?? (isTls ? 2376 : 2375),
        headers,
        protocol: isTls ? 'https' : 'http',
        agent: unprinted(
          isTls ? new HttpsAgent({ ...POOLED, ...pemOf(tls) }) : new HttpAgent(POOLED),
        ),
      };
    }
  }
}

/**
 * True if the engine is most likely on another machine: one of several, and not at a socket of this one.
 * A single engine at an address is usually our own, behind a socket proxy.
 */
export function isElsewhere({
  provider,
  endpoint,
}: Pick<DockerConfig, 'provider' | 'endpoint'>): boolean {
  const [, host = ''] =
    /^(?:tcp|https?|ssh):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(endpoint) ?? [];
  const isLoopback = host === 'localhost' || host === '[::1]' || host.startsWith('127.');
  return provider.startsWith('docker-') && host !== '' && !isLoopback;
}

/**
 * With a connection for each question, thousands of them take a fifth longer. One that nobody uses for so many
 * ms is closed: kept for longer, it would fail once after each restart of the engine.
 */
const POOLED = { keepAlive: true, timeout: 100 } as const;

/**
 * docker-modem 5.0.7 prints the options of each request for its debug log, whether that is on or not: with
 * the agent all its open sockets and all that hangs on those, which takes 20 ms and more.
 */
export function unprinted<T extends object>(option: T): T {
  return Object.defineProperty(option, inspect.custom, { value: () => '…' });
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
