import type { Diagnostic, Place } from './diagnostic.js';
import type {
  MiddlewareConfig,
  RouterConfig,
  ServerConfig,
  ServersTransportConfig,
  ServiceConfig,
  TlsCertificateConfig,
  TlsOptionsConfig,
  TlsStoreConfig,
} from './model.js';
import type { NameMap } from './name-map.js';
import type { Owner } from './provider.js';

/**
 * One object of the merged configuration. The same object (`===`) as long as its sources are, so
 * that what did not change can be carried over.
 */
export interface Merged<T> {
  /** Qualified: `db@docker` (AGG-7). TLS options and stores called `default` stay unqualified (AGG-12). */
  readonly name: string;
  readonly provider: string;
  readonly config: T;
  readonly at: Place;
  readonly places: ReadonlyMap<string, Place>;
  /** Oldest first. Several only for a service whose servers were merged. */
  readonly owners: readonly Owner[];
  /** Own findings, and those of the merge. An error disables the object. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A server and who declared it: both together are its identity (D19). */
export interface OwnedServer {
  readonly owner: Owner;
  readonly server: ServerConfig;
  readonly at: Place;
}

/** A service with the servers of all its owners; `config.loadBalancer.servers` lists the same, in the same order. */
export interface MergedService extends Merged<ServiceConfig> {
  readonly servers: readonly OwnedServer[];
}

/** All providers' snapshots as one. Its objects are plain data: no matcher, balancer or TLS context in here. */
export interface MergedConfig {
  readonly routers: NameMap<Merged<RouterConfig>>;
  readonly services: NameMap<MergedService>;
  readonly middlewares: NameMap<Merged<MiddlewareConfig>>;
  readonly serversTransports: NameMap<Merged<ServersTransportConfig>>;
  readonly tlsOptions: NameMap<Merged<TlsOptionsConfig>>;
  readonly tlsStores: NameMap<Merged<TlsStoreConfig>>;
  readonly tlsCertificates: readonly Merged<TlsCertificateConfig>[];
  /** Everything found on the way here: of the parts, the snapshots, and the merge itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** Configured providers that have not delivered yet: a reference to them is unresolved, never defaulted (D7). */
  readonly pending: ReadonlySet<string>;
}
