import type { Termination } from '../net/termination.js';
import type { CheckedService } from './checked-service.js';
import type { Middleware } from './middleware/middleware.js';
import type { Server, Service } from './service.js';

/** All that a rule may look at. */
export interface ConnectionFacts {
  /** The client's address after PROXY protocol, `::ffff:` stripped. */
  readonly remoteAddress: string;
  /** Lower case; undefined without TLS or without SNI. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
}

/** A router made live on one entry point. */
export interface Route {
  /** Qualified router name. */
  readonly name: string;
  /** Effective (AGG-21). */
  readonly priority: bigint;
  readonly matches: (facts: ConnectionFacts) => boolean;
  /** That its rule asks for by name, in lower case. For advice: `matches` decides. */
  readonly hosts: readonly string[];
  /** Undefined: a router without `tls`, or one that is disabled. */
  readonly tls: Termination | 'passthrough' | undefined;
  /** Undefined: the router is disabled and holds its place; what matches is closed (D35). */
  readonly service: Service | undefined;
  /** In the order in which a connection has to pass them. */
  readonly middlewares: readonly Middleware[];
}

/** The routes of one entry point, strongest first; the first that matches wins. */
export interface EntryPointRoutes {
  /** Routers without `tls`. */
  readonly plain: readonly Route[];
  /** Routers with `tls`, terminating and passthrough alike. Not empty: first bytes must be seen before routing. */
  readonly tls: readonly Route[];
  /** The first of them that matches. */
  readonly matchTls: (facts: ConnectionFacts) => Route | undefined;
  /** One of the TLS routers wants to see a certificate of its clients: nobody gets around it by silence (D18). */
  readonly asksForCertificates: boolean;
}

const NO_ROUTES: EntryPointRoutes = entryPointRoutes([], []);

/** Says what is to be known of the routes as a whole. */
export function entryPointRoutes<R extends Route>(
  plain: readonly R[],
  tls: readonly R[],
  matchTls: EntryPointRoutes['matchTls'] = (facts) => match(tls, facts),
  asking = tls.filter(asksForCertificate).length,
): EntryPointRoutes & { readonly plain: readonly R[]; readonly tls: readonly R[] } {
  return { plain, tls, matchTls, asksForCertificates: asking > 0 };
}

export function asksForCertificate({ tls }: Route): boolean {
  return typeof tls === 'object' && tls.clientCertificate !== 'none';
}

/** Everything a connection needs to find its way. Built whole, then swapped in by one assignment. */
export class RoutingTable {
  static readonly EMPTY = new RoutingTable(new Map());
  readonly #routes: ReadonlyMap<string, EntryPointRoutes>;
  /** Whose servers are to be checked as long as this table is in force. */
  readonly checked: readonly CheckedService[];
  /** Servers of tables before that are still connected, and whose connections may have to end (D30). */
  readonly removed: readonly Server[];

  constructor(
    routes: ReadonlyMap<string, EntryPointRoutes>,
    checked: readonly CheckedService[] = [],
    removed: readonly Server[] = [],
  ) {
    this.#routes = routes;
    this.checked = checked;
    this.removed = removed;
  }

  /** Read once per connection: a connection keeps to the routes it was accepted under (AGG-19). */
  of(entryPoint: string): EntryPointRoutes {
    return this.#routes.get(entryPoint) ?? NO_ROUTES;
  }
}

/** The first route that matches. */
export function match<R extends Route>(
  routes: readonly R[],
  facts: ConnectionFacts,
): R | undefined {
  for (const route of routes) if (route.matches(facts)) return route;
  return undefined;
}
