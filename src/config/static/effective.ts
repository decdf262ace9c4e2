import { isAddressOrPrefix } from '../decode/checks.js';
import { nearest } from '../decode/nearest.js';
import type { Diagnostic, Place } from '../diagnostic.js';
import type {
  ConsulCatalogConfig,
  DockerConfig,
  EntryPointConfig,
  FileConfig,
  LogConfig,
  StaticConfig,
  TlsFiles,
} from '../static.js';
import type { Environment } from './environment.js';
import { parseListenAddress } from './listen-address.js';
import type { WrittenStatic } from './schema.js';

const SECOND = 1_000;

/** CFG-21, the order that Traefik documents (BUG-10). */
const PRECEDENCE =
  'kubernetesgateway kubernetescrd kubernetes kubernetesingressnginx swarm docker file redis knative consul consulcatalog nomad etcd ecs http zookeeper rest'.split(
    ' ',
  );

type WrittenEntryPoint = NonNullable<WrittenStatic['entryPoints']>[string];

export interface Effective {
  readonly config: StaticConfig;
  readonly findings: readonly Diagnostic[];
}

/** Fills in defaults and checks what one option alone cannot tell (CFG-16 to CFG-21). */
export function effective(
  written: WrittenStatic,
  places: ReadonlyMap<string, Place>,
  env: Environment,
): Effective {
  const builder = new Builder(places);
  const entryPoints = builder.entryPoints(written);
  const config: StaticConfig = {
    entryPoints,
    providers: {
      providersThrottleDuration: written.providers?.providersThrottleDuration ?? 50,
      precedence: builder.precedence(written.providers?.precedence),
      docker: dockerOf(written.providers?.docker, env),
      consulCatalog: consulOf(written.providers?.consulCatalog, env),
      file: builder.file(written.providers?.file),
    },
    tcpServersTransport: {
      dialTimeout: written.tcpServersTransport?.dialTimeout ?? 30 * SECOND,
      dialKeepAlive: written.tcpServersTransport?.dialKeepAlive ?? 15 * SECOND,
      terminationDelay: written.tcpServersTransport?.terminationDelay ?? 100,
      tls: written.tcpServersTransport?.tls,
    },
    log: builder.log(written.log),
    accessLog: written.accessLog,
    api: written.api && {
      insecure: written.api.insecure ?? false,
      dashboard: written.api.dashboard ?? true,
      basePath: builder.basePath(written.api.basePath),
      debug: written.api.debug ?? false,
    },
    ping: written.ping && {
      entryPoint: written.ping.entryPoint ?? 'traefik',
      manualRouting: written.ping.manualRouting ?? false,
      terminatingStatusCode: written.ping.terminatingStatusCode ?? 503,
    },
    metrics: written.metrics,
    spiffe: builder.spiffe(written.spiffe?.workloadAPIAddr),
    defaultRuleSyntax: written.core?.defaultRuleSyntax ?? 'v3',
  };
  builder.notServed(written, entryPoints);
  return { config, findings: builder.findings };
}

class Builder {
  readonly findings: Diagnostic[] = [];
  readonly #places: ReadonlyMap<string, Place>;

  constructor(places: ReadonlyMap<string, Place>) {
    this.#places = places;
  }

