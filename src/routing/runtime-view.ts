import { isFault } from '../config/diagnostic.js';
import type { Merged, MergedConfig } from '../config/merged.js';
import type { MiddlewareConfig } from '../config/model.js';
import type { PooledServer } from './pooled-server.js';
import type { Changes } from './changes.js';
import { errorText } from './finding.js';
import type { RouterOutcome } from './routers.js';
import type {
  MiddlewareView,
  RouterView,
  RuntimeView,
  ServiceView,
  TlsOptionsView,
} from './runtime.js';
import type { ServiceOutcome } from './service-outcome.js';
import type { OptionsOutcome } from './tls-options.js';

/** What was made of one generation of the configuration. */
export interface Generation {
  readonly merged: MergedConfig;
  readonly services: ReadonlyMap<string, ServiceOutcome>;
  readonly routers: ReadonlyMap<string, RouterOutcome>;
  readonly tlsOptions: ReadonlyMap<string, OptionsOutcome>;
  /** Since the generation before. */
  readonly changes: Changes<RouterOutcome>;
}

export interface PreviousGeneration {
  readonly services: ReadonlyMap<string, ServiceOutcome>;
  readonly tlsOptions: ReadonlyMap<string, OptionsOutcome>;
  readonly runtime: RuntimeView;
}

/** What the API shows of one generation. Views of what did not change are taken over. */
export function runtimeOf(
  { merged, services, routers, tlsOptions, changes }: Generation,
  before: PreviousGeneration | undefined,
): RuntimeView {
  const indirectly = reachedByOthers(services, routers);
  const isReached = (name: string, usedBy: readonly string[]) =>
    indirectly.has(name) || usedBy.some((router) => routers.get(router)?.reachesService);
  const serviceViews = views(services, routers, changes, {
    namesOf: serviceOf,
    previous: (name, outcome) => {
      const view = before?.runtime.services.get(name);
      if (view === undefined || before?.services.get(name) !== outcome) return undefined;
      return view.isReached === isReached(name, view.usedBy) ? view : undefined;
    },
    view: (outcome, usedBy) => serviceView(outcome, usedBy, isReached(outcome.merged.name, usedBy)),
  });
  const middlewareViews = views(merged.middlewares, routers, changes, {
    namesOf: ({ view }) => view.middlewares,
    previous: (name, middleware) => {
      const view = before?.runtime.middlewares.get(name);
      return view?.merged === middleware ? view : undefined;
    },
    view: middlewareView,
  });
  const routerViews = new Map<string, RouterView>();
  for (const [name, { view }] of routers) routerViews.set(name, view);
  const tlsOptionsViews = views(declaredOnly(tlsOptions), routers, changes, {
    namesOf: optionsOf,
    previous: (name, outcome) =>
      before?.tlsOptions.get(name) === outcome ? before.runtime.tlsOptions.get(name) : undefined,
    view: tlsOptionsView,
  });
  return {
    routers: routerViews,
    services: serviceViews,
    middlewares: middlewareViews,
    serversTransports: merged.serversTransports,
    tlsOptions: tlsOptionsViews,
  };
}

const serviceOf = ({ links }: RouterOutcome) =>
  links.service?.state === 'found' ? [links.service.name] : [];

function optionsOf({ links: { tls } }: RouterOutcome): readonly string[] {
  if (tls.kind !== 'terminate' || tls.resolution?.state !== 'found') return [];
  return [tls.resolution.name];
}

type Declared = OptionsOutcome & { readonly merged: NonNullable<OptionsOutcome['merged']> };

const declaredOnly = (
  outcomes: ReadonlyMap<string, OptionsOutcome>,
): ReadonlyMap<string, Declared> =>
  new Map(
    [...outcomes].flatMap(([name, outcome]) => (isDeclared(outcome) ? [[name, outcome]] : [])),
  );

const isDeclared = (outcome: OptionsOutcome): outcome is Declared => outcome.merged !== undefined;

/** Services that routers reach by way of weighted ones. */
function reachedByOthers(
  services: ReadonlyMap<string, ServiceOutcome>,
  routers: ReadonlyMap<string, RouterOutcome>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  if (![...services.values()].some(({ parts }) => parts.length > 0)) return reached;
  const open = [...routers.values()].flatMap((router) =>
    router.reachesService ? serviceOf(router) : [],
  );
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const part of services.get(name)?.parts ?? []) {
      if (reached.has(part)) continue;
      reached.add(part);
      open.push(part);
    }
  }
  return reached;
}

interface Viewing<Object, View> {
  /** What a router uses. */
  readonly namesOf: (router: RouterOutcome) => readonly string[];
  /** The view of before, if the object is the same. */
  readonly previous: (name: string, object: Object) => View | undefined;
  readonly view: (object: Object, usedBy: readonly string[]) => View;
}

/** One view for each object, with the routers that use it, sorted. */
function views<Object, View>(
  objects: ReadonlyMap<string, Object>,
  routers: ReadonlyMap<string, RouterOutcome>,
  { appeared, gone }: Changes<RouterOutcome>,
  { namesOf, previous, view }: Viewing<Object, View>,
): ReadonlyMap<string, View> {
  const concerned = new Set([...appeared, ...gone].flatMap(namesOf));
  const found = new Map<string, View>();
  const users = new Map<string, string[]>();
  for (const [name, object] of objects) {
    const same = concerned.has(name) ? undefined : previous(name, object);
    if (same !== undefined) found.set(name, same);
    else users.set(name, []);
  }
  if (users.size === 0) return found;
  for (const [router, outcome] of routers) {
    for (const name of namesOf(outcome)) {
      const usedBy = users.get(name);
      // A middleware may be listed twice.
      if (usedBy !== undefined && usedBy.at(-1) !== router) usedBy.push(router);
    }
  }
  for (const [name, usedBy] of users) {
    const object = objects.get(name);
    if (object !== undefined) found.set(name, view(object, usedBy));
  }
  return found;
}

/** AGG-16, AGG-17: trouble with its transport is shown at the routers, not at the service. */
function serviceView(
  { kind, merged, transportName, service, servers, errors }: ServiceOutcome,
  usedBy: readonly string[],
  isReached: boolean,
): ServiceView {
  return {
    merged,
    transportName,
    isReached,
    status: errors.length > 0 ? 'disabled' : 'enabled',
    errors,
    usedBy,
    serverStatus: isReached && kind === 'loadBalancer' && service ? statusOf(servers) : undefined,
  };
}

/** Of two servers of one address the address is up if one of them is. */
function statusOf(servers: ReadonlyMap<string, PooledServer>): ServiceView['serverStatus'] {
  return () => {
    const status = new Map<string, 'UP' | 'DOWN'>();
    for (const { address, health } of servers.values()) {
      if (health.isUp || !status.has(address)) status.set(address, health.isUp ? 'UP' : 'DOWN');
    }
    return status;
  };
}

function middlewareView(
  merged: Merged<MiddlewareConfig>,
  usedBy: readonly string[],
): MiddlewareView {
  const errors = merged.diagnostics.filter(isFault);
  return {
    merged,
    status: errors.length > 0 ? 'disabled' : 'enabled',
    errors: errors.map(errorText),
    usedBy,
  };
}

function tlsOptionsView(
  { merged, termination, errors }: Declared,
  usedBy: readonly string[],
): TlsOptionsView {
  const inForce = errors.length > 0 ? 'warning' : 'enabled';
  return { merged, status: termination ? inForce : 'disabled', errors, usedBy };
}
