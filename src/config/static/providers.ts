import { parseBoolean } from '../decode/values.js';
import type {
  ConsulCatalogConfig,
  DockerConfig,
  FileConfig,
  ProvidersConfig,
  SwarmConfig,
  TlsFiles,
} from '../static.js';
import type { Place } from '../diagnostic.js';
import { parseDockerEndpoint } from './docker-endpoint.js';
import { notNegative } from './entry-points.js';
import type { ReadFile } from './config-file.js';
import type { Environment } from './environment.js';
import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';

type Written = WrittenStatic['providers'];

/** What the variables of Docker's and Consul's own clients say. */
export interface ClientVariables {
  readonly env: Environment;
  readonly readFile: ReadFile;
}

/** The configured providers. What an option leaves open, the client's own variables say (D23). */
export function providersOf(
  written: Written,
  variables: ClientVariables,
  findings: Findings,
): ProvidersConfig {
  return {
    providersThrottleDuration: notNegative(written.providersThrottleDuration),
    precedence: written.precedence,
    docker: written.docker ? enginesOf(written.docker, variables.env, findings) : [],
    swarm: written.swarm && swarmOf(written.swarm, variables.env, findings),
    consulCatalog: written.consulCatalog && consulOf(written.consulCatalog, variables, findings),
    file: written.file && fileOf(written.file, findings),
  };
}

type WrittenDocker = NonNullable<Written['docker']>;

/**
 * With `hosts` the section itself is an engine only if its endpoint is written: how it says that
 * containers are to be read is then the standard for those hosts.
 */
function enginesOf(
  { hosts = {}, ...written }: WrittenDocker,
  env: Environment,
  findings: Findings,
): readonly DockerConfig[] {
  const section = 'providers.docker';
  const names = Object.keys(hosts).sort();
  const hasOwn = names.length === 0 || findings.isWritten(`${section}.endpoint`);
  return [
    ...(hasOwn ? [{ ...written, ...engineOf('docker', written, env, findings) }] : []),
    ...names.flatMap((name) => {
      const host = hosts[name];
      return host ? [hostOf(name, host, written, findings)] : [];
    }),
  ];
}

/** BUG-27: what is configured counts before the environment. */
function engineOf(
  provider: 'docker' | 'swarm',
  written: Pick<WrittenDocker, 'endpoint' | 'tls' | 'httpClientTimeout'>,
  env: Environment,
  findings: Findings,
): Pick<DockerConfig, 'provider' | 'section' | 'endpoint' | 'tls' | 'httpClientTimeout'> {
  const section = `providers.${provider}`;
  const isLeftOpen = written.endpoint === '' && set(env['DOCKER_HOST']);
  const endpoint = written.endpoint || env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';
  checkEndpoint(
    endpoint,
    `${section}.endpoint`,
    isLeftOpen ? { kind: 'static', option: 'DOCKER_HOST', source: 'environment' } : undefined,
    findings,
  );
  return {
    provider,
    section,
    endpoint,
    tls: written.tls ?? (isLeftOpen ? dockerTls(env) : undefined),
    // CFG-19.
    httpClientTimeout: notNegative(written.httpClientTimeout),
  };
}

function swarmOf(
  { refreshSeconds, ...written }: NonNullable<Written['swarm']>,
  env: Environment,
  findings: Findings,
): SwarmConfig {
  return {
    ...written,
    ...engineOf('swarm', written, env, findings),
    hostAddress: '',
    // CFG-19.
    refreshInterval: refreshSeconds > 0 ? refreshSeconds : 15_000,
  };
}

function hostOf(
  name: string,
  written: NonNullable<WrittenDocker['hosts']>[string],
  standard: Omit<WrittenDocker, 'hosts'>,
  findings: Findings,
): DockerConfig {
  const section = `providers.docker.hosts.${name}`;
  if (written.endpoint === '') {
    findings.error(section, {
      code: 'missing',
      message: `the host "${name}" has no endpoint`,
      fix: `write ${section}.endpoint, such as ssh://user@${name} or tcp://${name}:2376; the engine of this machine is at unix:///var/run/docker.sock`,
    });
  } else checkEndpoint(written.endpoint, `${section}.endpoint`, undefined, findings);
  return {
    ...written,
    provider: `docker-${name}`,
    section,
    tls: written.tls,
    httpClientTimeout: notNegative(written.httpClientTimeout),
    exposedByDefault: written.exposedByDefault ?? standard.exposedByDefault,
    constraints: written.constraints ?? standard.constraints,
    allowEmptyServices: written.allowEmptyServices ?? standard.allowEmptyServices,
    useBindPortIP: written.useBindPortIP ?? standard.useBindPortIP,
    watch: written.watch ?? standard.watch,
  };
}

