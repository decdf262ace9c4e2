import { unescape } from 'node:querystring';
import { formatPlace, type Diagnostic } from '../config/diagnostic.js';
import type { DefaultTransportConfig, EntryPointConfig } from '../config/static.js';
import type { Status } from '../routing/runtime.js';
import { failure, json, jsonOf, methodNotAllowed, notFound, type Answer } from './answer.js';
import {
  closeConnections,
  connectionCounts,
  connectionOf,
  connectionView,
  noConnection,
  type Connections,
} from './connections.js';
import { entryPointView } from './entry-points.js';
import type { Json } from './json.js';
import { liveText, type LiveSources } from './live.js';
import { found, page, type Page } from './listing.js';
import type { View } from './members.js';
import type { ObjectKind, Shown } from './object-kind.js';
import { OBJECT_KINDS } from './objects.js';
import { rawdataText } from './rawdata.js';

/** A provider's state, for `/api/health`. Times in ms since the epoch. */
export interface ProviderHealth {
  readonly name: string;
  readonly delivered: boolean;
  readonly lastSuccess: number | undefined;
  /** The same on the clock of `now`: what is old is so whatever happens to the other one. */
  readonly confirmedAt: number | undefined;
  readonly failingSince: number | undefined;
  readonly error: string | undefined;
}

/** Who we are by SPIFFE, for `/api/health`. Times in ms since the epoch. */
export interface IdentityHealth {
  readonly status: string;
  readonly since: number;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly spiffeId: string | undefined;
  readonly expiresAt: number | undefined;
}

/** A finding as the store lists it. `since` in ms since the epoch. */
export interface ListedDiagnostic extends Diagnostic {
  readonly id: string;
  readonly since: number;
}

/** What the API reads. It writes nothing, and closes connections. */
export interface ApiSources extends LiveSources {
  readonly diagnostics: () => readonly ListedDiagnostic[];
  readonly providerHealth: () => readonly ProviderHealth[];
  /** Undefined: SPIFFE is off. */
  readonly identity: () => IdentityHealth | undefined;
  /** Who we are on Consul Connect, by provider; none where it is off. */
  readonly onConnect: () => ReadonlyMap<string, IdentityHealth>;
  readonly connections: Connections;
  readonly entryPoints: ReadonlyMap<string, EntryPointConfig>;
  readonly defaultTransport: DefaultTransportConfig;
  /** Type names of the configured providers: `Docker`, `Swarm`, `File`, `ConsulCatalog`. */
  readonly providers: readonly string[];
  readonly features: { readonly metrics: string; readonly accessLog: boolean };
  readonly version: string;
  readonly startDate: Date;
  /** `/` for none; never ends in a slash otherwise. */
  readonly basePath: string;
  /** Not ready when what a lost provider knows is older; ms, 0 for no limit. */
  readonly maxDiscoveryAge: number;
}

/** Lists of Traefik's other halves, which its dashboard polls (D26): always empty here. */
const EMPTY_LISTS: ReadonlySet<string> = new Set([
  'http/routers',
  'http/services',
  'http/middlewares',
  'udp/routers',
  'udp/services',
  'certificates',
]);

/** What DELETE is for (D41); with the ID of a connection. */
const CLOSABLE = /^connections(?:\/(\d+))?$/;

type Handler = (sources: ApiSources, query: URLSearchParams) => Answer | Promise<Answer>;

const DOCUMENTS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['rawdata', ({ runtime }) => jsonOf(rawdataText(runtime()))],
  ['overview', (sources) => json(overview(sources))],
  ['version', versionAnswer],
  ['live', (sources) => jsonOf(liveText(sources, health(sources)))],
  [
    'health',
    (sources) => {
      const state = health(sources);
      return { ...json(state), status: state['ready'] === true ? 200 : 503 };
    },
  ],
  [
    'diagnostics',
    ({ diagnostics }, query) =>
      listed(
        diagnostics().filter((finding) => found(query, searchable(finding))),
        query,
        diagnosticView,
      ),
  ],
  [
    'connections',
    ({ connections }, query) => {
      const open = connections.open().toSorted((a, b) => a.id - b.id);
      return listed(open, query, connectionView);
    },
  ],
  ['connections/count', ({ connections }) => json(connectionCounts(connections.open()))],
  [
    'entrypoints',
    ({ entryPoints }, query) => listed(byName([...entryPoints.values()]), query, entryPointView),
  ],
]);

/**
 * Answers one request below `/api`; undefined if the path is not the API's. `path` is as received,
 * and has no broken escapes.
 */
export function answerApi(
  sources: ApiSources,
  method: string,
  path: string,
  query: URLSearchParams,
  authorization = '',
): Answer | Promise<Answer> | undefined {
  const prefix = `${sources.basePath === '/' ? '' : sources.basePath}/api/`;
  if (!path.startsWith(prefix)) return undefined;
  const below = path.slice(prefix.length);
  const closing = method === 'DELETE' ? CLOSABLE.exec(below) : null;
  if (closing) return closeConnections(sources.connections, authorization, closing[1], query);
  const handler = handlerOf(below);
  if (handler === undefined) return notFound;
  return method === 'GET' || method === 'HEAD' ? handler(sources, query) : methodNotAllowed;
}

