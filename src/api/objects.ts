import type { MiddlewareView, RouterView, RuntimeView, ServiceView } from '../routing/runtime.js';
import { found, hasStatus, sorted, type SortKey } from './listing.js';
import {
  middlewareType,
  middlewareView,
  routerView,
  serviceType,
  serviceView,
  type View,
} from './views.js';

/** One kind of object as the lists and `/{name}` serve it (8.2, 8.3). */
export interface ObjectKind {
  /** As in the error `router not found: x`. */
  readonly singular: string;
  list(runtime: RuntimeView, query: URLSearchParams): readonly View[];
  one(runtime: RuntimeView, name: string): View | undefined;
}

const nameOf = (object: { readonly merged: { readonly name: string } }) => object.merged.name;
const providerOf = (object: { readonly merged: { readonly provider: string } }) =>
  object.merged.provider;

function routerEntry(view: RouterView): View {
  return {
    ...routerView(view),
    name: nameOf(view),
    provider: providerOf(view),
    priorityStr: String(view.priority ?? 0n),
  };
}

const serviceEntry = (view: ServiceView): View => {
  const { serverStatus, ...shown } = serviceView(view);
  return {
    ...shown,
    name: nameOf(view),
    provider: providerOf(view),
    type: serviceType(view.merged.config),
    serverStatus,
  };
};

const middlewareEntry = (view: MiddlewareView): View => ({
  ...middlewareView(view),
  name: nameOf(view),
  provider: providerOf(view),
  type: middlewareType(view.merged.config),
});

const ROUTER_SORT = new Map<string, SortKey<RouterView>>([
  ['name', nameOf],
  ['provider', providerOf],
  ['priority', (view) => view.priority ?? 0n],
  ['status', (view) => view.status],
  ['rule', (view) => view.merged.config.rule ?? ''],
  ['service', (view) => view.merged.config.service ?? ''],
  ['entryPoints', (view) => view.entryPoints.length],
]);

const SERVICE_SORT = new Map<string, SortKey<ServiceView>>([
  ['name', nameOf],
  ['type', (view) => serviceType(view.merged.config) ?? ''],
  ['servers', (view) => view.merged.servers.length],
  ['provider', providerOf],
  ['status', (view) => view.status],
]);

const MIDDLEWARE_SORT = new Map<string, SortKey<MiddlewareView>>([
  ['name', nameOf],
  ['type', (view) => middlewareType(view.merged.config) ?? ''],
  ['provider', providerOf],
  ['status', (view) => view.status],
]);

/** 8.3: a router's qualified service is compared whole, an unqualified one with the part before `@`. */
function usesService(view: RouterView, query: URLSearchParams): boolean {
  const asked = query.get('serviceName') ?? '';
  const service = view.merged.config.service ?? '';
  return asked === '' || service === (service.includes('@') ? asked : asked.split('@', 1)[0]);
}

function usesMiddleware(view: RouterView, query: URLSearchParams): boolean {
  const asked = query.get('middlewareName') ?? '';
  return asked === '' || view.middlewares.includes(asked);
}

export const ROUTERS: ObjectKind = {
  singular: 'router',
  list: ({ routers }, query) =>
    sorted([...routers.values()], query, ROUTER_SORT, nameOf)
      .filter((view) => usesService(view, query) && usesMiddleware(view, query))
      .filter((view) => found(query, [nameOf(view), view.merged.config.rule]))
      .filter((view) => hasStatus(query, view.status))
      .map(routerEntry),
  one: ({ routers }, name) => entryOf(routers.get(name), routerEntry),
};

export const SERVICES: ObjectKind = {
  singular: 'service',
  list: ({ services }, query) =>
    sorted([...services.values()], query, SERVICE_SORT, nameOf)
      .filter((view) => found(query, [nameOf(view)]))
      .filter((view) => hasStatus(query, view.status))
      .map(serviceEntry),
  one: ({ services }, name) => entryOf(services.get(name), serviceEntry),
};

export const MIDDLEWARES: ObjectKind = {
  singular: 'middleware',
  list: ({ middlewares }, query) =>
    sorted([...middlewares.values()], query, MIDDLEWARE_SORT, nameOf)
      .filter((view) => found(query, [nameOf(view)]))
      .filter((view) => hasStatus(query, view.status))
      .map(middlewareEntry),
  one: ({ middlewares }, name) => entryOf(middlewares.get(name), middlewareEntry),
};

function entryOf<T>(view: T | undefined, entry: (view: T) => View): View | undefined {
  return view === undefined ? undefined : entry(view);
}