/** `at`: where it was written, if not at the option. */
function checkEndpoint(
  endpoint: string,
  option: string,
  at: Place | undefined,
  findings: Findings,
): void {
  const parsed = parseDockerEndpoint(endpoint);
  if (parsed.ok) return;
  findings.error(option, {
    code: 'bad-value',
    ...(at && { at }),
    message: parsed.reason,
    value: endpoint,
    fix: 'write unix:///PATH, tcp://HOST:PORT, http://, https:// or ssh://',
  });
}

const set = (value: string | undefined): value is string => value !== undefined && value !== '';

/** As Docker's own clients: the folder turns TLS on, and DOCKER_TLS_VERIFY the verification. */
function dockerTls(env: Environment): TlsFiles | undefined {
  const folder = env['DOCKER_CERT_PATH'];
  if (!set(folder)) return undefined;
  return {
    ca: `${folder}/ca.pem`,
    cert: `${folder}/cert.pem`,
    key: `${folder}/key.pem`,
    insecureSkipVerify: !set(env['DOCKER_TLS_VERIFY']),
  };
}

function consulOf(
  written: NonNullable<Written['consulCatalog']>,
  variables: ClientVariables,
  findings: Findings,
): ConsulCatalogConfig {
  const { endpoint } = written;
  const { env } = variables;
  const address = endpoint.address || env['CONSUL_HTTP_ADDR'] || '127.0.0.1:8500';
  if (!isAgentAddress(address)) {
    findings.error('providers.consulCatalog.endpoint.address', {
      code: 'bad-value',
      ...(endpoint.address === '' && {
        at: { kind: 'static', option: 'CONSUL_HTTP_ADDR', source: 'environment' },
      }),
      message: `"${address}" is no address of an agent`,
      value: address,
      fix: 'write HOST:PORT, a URL of http:// or https://, or unix://PATH',
    });
  }
  return {
    ...written,
    endpoint: {
      ...endpoint,
      address,
      scheme: endpoint.scheme ?? (flag(env, 'CONSUL_HTTP_SSL', findings) ? 'https' : 'http'),
      token: endpoint.token || env['CONSUL_HTTP_TOKEN'] || tokenOfFile(variables, findings),
      httpAuth: endpoint.httpAuth ?? consulAuth(env),
      tls: endpoint.tls ?? consulTls(env, findings),
    },
    prefix: written.prefix || 'traefik',
  };
}

/** CNS-1. */
function isAgentAddress(address: string): boolean {
  if (address.startsWith('unix://')) return address.length > 'unix://'.length;
  const isUrl = /^https?:\/\//i.test(address);
  if (!isUrl && /^[a-z0-9+.-]+:\/\//i.test(address)) return false;
  return URL.canParse(isUrl ? address : `http://${address}`);
}

function tokenOfFile({ env, readFile }: ClientVariables, findings: Findings): string {
  const name = 'CONSUL_HTTP_TOKEN_FILE';
  const path = env[name];
  if (!set(path)) return '';
  const text = readFile(path);
  if (typeof text === 'string') return text.trim();
  findings.error(name, {
    code: 'unreadable',
    at: { kind: 'static', option: name, source: 'environment' },
    message: `"${path}" cannot be read: ${text?.message ?? 'there is no such file'}`,
    value: path,
    fix: 'name a file that holds the token, or unset it',
  });
  return '';
}

function consulAuth(env: Environment): ConsulCatalogConfig['endpoint']['httpAuth'] {
  const text = env['CONSUL_HTTP_AUTH'];
  if (!set(text)) return undefined;
  const [username = '', ...rest] = text.split(':');
  return { username, password: rest.join(':') };
}

function consulTls(env: Environment, findings: Findings): TlsFiles | undefined {
  const ca = env['CONSUL_CACERT'] ?? '';
  const cert = env['CONSUL_CLIENT_CERT'] ?? '';
  const key = env['CONSUL_CLIENT_KEY'] ?? '';
  const insecureSkipVerify = flag(env, 'CONSUL_HTTP_SSL_VERIFY', findings) === false;
  if (ca + cert + key === '' && !insecureSkipVerify) return undefined;
  return { ca, cert, key, insecureSkipVerify };
}

function flag(env: Environment, name: string, findings: Findings): boolean | undefined {
  const text = env[name];
  if (!set(text)) return undefined;
  const parsed = parseBoolean(text);
  if (parsed.ok) return parsed.value;
  findings.error(name, {
    code: 'bad-value',
    at: { kind: 'static', option: name, source: 'environment' },
    message: `"${text}" is not a value of ${name}: ${parsed.reason}`,
    value: text,
    fix: 'write true or false, or unset it',
  });
  return undefined;
}

/** BUG-17. */
function fileOf(written: NonNullable<Written['file']>, findings: Findings): FileConfig {
  const { directory, filename, watch } = written;
  if ((directory === '') === (filename === '')) {
    const what = directory === '' ? 'neither a directory nor' : 'both a directory and';
    findings.error('providers.file', {
      code: directory === '' ? 'missing' : 'conflict',
      message: `the file provider has ${what} a filename`,
      fix: 'write one of directory and filename',
    });
  }
  return { directory: directory || undefined, filename: filename || undefined, watch };
}
