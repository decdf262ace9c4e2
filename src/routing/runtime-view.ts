import type { Merged, MergedConfig } from '../config/merged.js';
import { isBroken, type MiddlewareConfig } from '../config/model.js';
import type { PooledServer } from './balancer.js';
import { errorText } from './finding.js';
import type { RouterOutcome } from './routers.js';
import type { MiddlewareView, RuntimeView, ServiceView } from './runtime.js';
import type { ServiceOutcome } from './services.js';

/** What the API shows of one generation. */
export function runtimeOf(
  merged: MergedConfig,
  services: ReadonlyMap<string, ServiceOutcome>,
  routers: ReadonlyMap<string, RouterOutcome>,
): RuntimeView {
  const users = new Users();
  const reached = new Set<string>();
  for (const [name, { links, reachesService, view }] of routers) {
    if (links.service?.state === 'found') {
      users.add(links.service.target, name);
      if (reachesService) reached.add(links.service.name);
    }
    for (const link of new Set(view.middlewares)) {
      const middleware = merged.middlewares.get(link);
      if (middleware) users.add(middleware, name);
    }
  }
  return {
    routers: mapped(routers, ({ view }) => view),
    services: mapped(services, (outcome, name) =>
      serviceView(outcome, users.of(outcome.merged), reached.has(name)),
    ),
    middlewares: mapped(merged.middlewares, (middleware) =>
      middlewareView(middleware, users.of(middleware)),
    ),
  };
}

/** Which routers use an object, in the order in which they are added. */
class Users {
  readonly #byObject = new Map<Merged<unknown>, string[]>();

  add(object: Merged<unknown>, router: string): void {
    const names = this.#byObject.get(object);
    if (names === undefined) this.#byObject.set(object, [router]);
    else names.push(router);
  }

  of(object: Merged<unknown>): readonly string[] {
    return this.#byObject.get(object) ?? [];
  }
}

function mapped<In, Out>(
  objects: ReadonlyMap<string, In>,
  view: (object: In, name: string) => Out,
): ReadonlyMap<string, Out> {
  const views = new Map<string, Out>();
  for (const [name, object] of objects) views.set(name, view(object, name));
  return views;
}

/** AGG-16, AGG-17: trouble with its transport is shown at the routers, not at the service. */
function serviceView(
  { merged, transportName, service, servers, errors }: ServiceOutcome,
  usedBy: readonly string[],
  isReached: boolean,
): ServiceView {
  return {
    merged,
    serversTransport: transportName,
    status: isBroken(merged) ? 'disabled' : 'enabled',
    errors,
    usedBy,
    serverStatus: isReached && service !== undefined ? statusOf(servers) : undefined,
  };
}

function statusOf(servers: ReadonlyMap<string, PooledServer>): ServiceView['serverStatus'] {
  return () => new Map([...servers.values()].map(({ address }) => [address, 'UP']));
}

function middlewareView(
  merged: Merged<MiddlewareConfig>,
  usedBy: readonly string[],
): MiddlewareView {
  const errors = merged.diagnostics.filter(({ severity }) => severity === 'error');
  return {
    merged,
    status: errors.length > 0 ? 'disabled' : 'enabled',
    errors: errors.map(errorText),
    usedBy,
  };
}
