import type { Merged, MergedService } from '../config/merged.js';
import type {
  MiddlewareConfig,
  RouterConfig,
  ServersTransportConfig,
  TlsOptionsConfig,
} from '../config/model.js';
import { NameMap } from '../config/name-map.js';

/** `warning`: in force, but not on all entry points that it names (7.4 #1), or not as it is written now. */
export type Status = 'enabled' | 'warning' | 'disabled';

/** What became of a router. The API shows this. */
export interface RouterView {
  readonly merged: Merged<RouterConfig>;
  /** Configured or defaulted (AGG-11). */
  readonly entryPoints: readonly string[];
  /** Those that exist, in router order. */
  readonly using: readonly string[];
  /** Qualified. */
  readonly middlewares: readonly string[];
  /** Effective (AGG-21), also where the rule cannot be read; undefined without a rule or an entry point. */
  readonly priority: bigint | undefined;
  readonly status: Status;
  readonly errors: readonly string[];
}

export interface ServiceView {
  readonly merged: MergedService;
  /** Qualified, as resolved; undefined if the service names none. */
  readonly transportName: string | undefined;
  /** A router gets as far as it (AGG-16). */
  readonly isReached: boolean;
  readonly status: Status;
  readonly errors: readonly string[];
  /** Qualified router names, sorted. */
  readonly usedBy: readonly string[];
  /** Address to state, live; undefined for a service that is not reached. */
  readonly serverStatus: (() => ReadonlyMap<string, 'UP' | 'DOWN'>) | undefined;
}

export interface MiddlewareView {
  readonly merged: Merged<MiddlewareConfig>;
  readonly status: Status;
  readonly errors: readonly string[];
  readonly usedBy: readonly string[];
}

export interface TlsOptionsView {
  readonly merged: Merged<TlsOptionsConfig>;
  /** `warning`: a file that it names is broken, and the last good content of it is in force. */
  readonly status: Status;
  readonly errors: readonly string[];
  /** Qualified router names, sorted. */
  readonly usedBy: readonly string[];
}

/** What the API shows of one generation of the configuration; replaced whole with the table. */
export interface RuntimeView {
  readonly routers: NameMap<RouterView>;
  readonly services: NameMap<ServiceView>;
  readonly middlewares: NameMap<MiddlewareView>;
  readonly serversTransports: NameMap<Merged<ServersTransportConfig>>;
  /** Those that somebody declares. */
  readonly tlsOptions: NameMap<TlsOptionsView>;
}

export const EMPTY_RUNTIME: RuntimeView = {
  routers: NameMap.of(),
  services: NameMap.of(),
  middlewares: NameMap.of(),
  serversTransports: NameMap.of(),
  tlsOptions: NameMap.of(),
};
