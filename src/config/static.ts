import type { EndClass } from '../telemetry/end-classes.js';
import type { WorkloadApiAddress } from './static/workload-api-address.js';

/** What is fixed at start: defaults applied, checked. Durations in milliseconds. */
export interface StaticConfig {
  readonly entryPoints: ReadonlyMap<string, EntryPointConfig>;
  readonly providers: ProvidersConfig;
  readonly tcpServersTransport: DefaultTransportConfig;
  readonly log: LogConfig;
  readonly accessLog: AccessLogConfig | undefined;
  readonly api: ApiConfig | undefined;
  readonly ping: PingConfig | undefined;
  readonly metrics: { readonly prometheus?: PrometheusConfig | undefined } | undefined;
  /** Undefined: SPIFFE is off. */
  readonly spiffe: { readonly address: WorkloadApiAddress } | undefined;
  /** Of routers that do not say it (1.3). */
  readonly defaultRuleSyntax: 'v2' | 'v3';
}

export interface EntryPointConfig {
  readonly name: string;
  /** As written: `[host]:port[/tcp|/udp]`. */
  readonly address: string;
  /** Empty: all addresses, IPv4 and IPv6. Without brackets. */
  readonly host: string;
  readonly port: number;
  /** A udp entry point is shown and never listened on (CFG-23). */
  readonly protocol: 'tcp' | 'udp';
  readonly reusePort: boolean;
  readonly asDefault: boolean;
  readonly allowACMEByPass: boolean;
  readonly proxyProtocol:
    { readonly insecure: boolean; readonly trustedIPs: readonly string[] } | undefined;
  readonly requestAcceptGraceTimeout: number;
  readonly graceTimeOut: number;
  /** From accept to the chosen route (D17). 0: no deadline. */
  readonly readTimeout: number;
  readonly writeTimeout: number;
  readonly idleTimeout: number;
  /** D18. 0: off. */
  readonly sniffTimeout: number;
  /** D36. Undefined: what the descriptor limit allows. */
  readonly maxConnections: number | undefined;
  readonly unrouted: { readonly max: number | undefined; readonly maxPerIP: number | undefined };
}

export interface ProvidersConfig {
  /** D32. 0: no throttle. */
  readonly providersThrottleDuration: number;
  /** Strongest first (CFG-21). */
  readonly precedence: readonly string[];
  /** One for each engine: `docker` itself first, then its hosts by name. */
  readonly docker: readonly DockerConfig[];
  readonly swarm: SwarmConfig | undefined;
  readonly consulCatalog: ConsulCatalogConfig | undefined;
  readonly file: FileConfig | undefined;
}

export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly insecureSkipVerify: boolean;
}

/** How a Docker engine is reached. */
export interface EngineConfig {
  /** `unix://`, `tcp://`, `http://`, `https://`, `ssh://`. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  /** Each a path or PEM content. */
  readonly tls: TlsFiles | undefined;
  /** Per request, never for the event stream (BUG-28). 0: none. */
  readonly httpClientTimeout: number;
}

export interface DockerConfig extends EngineConfig {
  /** As it stands behind the `@`: `docker`, `docker-nas`. */
  readonly provider: string;
  /** Where its options stand: `providers.docker`, `providers.docker.hosts.nas`. */
  readonly section: string;
  readonly exposedByDefault: boolean;
  readonly constraints: string;
  readonly allowEmptyServices: boolean;
  /** Of the machine that the engine runs on, as seen from here. Empty: not said. */
  readonly hostAddress: string;
  readonly network: string;
  readonly useBindPortIP: boolean;
  readonly watch: boolean;
  /** D8. */
  readonly allowPrivilegedLabels: boolean;
}

/** Its `hostAddress` is always empty: each node says its own. */
export interface SwarmConfig extends DockerConfig {
  /** The longest time between two readings: that a task has changed raises no event. */
  readonly refreshInterval: number;
}

export interface ConsulCatalogConfig {
  readonly endpoint: {
    /** `host:port`; `https://`, `http://` and `unix://` in front are honoured. */
    readonly address: string;
    readonly scheme: 'http' | 'https';
    readonly datacenter: string;
    readonly token: string;
    readonly endpointWaitTime: number;
    readonly httpAuth: { readonly username: string; readonly password: string } | undefined;
    /** File paths only. */
    readonly tls: TlsFiles | undefined;
  };
  readonly prefix: string;
  readonly refreshInterval: number;
  readonly requireConsistent: boolean;
  readonly stale: boolean;
  readonly cache: boolean;
  readonly exposedByDefault: boolean;
  readonly connectAware: boolean;
  readonly connectByDefault: boolean;
  readonly serviceName: string;
  /** Default true (D15). */
  readonly watch: boolean;
  readonly strictChecks: readonly string[];
  readonly constraints: string;
  readonly namespaces: readonly string[];
  readonly allowPrivilegedLabels: boolean;
}

export interface FileConfig {
  /** Exactly one of the two is set. */
  readonly directory: string | undefined;
  readonly filename: string | undefined;
  readonly watch: boolean;
}

/** The static transport, `default@internal`. */
export interface DefaultTransportConfig {
  readonly dialTimeout: number;
  readonly dialKeepAlive: number;
  readonly terminationDelay: number;
  readonly tls:
    | {
        readonly insecureSkipVerify: boolean;
        /** Each a path or PEM content. */
        readonly rootCAs: readonly string[];
        readonly spiffe:
          { readonly ids: readonly string[]; readonly trustDomain: string } | undefined;
      }
    | undefined;
}

export interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Undefined: JSON, pretty on a TTY (D38). */
  readonly format: 'common' | 'json' | undefined;
  readonly noColor: boolean;
  /** Empty: stdout. */
  readonly filePath: string;
}

export interface AccessLogConfig {
  /** Empty: stdout. */
  readonly filePath: string;
  readonly bufferingSize: number;
  /** Connections to the built-in servers, too. */
  readonly addInternals: boolean;
  readonly atStart: boolean;
  readonly filters: {
    readonly minDuration: number;
    readonly status: readonly EndClass[];
    readonly retryAttempts: boolean;
  };
}

export interface ApiConfig {
  readonly insecure: boolean;
  readonly dashboard: boolean;
  readonly basePath: string;
  readonly debug: boolean;
  /** D41: what `tokenFile` holds, if that is set. Empty: nobody may close connections. */
  readonly token: string;
  readonly tokenFile: string;
  /** Not ready when a provider has been silent for longer. */
  readonly maxDiscoveryAge: number;
}

export interface PrometheusConfig {
  readonly entryPoint: string;
  readonly manualRouting: boolean;
  readonly addEntryPointsLabels: boolean;
  readonly addServicesLabels: boolean;
  readonly addRoutersLabels: boolean;
}

export interface PingConfig {
  readonly entryPoint: string;
  readonly manualRouting: boolean;
  readonly terminatingStatusCode: number;
}