  #say(path: string, finding: Omit<Diagnostic, 'at' | 'severity'> & Partial<Diagnostic>): void {
    const at = this.#places.get(path) ?? { kind: 'static', option: path, source: 'default' };
    this.findings.push({
      severity: 'error',
      object: { kind: 'option', name: path },
      at,
      ...finding,
    });
  }

  entryPoints(written: WrittenStatic): ReadonlyMap<string, EntryPointConfig> {
    const found = new Map<string, EntryPointConfig>();
    const users: Readonly<Record<string, WrittenEntryPoint>> = written.entryPoints ?? {};
    for (const name of Object.keys(users).sort()) {
      const entryPoint = users[name];
      const read = entryPoint && this.#entryPoint(name, entryPoint);
      if (read) found.set(name, read);
    }
    // CFG-17, CFG-18.
    if (Object.keys(users).length === 0) this.#add(found, 'http', ':80');
    if (!found.has('traefik') && needsBuiltIn(written)) this.#add(found, 'traefik', ':8080');
    this.#clashes(found);
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(found: Map<string, EntryPointConfig>, name: string, address: string): void {
    const entryPoint = this.#entryPoint(name, { address });
    if (entryPoint) found.set(name, entryPoint);
  }

  #entryPoint(name: string, written: WrittenEntryPoint): EntryPointConfig | undefined {
    const path = `entryPoints.${name}`;
    const address = parseListenAddress(written.address ?? '');
    if (!address.ok) {
      this.#say(this.#places.has(`${path}.address`) ? `${path}.address` : path, {
        code: written.address ? 'bad-value' : 'missing',
        message: `"${written.address ?? ''}" is no address to listen on: ${address.reason}`,
        value: written.address ?? '',
        fix: 'write [host]:port, such as :5432 or [::1]:5432',
      });
      return undefined;
    }
    this.#proxyProtocol(`${path}.proxyProtocol`, written.proxyProtocol);
    const { lifeCycle, respondingTimeouts, unrouted } = written.transport ?? {};
    const readTimeout = respondingTimeouts?.readTimeout ?? 60 * SECOND;
    if (readTimeout === 0) {
      this.#say(`${path}.transport.respondingTimeouts.readTimeout`, {
        code: 'guessed',
        severity: 'warning',
        message: 'without readTimeout whoever connects and says nothing holds a socket for ever',
        fix: 'leave it at 60s unless a protocol needs more',
      });
    }
    return {
      name,
      address: written.address ?? '',
      host: address.host,
      port: address.port,
      protocol: address.protocol,
      reusePort: written.reusePort ?? false,
      asDefault: written.asDefault ?? false,
      allowACMEByPass: written.allowACMEByPass ?? false,
      proxyProtocol: written.proxyProtocol && {
        insecure: written.proxyProtocol.insecure ?? false,
        trustedIPs: written.proxyProtocol.trustedIPs ?? [],
      },
      requestAcceptGraceTimeout: lifeCycle?.requestAcceptGraceTimeout ?? 0,
      graceTimeOut: lifeCycle?.graceTimeOut ?? 10 * SECOND,
      readTimeout,
      writeTimeout: respondingTimeouts?.writeTimeout ?? 0,
      idleTimeout: respondingTimeouts?.idleTimeout ?? 180 * SECOND,
      sniffTimeout: respondingTimeouts?.sniffTimeout ?? 3 * SECOND,
      maxConnections: written.maxConnections,
      unrouted: { max: unrouted?.max, maxPerIP: unrouted?.maxPerIP },
    };
  }

  #proxyProtocol(path: string, written: WrittenEntryPoint['proxyProtocol']): void {
    if (written === undefined) return;
    const { insecure = false, trustedIPs = [] } = written;
    if (!insecure && trustedIPs.length === 0) {
      this.#say(path, {
        code: 'missing',
        message: 'proxyProtocol trusts nobody',
        fix: 'write trustedIPs, or insecure=true to believe everybody',
      });
    }
    for (const address of trustedIPs.filter((text) => !isAddressOrPrefix(text))) {
      this.#say(`${path}.trustedIPs`, {
        code: 'bad-value',
        message: `"${address}" is neither an IP address nor a prefix`,
        value: address,
        fix: 'write addresses or prefixes such as 10.0.0.0/8',
      });
    }
  }

  /** Two entry points cannot share a port, unless both say reusePort. */
  #clashes(found: ReadonlyMap<string, EntryPointConfig>): void {
    const taken = new Map<string, EntryPointConfig>();
    for (const entryPoint of found.values()) {
      const { name, host, port, protocol, reusePort } = entryPoint;
      const key = `${host}:${port}/${protocol}`;
      const other = taken.get(key);
      taken.set(key, entryPoint);
      if (port === 0 || other === undefined || (reusePort && other.reusePort)) continue;
      const related = this.#places.get(`entryPoints.${other.name}.address`);
      this.#say(`entryPoints.${name}.address`, {
        code: 'conflict',
        ...(related && { related: [related] }),
        message: `entry points ${other.name} and ${name} have the same address`,
        value: entryPoint.address,
        fix: 'give each a port of its own',
      });
    }
  }

  precedence(written: readonly string[] | undefined): readonly string[] {
    const names = written?.map((name) => name.toLowerCase()) ?? PRECEDENCE;
    for (const name of names.filter((word) => !PRECEDENCE.includes(word))) {
      this.#say('providers.precedence', {
        code: 'unknown-value',
        message: `there is no provider "${name}"`,
        value: name,
        fix: `write names of ${PRECEDENCE.join(', ')}`,
        suggestions: nearest(name, PRECEDENCE),
      });
    }
    return names;
  }

  file(written: NonNullable<WrittenStatic['providers']>['file']): FileConfig | undefined {
    if (written === undefined) return undefined;
    const { directory = '', filename = '', watch = true } = written;
    if ((directory === '') === (filename === '')) {
      this.#say('providers.file', {
        code: directory === '' ? 'missing' : 'conflict',
        message:
          directory === ''
            ? 'the file provider has neither a directory nor a filename'
            : 'the file provider has a directory and a filename',
        fix: 'write one of directory and filename',
      });
    }
    return { directory: directory || undefined, filename: filename || undefined, watch };
  }

  log(written: WrittenStatic['log']): LogConfig {
    const level = (written?.level || 'info').toLowerCase();
    const known = LEVELS.get(level);
    if (known === undefined) {
      const names = [...LEVELS.keys()];
      this.#say('log.level', {
        code: 'unknown-value',
        message: `there is no log level "${level}"`,
        value: level,
        fix: `write one of ${names.join(', ')}`,
        suggestions: nearest(level, names),
      });
    }
    return {
      level: known ?? 'info',
      format: written?.format,
      noColor: written?.noColor ?? false,
      filePath: written?.filePath ?? '',
    };
  }

  basePath(written: string | undefined): string {
    const path = written === undefined || written === '' ? '/' : written;
    if (!/^\/[A-Za-z0-9/_.:~-]*$/.test(path)) {
      this.#say('api.basePath', {
        code: 'bad-value',
        message: `"${path}" is no base path`,
        value: path,
        fix: 'begin with /, and use letters, digits and / _ . : ~ -',
      });
    }
    return path === '/' ? path : path.replace(/\/+$/, '');
  }

  spiffe(address: string | undefined): StaticConfig['spiffe'] {
    if (address === undefined || address === '') return undefined;
    if (!/^(unix:\/|tcp:\/\/)/.test(address)) {
      this.#say('spiffe.workloadAPIAddr', {
        code: 'bad-value',
        message: `"${address}" is no address of a Workload API`,
        value: address,
        fix: 'write unix:///path or tcp://IP:port',
      });
    }
    return { workloadAPIAddr: address };
  }

  /** What this version reads and does not do yet. What would be less protected without it is an error. */
  notServed(written: WrittenStatic, entryPoints: ReadonlyMap<string, EntryPointConfig>): void {
    const asked = [
      ['accessLog', written.accessLog],
      ['metrics', written.metrics],
      ['spiffe', written.spiffe],
      ['tcpServersTransport.tls', written.tcpServersTransport?.tls],
      ['api.debug', written.api?.debug],
    ] as const;
    for (const [path, value] of asked) {
      if (value === undefined || value === false) continue;
      this.#say(path, {
        code: 'not-served',
        severity: 'warning',
        message: `${path} is read, and not served by this version`,
        fix: 'leave it out until then',
      });
    }
    if (written.api && written.api.insecure !== true) {
      this.#say('api', {
        code: 'not-served',
        severity: 'warning',
        message: 'the API is only served with api.insecure',
        fix: 'write api.insecure=true, on a network of your own',
      });
    }
    for (const { name, proxyProtocol } of entryPoints.values()) {
      if (proxyProtocol === undefined) continue;
      this.#say(`entryPoints.${name}.proxyProtocol`, {
        code: 'not-served',
        message: 'an entry point with PROXY protocol cannot be served by this version',
        fix: 'leave proxyProtocol out, and send no header',
      });
    }
  }
}

