import type { ServerTls } from '../../src/net/server-tls.js';
import { ServerHealth } from '../../src/routing/server-health.js';
import type { Limits, Member, Server, Service, Transport } from '../../src/routing/service.js';
import {
  entryPointRoutes,
  RoutingTable,
  type ConnectionFacts,
  type EntryPointRoutes,
  type Route,
} from '../../src/routing/table.js';

/** Small tables by hand, so that tests of the proxy need no compiler. */
const TRANSPORT: Transport = {
  name: 'default@internal',
  dialTimeout: 5_000,
  dialKeepAlive: 0,
  terminationDelay: -1,
  proxyProtocol: undefined,
};

export const server = (
  port: number,
  host = '127.0.0.1',
  settings: Partial<Server> = {},
): Server => ({
  address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  host,
  port,
  owner: 'test',
  open: 0,
  health: new ServerHealth(),
  isRemoved: false,
  drain: undefined,
  drainOnUnhealthy: undefined,
  ...settings,
});

/** Always chooses the first server that was not tried. */
export const service = (
  servers: readonly Server[],
  transport: Partial<Transport> = {},
  name = 'db@test',
  tls?: ServerTls,
  limits?: Limits,
): Service => {
  const settings = { ...TRANSPORT, ...transport };
  const members = servers.map((each): Member => ({
    server: each,
    service: name,
    host: each.host,
    port: each.port,
    dialKeepAlive: settings.dialKeepAlive,
    transport: settings,
    tls,
    isOnConnect: false,
    limits,
  }));
  const pick: Service['pick'] = (tried) => members.find((member) => !tried.includes(member));
  return {
    name,
    pick,
    rank: (tried) => (pick(tried, '', 0) ? 0 : Infinity),
    whyNone: () => 'none',
  };
};

/** Without a service: a disabled router that holds its place. */
export const route = (
  of: Service | undefined,
  matches: (facts: ConnectionFacts) => boolean = () => true,
  name = 'db@test',
  tls?: Route['tls'],
  middlewares: Route['middlewares'] = [],
): Route => ({ name, priority: 1n, matches, hosts: [], tls, service: of, middlewares });

/** By entry point; `plain` alone unless said otherwise. */
export const table = (
  routes: Readonly<Record<string, readonly Route[] | Pick<EntryPointRoutes, 'plain' | 'tls'>>>,
): RoutingTable =>
  new RoutingTable(
    new Map(
      Object.entries(routes).map(([name, of]) => [
        name,
        'plain' in of ? entryPointRoutes(of.plain, of.tls) : entryPointRoutes(of, []),
      ]),
    ),
  );
