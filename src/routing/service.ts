import type { ServerTls } from '../net/server-tls.js';
import type { ServerHealth } from './server-health.js';

/** How the servers of a service are reached. Milliseconds. Immutable; equal settings are the same object. */
export interface Transport {
  /** Qualified; `default@internal` for the static one. */
  readonly name: string;
  /** All attempts together (D16). 0: no limit. Negative: every dial fails at once. */
  readonly dialTimeout: number;
  /** 0: the system's default of 15 s. Negative: off. */
  readonly dialKeepAlive: number;
  /** 0: at once. Negative: never (D1). */
  readonly terminationDelay: number;
  /** The header that every connection begins with (data-plane facts 5.5). */
  readonly proxyProtocol: 1 | 2 | undefined;
}

/**
 * One server of one service, and what has a life of its own: carried from table to table as long as
 * owner and address stay the same (D19).
 */
export interface Server {
  /** `host:port` as shown, IPv6 in brackets. */
  readonly address: string;
  /** Without brackets. A name is resolved per dial (D47). */
  readonly host: string;
  readonly port: number;
  /** For log lines: container name, Consul instance, file. */
  readonly owner: string;
  /** Connections that are open now, counted up by the session at its pick and down at its end. */
  open: number;
  readonly health: ServerHealth;
  /** No table has it any more: nobody is sent to it. */
  readonly isRemoved: boolean;
  /**
   * How long (ms) its connections may go on once it is removed, or down (D30). Undefined: as long as
   * they like.
   */
  readonly drain: number | undefined;
  readonly drainOnUnhealthy: number | undefined;
}

/** How long connections to the servers of a service may last. Milliseconds; 0: no limit. */
export interface Limits {
  /** Without a byte in either direction. */
  readonly idleTimeout: number;
  readonly maxDuration: number;
}

/** A server as its service uses it: what is configured, beside what has a life of its own. Immutable. */
export interface Member {
  readonly server: Server;
  /** Qualified. With a weighted service, the one of its services that has the server. */
  readonly service: string;
  readonly host: string;
  readonly port: number;
  /** As in the transport. */
  readonly dialKeepAlive: number;
  readonly transport: Transport;
  /** How TLS is spoken to it; undefined: in clear (D2). */
  readonly tls: ServerTls | undefined;
  /** Behind its port there is Consul Connect, which nothing is said to in clear (CNS-16). */
  readonly isOnConnect: boolean;
  /** Undefined: there are none. */
  readonly limits: Limits | undefined;
}

/** There is no server at all; all that are up have as many connections as they may; none is up. */
export type NoServer = 'none' | 'full' | 'down';

/** A service as a session sees it. */
export interface Service {
  /** Qualified. */
  readonly name: string;
  /** The next server for this client (an address) that is not in `tried`. `now` in ms. */
  pick(tried: readonly Member[], client: string, now: number): Member | undefined;
  /**
   * How good the server is that `pick` would find: 0 if it may serve as well as any, more if it is a
   * last resort, and infinite if there is none.
   */
  rank(tried: readonly Member[], now: number): number;
  /** Why `pick` finds nobody. */
  whyNone(): NoServer;
}