const LEVELS: ReadonlyMap<string, LogConfig['level']> = new Map<string, LogConfig['level']>([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['panic', 'fatal'],
  ['disabled', 'silent'],
]);

/** CFG-18. */
function needsBuiltIn({ api, ping, metrics }: WrittenStatic): boolean {
  const isOn = (
    asked:
      | { readonly entryPoint?: string | undefined; readonly manualRouting?: boolean | undefined }
      | undefined,
  ) =>
    asked !== undefined &&
    asked.manualRouting !== true &&
    (asked.entryPoint ?? 'traefik') === 'traefik';
  return api?.insecure === true || isOn(ping) || isOn(metrics?.prometheus);
}

function tlsOf(
  written: Partial<Record<keyof TlsFiles, string | boolean | undefined>> | undefined,
): TlsFiles | undefined {
  if (written === undefined) return undefined;
  const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : '');
  return {
    ca: text(written.ca),
    cert: text(written.cert),
    key: text(written.key),
    insecureSkipVerify: written.insecureSkipVerify === true,
  };
}

function dockerOf(
  written: NonNullable<WrittenStatic['providers']>['docker'],
  env: Environment,
): DockerConfig | undefined {
  return (
    written && {
      // BUG-27: what is configured counts before the environment.
      endpoint: written.endpoint || env['DOCKER_HOST'] || 'unix:///var/run/docker.sock',
      username: written.username ?? '',
      password: written.password ?? '',
      tls: tlsOf(written.tls),
      httpClientTimeout: Math.max(0, written.httpClientTimeout ?? 0),
      exposedByDefault: written.exposedByDefault ?? true,
      constraints: written.constraints ?? '',
      allowEmptyServices: written.allowEmptyServices ?? false,
      network: written.network ?? '',
      useBindPortIP: written.useBindPortIP ?? false,
      watch: written.watch ?? true,
      allowPrivilegedLabels: written.allowPrivilegedLabels ?? false,
    }
  );
}