function handlerOf(path: string): Handler | undefined {
  if (EMPTY_LISTS.has(path)) return (_, query) => paged(page([], query, (none) => none));
  const kind = OBJECT_KINDS.get(path);
  if (kind) return (sources, query) => paged(kind.list(shown(sources), query));
  return DOCUMENTS.get(path) ?? oneOf(path);
}

/** API-5: a name is escaped once, so that a slash in it is none of the path. */
function oneOf(path: string): Handler | undefined {
  const end = path.lastIndexOf('/');
  const section = path.slice(0, Math.max(0, end));
  const name = unescape(path.slice(end + 1));
  if (name === '') return undefined;
  if (section === 'entrypoints') return oneEntryPoint(name);
  if (section === 'connections') return oneConnection(name);
  const kind = OBJECT_KINDS.get(section);
  return kind && oneObject(kind, name);
}

const shown = ({ runtime, defaultTransport }: ApiSources): Shown => ({
  runtime: runtime(),
  defaultTransport,
});

const oneObject =
  (kind: ObjectKind, name: string): Handler =>
  (sources) => {
    const view = kind.one(shown(sources), name);
    return view ? json(view) : failure(404, `${kind.singular} not found: ${name}`);
  };

const oneEntryPoint =
  (name: string): Handler =>
  ({ entryPoints }) => {
    const entryPoint = entryPoints.get(name);
    return entryPoint
      ? json(entryPointView(entryPoint))
      : failure(404, `entry point not found: ${name}`);
  };

const oneConnection =
  (id: string): Handler =>
  ({ connections }) => {
    const connection = connectionOf(connections, id);
    return connection ? json(connectionView(connection)) : noConnection(id);
  };

const listed = <T>(items: readonly T[], query: URLSearchParams, view: (item: T) => View): Answer =>
  paged(page(items, query, view));

function paged(cut: Page<View>): Answer {
  return cut.ok ? json(cut.items, { 'x-next-page': String(cut.next) }) : failure(400, cut.reason);
}

const byName = (entryPoints: readonly EntryPointConfig[]) =>
  entryPoints.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const searchable = ({ message, code, object, value, at }: ListedDiagnostic) => [
  message,
  code,
  object?.name,
  value,
  formatPlace(at),
];

/** D42. */
function diagnosticView(finding: ListedDiagnostic): View {
  return {
    id: finding.id,
    code: finding.code,
    severity: finding.severity,
    provider: finding.provider,
    object: finding.object && { kind: finding.object.kind, name: finding.object.name },
    at: finding.at,
    related: finding.related ?? [],
    message: finding.message,
    value: finding.value,
    fix: finding.fix,
    suggestions: finding.suggestions ?? [],
    since: new Date(finding.since).toISOString(),
  };
}

/** Unlike all else with a charset, and without a newline (8.4). */
function versionAnswer({ version, startDate }: ApiSources): Answer {
  const answer = json(
    { Version: version, Codename: 'sluice', startDate: startDate.toISOString() },
    { 'content-type': 'application/json; charset=UTF-8' },
  );
  return { ...answer, body: answer.body.trimEnd() };
}

function overview(sources: ApiSources): Json {
  const { routers, services, middlewares } = sources.runtime();
  const none = { total: 0, warnings: 0, errors: 0 };
  return {
    http: { routers: none, services: none, middlewares: none },
    tcp: {
      routers: counted(routers.values()),
      services: counted(services.values()),
      middlewares: counted(middlewares.values()),
    },
    udp: { routers: none, services: none },
    certificates: none,
    features: { tracing: '', ...sources.features },
    providers: sources.providers.length === 0 ? undefined : sources.providers,
  };
}

function counted(views: Iterable<{ readonly status: Status }>): Json {
  const count = { total: 0, warnings: 0, errors: 0 };
  for (const { status } of views) {
    count.total += 1;
    if (status === 'warning') count.warnings += 1;
    if (status === 'disabled') count.errors += 1;
  }
  return count;
}

/**
 * Every provider has delivered, and none that lost its source knows things older than the limit. A
 * source that answers and has nothing new to say makes nothing old.
 */
function ready({ providerHealth, maxDiscoveryAge, now }: ApiSources): boolean {
  return providerHealth().every(
    ({ delivered, confirmedAt = 0, failingSince }) =>
      delivered &&
      (failingSince === undefined ||
        maxDiscoveryAge <= 0 ||
        now() - confirmedAt <= maxDiscoveryAge),
  );
}

/** How old each provider's knowledge is (D13), and who we are. */
function health(sources: ApiSources): View {
  const now = sources.now();
  const providers = sources.providerHealth().map((provider) => ({
    name: provider.name,
    delivered: provider.delivered,
    lastSuccess: timeText(provider.lastSuccess),
    ageSeconds:
      provider.confirmedAt === undefined ? undefined : (now - provider.confirmedAt) / 1000,
    failingSince: timeText(provider.failingSince),
    error: provider.error,
  }));
  const spiffe = sources.identity();
  const connect = [...sources.onConnect()];
  return {
    ready: ready(sources),
    providers,
    spiffe: spiffe && identityView(spiffe),
    connect:
      connect.length === 0
        ? undefined
        : connect.map(([provider, state]) => ({ provider, ...identityView(state) })),
  };
}

const identityView = (state: IdentityHealth) => ({
  status: state.status,
  since: timeText(state.since),
  reason: state.reason,
  detail: state.detail,
  spiffeId: state.spiffeId,
  expiresAt: timeText(state.expiresAt),
});

const timeText = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms).toISOString();
