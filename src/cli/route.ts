import { formatPlace, type Place } from '../config/diagnostic.js';
import type { RuntimeView } from '../routing/runtime.js';
import type { ConnectionFacts, EntryPointRoutes, Route } from '../routing/table.js';

/** A connection that nobody makes. */
export interface Imagined {
  readonly entryPoint: string;
  /** Undefined: it speaks no TLS. */
  readonly tls:
    { readonly serverName: string | undefined; readonly alpn: readonly string[] } | undefined;
  readonly ip: string;
}

/** Asked again and again, the servers of a service show themselves. */
const MOST_SERVERS = 1_000;

/**
 * Which router would take such a connection, and why others would not. True: one takes it, and it is
 * served. By the very routes that the proxy reads.
 */
export function explainRoute(
  routes: EntryPointRoutes,
  { routers, services }: RuntimeView,
  { entryPoint, tls, ip }: Imagined,
  locate: (place: Place) => Place = (place) => place,
): { readonly lines: readonly string[]; readonly isServed: boolean } {
  const facts: ConnectionFacts = {
    remoteAddress: ip,
    serverName: tls?.serverName?.toLowerCase(),
    alpn: tls?.alpn ?? [],
  };
  // Beside TLS routers the first bytes decide, and neither table falls through to the other.
  const asked = tls !== undefined && routes.tls.length > 0 ? routes.tls : routes.plain;
  const others = asked === routes.tls ? routes.plain : routes.tls;
  const lines: string[] = [];
  let taken: Route | undefined;
  for (const route of asked) {
    const isMatch = route.matches(facts);
    const merged = routers.get(route.name)?.merged;
    const { rule = '' } = merged?.config ?? {};
    const how =
      taken !== undefined
        ? isMatch
          ? 'would match, but comes later'
          : 'does not match'
        : isMatch
          ? 'TAKES IT'
          : 'does not match';
    lines.push(
      `${route.name}: ${how} · rule ${rule} · priority ${route.priority}${
        merged ? ` · ${formatPlace(locate(merged.at))}` : ''
      }`,
    );
    if (isMatch) taken ??= route;
  }
  for (const route of others) {
    const why = tls
      ? 'it has no tls, and the client speaks TLS'
      : 'it has tls, and the client speaks none';
    lines.push(`${route.name}: passed over: ${why}`);
  }
  for (const [name, view] of routers) {
    if (view.using.includes(entryPoint) || asked.some((route) => route.name === name)) continue;
    lines.push(`${name}: passed over: it is on ${view.using.join(', ') || 'no entry point'}`);
  }
  if (taken === undefined) {
    return { lines: [...lines, '', `no router takes it: the client is closed`], isServed: false };
  }
  lines.push('', ...outcomeOf(taken, services, ip));
  const isServed = taken.service !== undefined && serversOf(taken, ip).length > 0;
  return { lines, isServed };
}

function outcomeOf(
  { name, service, tls, middlewares }: Route,
  services: RuntimeView['services'],
  ip: string,
): readonly string[] {
  if (service === undefined)
    return [`${name} is disabled, and holds its place: the client is closed`];
  const ends =
    tls === 'passthrough' ? 'TLS is passed through' : tls ? 'TLS ends at Sluice' : 'no TLS';
  const passes = middlewares.map((each) => {
    const { denial } = each;
    return denial === 'address'
      ? `middleware ${each.name}: ${each.admits(ip, 0) ? 'lets' : 'DOES NOT LET'} ${ip} in`
      : `middleware ${each.name}: counts (${denial})`;
  });
  const servers = serversOf({ service }, ip);
  const transport = services.get(service.name)?.transportName;
  return [
    `${name} -> ${service.name} · ${ends}${transport === undefined ? '' : ` · transport ${transport}`}`,
    ...passes.map((line) => `  ${line}`),
    ...(servers.length === 0
      ? ['  no server: the client is reset']
      : servers.map((line, place) => `  ${place === 0 ? 'first' : 'then'}  ${line}`)),
  ];
}

/** In the order in which they would be tried for this client now. */
function serversOf({ service }: Pick<Route, 'service'>, ip: string): readonly string[] {
  const tried: NonNullable<ReturnType<NonNullable<Route['service']>['pick']>>[] = [];
  while (tried.length < MOST_SERVERS) {
    const next = service?.pick(tried, ip, 0);
    if (next === undefined) break;
    tried.push(next);
  }
  return tried.map(
    ({ server, tls }) => `${server.address} (${server.owner})${tls ? ', over TLS' : ''}`,
  );
}