function consulOf(
  written: NonNullable<WrittenStatic['providers']>['consulCatalog'],
  env: Environment,
): ConsulCatalogConfig | undefined {
  if (written === undefined) return undefined;
  const { endpoint } = written;
  const auth = endpoint?.httpAuth;
  return {
    endpoint: {
      address: endpoint?.address || env['CONSUL_HTTP_ADDR'] || '127.0.0.1:8500',
      scheme: endpoint?.scheme ?? (env['CONSUL_HTTP_SSL'] === 'true' ? 'https' : 'http'),
      datacenter: endpoint?.datacenter ?? '',
      token: endpoint?.token || env['CONSUL_HTTP_TOKEN'] || '',
      endpointWaitTime: endpoint?.endpointWaitTime ?? 0,
      httpAuth: auth && { username: auth.username ?? '', password: auth.password ?? '' },
      tls: tlsOf(endpoint?.tls),
    },
    prefix: written.prefix || 'traefik',
    refreshInterval: written.refreshInterval ?? 15 * SECOND,
    requireConsistent: written.requireConsistent ?? false,
    stale: written.stale ?? false,
    cache: written.cache ?? false,
    exposedByDefault: written.exposedByDefault ?? true,
    connectAware: written.connectAware ?? false,
    connectByDefault: written.connectByDefault ?? false,
    serviceName: written.serviceName ?? 'traefik',
    watch: written.watch ?? true,
    strictChecks: written.strictChecks ?? ['passing', 'warning'],
    constraints: written.constraints ?? '',
    namespaces: written.namespaces ?? [],
    allowPrivilegedLabels: written.allowPrivilegedLabels ?? false,
  };
}
