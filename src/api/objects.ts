import { isFault } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type ServersTransportConfig } from '../config/model.js';
import { errorText } from '../routing/finding.js';
import type {
  MiddlewareView,
  RouterView,
  ServiceView,
  Status,
  TlsOptionsView,
} from '../routing/runtime.js';
import { list, type View } from './members.js';
import { objectKind, type ObjectKind } from './object-kind.js';
import { serversTransportView, tlsOptionsView } from './transport-views.js';
import { middlewareType, middlewareView, routerView, serviceType, serviceView } from './views.js';

const ROUTERS = objectKind<RouterView>({
  singular: 'router',
  objects: ({ runtime }) => runtime.routers,
  entry: (view) => ({
    ...routerView(view),
    ...namesOf(view),
    priorityStr: String(view.priority ?? 0n),
  }),
  sortKeys: [
    ['priority', ({ priority }) => priority ?? 0n],
    ['rule', ({ merged }) => merged.config.rule ?? ''],
    ['service', ({ merged }) => merged.config.service ?? ''],
    ['entryPoints', ({ entryPoints }) => entryPoints.length],
  ],
  texts: ({ merged }) => [merged.config.rule],
  isAsked: (view, query) => usesService(view, query) && usesMiddleware(view, query),
});

/** 8.3: a qualified service is compared whole, an unqualified one with the part before `@`. */
function usesService({ merged }: RouterView, query: URLSearchParams): boolean {
  const asked = query.get('serviceName') ?? '';
  const service = merged.config.service ?? '';
  return asked === '' || service === (service.includes('@') ? asked : asked.split('@', 1)[0]);
}

function usesMiddleware({ middlewares }: RouterView, query: URLSearchParams): boolean {
  const asked = query.get('middlewareName') ?? '';
  return asked === '' || middlewares.includes(asked);
}

const SERVICES = objectKind<ServiceView>({
  singular: 'service',
  objects: ({ runtime }) => runtime.services,
  entry(view) {
    const { serverStatus, ...shown } = serviceView(view);
    return { ...shown, ...namesOf(view), type: serviceType(view.merged.config), serverStatus };
  },
  sortKeys: [
    ['type', ({ merged }) => serviceType(merged.config) ?? ''],
    ['servers', ({ merged }) => merged.servers.length],
  ],
});

const MIDDLEWARES = objectKind<MiddlewareView>({
  singular: 'middleware',
  objects: ({ runtime }) => runtime.middlewares,
  entry: (view) => ({
    ...middlewareView(view),
    ...namesOf(view),
    type: middlewareType(view.merged.config),
  }),
  sortKeys: [['type', ({ merged }) => middlewareType(merged.config) ?? '']],
});

const namesOf = ({ merged }: { readonly merged: Merged<unknown> }) => ({
  name: merged.name,
  provider: merged.provider,
});

/** What Traefik shows nowhere (D26): whoever wants to see it, asks seldom, so it is made then. */
interface OwnView<T> {
  readonly merged: Merged<T>;
  readonly status: Status;
  readonly usedBy: readonly string[];
}

function ownViews<T>(
  objects: ReadonlyMap<string, Merged<T>>,
  users: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, OwnView<T>> {
  const views = new Map<string, OwnView<T>>();
  for (const [name, merged] of objects) {
    const status = isBroken(merged) ? 'disabled' : 'enabled';
    views.set(name, { merged, status, usedBy: users.get(name) ?? [] });
  }
  return views;
}

function ownState({ merged, status, usedBy }: OwnView<unknown>): View {
  const errors = merged.diagnostics.filter(isFault);
  return { error: list(errors.map(errorText)), status, usedBy: list(usedBy) };
}

const SERVERS_TRANSPORTS = objectKind<OwnView<ServersTransportConfig>>({
  singular: 'serversTransport',
  objects: ({ runtime }) =>
    ownViews(runtime.serversTransports, transportUsers(runtime.services.values())),
  entry: (view, { defaultTransport }) => ({
    ...serversTransportView(view.merged.config, defaultTransport),
    ...ownState(view),
    ...namesOf(view),
  }),
});

/** Transport to the services that use it, sorted. */
function transportUsers(services: Iterable<ServiceView>): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { merged, transportName } of services) {
    if (transportName === undefined) continue;
    const names = users.get(transportName) ?? [];
    users.set(transportName, names);
    names.push(merged.name);
  }
  for (const names of users.values()) names.sort();
  return users;
}

const TLS_OPTIONS = objectKind<TlsOptionsView>({
  singular: 'tlsOptions',
  objects: ({ runtime }) => runtime.tlsOptions,
  entry: (view) => ({
    ...tlsOptionsView(view.merged.config),
    error: list(view.errors),
    status: view.status,
    usedBy: list(view.usedBy),
    ...namesOf(view),
  }),
});

/** Path below `/api/` to the kind that is listed there. */
export const OBJECT_KINDS: ReadonlyMap<string, ObjectKind> = new Map([
  ['tcp/routers', ROUTERS],
  ['tcp/services', SERVICES],
  ['tcp/middlewares', MIDDLEWARES],
  ['tcp/serverstransports', SERVERS_TRANSPORTS],
  ['tls/options', TLS_OPTIONS],
]);
