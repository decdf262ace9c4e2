import { atOnce, type Steps } from '../async/slices.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedConfig } from '../config/merged.js';
import { NameMap, type Change } from '../config/name-map.js';
import { withoutFiles, type Materials } from '../config/pem.js';
import type { DefaultTransportConfig } from '../config/static.js';
import type { RuleSyntax } from '../rule/matcher.js';
import type { Certificate } from '../tls/certificate.js';
import type { TlsIdentity } from '../tls/identity.js';
import type { PortOf } from './address.js';
import { compileCertificates, type Certificates } from './certificates.js';
import type { CheckedService } from './checked-service.js';
import { defaultEntryPoints, type EntryPointInfo } from './entry-points.js';
import type { OpenCounts } from './middleware/in-flight.js';
import {
  compileMiddleware,
  leftOverOf,
  type MiddlewareOutcome,
  type MiddlewareState,
} from './middlewares.js';
import { References } from './references.js';
import { removeServers, type RemovedServers } from './removed-servers.js';
import type { EntryPoints } from './router-entry-points.js';
import { ofMiddleware, ofOptions, ofService } from './router-links.js';
import { compileRouter, ROUTERS, type RouterOutcome } from './routers.js';
import { neighbourFindings, rankRoutes, type RankedRoutes } from './routes.js';
import type { RuntimeView } from './runtime.js';
import { runtimeOf, type Views } from './runtime-view.js';
import type { Server } from './service.js';
import { compileServices, type Services } from './services.js';
import { selected, stageOf, type Advance, type Stage, type StageKind } from './stage.js';
import { RoutingTable } from './table.js';
import { compileTlsOptions, type OptionsOutcome } from './tls-options.js';
import { TransportPool } from './transport-pool.js';
import {
  compileDefaultTls,
  compileTransport,
  type ConnectTlsFor,
  type DefaultTls,
  type SpiffeTlsFor,
  type TransportOutcome,
} from './transport-tls.js';

/** What stays the same while the program runs: pass the same object each time. */
export interface CompileOptions {
  readonly entryPoints: readonly EntryPointInfo[];
  /** Providers, strongest first (CFG-21). */
  readonly precedence: readonly string[];
  readonly defaultTransport: DefaultTransportConfig;
  /** Of routers that do not say it. */
  readonly defaultRuleSyntax: RuleSyntax;
  /** Entry points where API, ping or metrics answer what no router takes (D26). */
  readonly builtIn: ReadonlySet<string>;
  readonly portOf: PortOf;
  /** Undefined: SPIFFE is off. */
  readonly spiffe: SpiffeTlsFor | undefined;
  readonly connect: ConnectTlsFor;
  readonly tls: TlsIdentity;
}

/** One generation: what connections see, what the API shows, and what the next one takes over. */
export interface Compiled {
  readonly table: RoutingTable;
  readonly runtime: RuntimeView;
  /** Found here; those of the merged configuration are not repeated. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those that clients may be shown, the default one last. */
  readonly certificates: readonly Certificate[];
  /** By middleware; live. */
  readonly inFlight: ReadonlyMap<string, OpenCounts>;
  readonly carried: Carried;
}

/** Never holds a table, so that an old one is garbage once its last session has chosen a route. */
interface Carried {
  readonly options: CompileOptions;
  readonly materials: Materials;
  readonly merged: MergedConfig;
  readonly pool: TransportPool;
  readonly transports: Stage<TransportOutcome>;
  readonly defaultTls: DefaultTls;
  readonly services: Services;
  readonly checked: NameMap<CheckedService>;
  readonly removed: RemovedServers;
  readonly middlewares: Stage<MiddlewareOutcome>;
  readonly inFlight: NameMap<OpenCounts>;
  /** Of middlewares that are not configured any more. */
  readonly leftOver: ReadonlyMap<string, MiddlewareState>;
  readonly certificates: Certificates;
  readonly tlsOptions: ReadonlyMap<string, OptionsOutcome>;
  readonly routers: Stage<RouterOutcome>;
  readonly routes: ReadonlyMap<string, RankedRoutes>;
  readonly views: Views;
}

/**
 * Makes the merged configuration something that a connection can use. Pure, apart from the servers'
 * state, which goes from `previous` to the result (D19). Costs what changed: what is made of objects
 * that are the same as before is taken over.
 */
export const compile = (...args: Parameters<typeof compiling>): Compiled =>
  atOnce(compiling(...args));

/**
 * `compile` in steps: thousands of objects at once would hold up the event loop. Nothing happens
 * between its last step and its result: what is over then is over when the result comes into force.
 */
export function* compiling(
  merged: MergedConfig,
  options: CompileOptions,
  previous: Compiled | undefined,
  /** Of all that `merged` and the options name. */
  materials: Materials = withoutFiles(),
): Steps<Compiled> {
  const before = previous?.carried;
  const mayReuse = before?.options === options;
  // Whether a reference is unknown or not known yet hangs on who has delivered (D7).
  const isSameWait = before !== undefined && isSameSet(before.merged.pending, merged.pending);
  const tlsContext = { materials, spiffe: options.spiffe, mayReuse };
  const transports = yield* stageOf(
    {
      before: before?.transports,
      objects: merged.serversTransports,
      changed: yield* changesOf(merged.serversTransports, before?.merged.serversTransports),
      everything: !mayReuse || before?.materials !== materials,
      references: [],
    },
    TRANSPORTS,
    (transport, was) => compileTransport(transport, tlsContext, was),
  );
  const { defaultTransport } = options;
  const defaultTls = compileDefaultTls(defaultTransport, tlsContext, before?.defaultTls);
  const pool = before?.pool ?? new TransportPool();
  const serviceReferences = new References('service', merged.services, merged.pending);
  const serviceContext = {
    services: serviceReferences,
    transports: new References('serversTransport', merged.serversTransports, merged.pending),
    transportOutcomes: transports.stage.outcomes,
    defaultTransport,
    defaultTls,
    pool,
    portOf: options.portOf,
    connect: options.connect,
    removed: before?.removed ?? new Map(),
    mayReuse,
  };
  const services = yield* compileServices(
    {
      before: before?.services,
      objects: merged.services,
      changed: yield* changesOf(merged.services, before?.merged.services),
      everything: !mayReuse || !isSameWait || before.defaultTls !== defaultTls,
      references: namesOf(transports.changes),
    },
    serviceContext,
  );
  const certificates = compileCertificates(merged, materials, Date.now(), before?.certificates);
  const { store } = certificates;
  const tlsOptions = compileTlsOptions(
    merged,
    { materials, store, identity: options.tls },
    mayReuse ? before?.tlsOptions : undefined,
  );
  const changedOptions = differentIn(before?.tlsOptions ?? new Map(), tlsOptions);
  const leftOver = before?.leftOver ?? new Map<string, MiddlewareState>();
  const middlewares = yield* stageOf(
    {
      before: before?.middlewares,
      objects: merged.middlewares,
      changed: yield* changesOf(merged.middlewares, before?.merged.middlewares),
      everything: !mayReuse,
      references: [],
    },
    MIDDLEWARES,
    (middleware, was) => compileMiddleware(middleware, { leftOver, mayReuse }, was),
  );
  const routerContext = {
    entryPoints: entryPointsOf(options),
    services: serviceReferences,
    outcomes: services.stage.outcomes,
    middlewareOutcomes: middlewares.stage.outcomes,
    middlewares: new References('middleware', merged.middlewares, merged.pending),
    tlsOptions: new References('tlsOptions', merged.tlsOptions, merged.pending),
    optionOutcomes: tlsOptions,
    certificates: store,
    defaultRuleSyntax: options.defaultRuleSyntax,
    precedenceOf: precedenceOf(options.precedence),
    mayReuse,
  };
  const routers = yield* stageOf(
    {
      before: before?.routers,
      objects: merged.routers,
      changed: yield* changesOf(merged.routers, before?.merged.routers),
      everything: !mayReuse || !isSameWait,
      references: [
        ...namesOf(services.changes).map(ofService),
        ...namesOf(middlewares.changes).map(ofMiddleware),
        ...changedOptions.map(ofOptions),
      ],
    },
    ROUTERS,
    (router, was) => compileRouter(router, routerContext, was),
  );
  yield;
  const routes = yield* rankRoutes(routers.changes, before?.routes);
  yield;
  const { nested } = services.stage;
  const generation = { merged, services, nested, middlewares, routers, tlsOptions, changedOptions };
  const views = yield* runtimeOf(generation, before?.views);
  const checked = yield* selected(before?.checked, services.changes, (outcome) => outcome.checked);
  const inFlight = yield* selected(
    before?.inFlight,
    middlewares.changes,
    ({ state }) => state.open,
  );
  yield;
  const removed = removeServers(services.changes, serviceContext.removed, services.stage.outcomes);
  return {
    table: new RoutingTable(routes, [...checked.values()], removedIn(removed)),
    runtime: views.runtime,
    diagnostics: [
      ...defaultTls.diagnostics,
      ...findingsOf(transports),
      ...findingsOf(services),
      ...findingsOf(routers),
      ...certificates.diagnostics,
      ...[...tlsOptions.values()].flatMap(({ diagnostics }) => diagnostics),
      ...neighbourFindings(routes, routers.stage.outcomes, options.entryPoints, options.builtIn),
    ],
    certificates: shownIn(certificates),
    inFlight,
    carried: {
      options,
      materials,
      merged,
      pool,
      transports: transports.stage,
      defaultTls,
      services: services.stage,
      checked,
      removed,
      middlewares: middlewares.stage,
      inFlight,
      leftOver: leftOverOf(middlewares.changes, leftOver, middlewares.stage.outcomes),
      certificates,
      tlsOptions,
      routers: routers.stage,
      routes,
      views,
    },
  };
}

/** Transports and middlewares refer to nothing. */
const TRANSPORTS: StageKind<TransportOutcome> = {
  refersTo: () => [],
  isRestless: () => false,
  findings: ({ diagnostics }) => diagnostics,
};

const MIDDLEWARES: StageKind<MiddlewareOutcome> = {
  refersTo: () => [],
  isRestless: () => false,
  findings: () => [],
};

const changesOf = <T>(now: NameMap<T>, before: NameMap<T> = NameMap.of()) =>
  now.changesSince(before);

const namesOf = (changes: readonly Change<unknown>[]) => changes.map(({ name }) => name);

function differentIn(
  before: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): readonly string[] {
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => before.get(name) !== now.get(name));
}

const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((one) => b.has(one));

const shownIn = ({ outcomes: all, fallback }: Certificates): readonly Certificate[] =>
  [...all, fallback].flatMap((outcome) => outcome?.certificate ?? []);

const removedIn = (removed: RemovedServers): readonly Server[] =>
  [...removed.values()].flatMap((servers) => [...servers.values()]);

const findingsOf = ({ stage }: Advance<unknown>): readonly Diagnostic[] =>
  [...stage.findings.values()].flat();

function entryPointsOf({ entryPoints }: CompileOptions): EntryPoints {
  return {
    byName: new Map(entryPoints.map((entryPoint) => [entryPoint.name, entryPoint])),
    defaults: defaultEntryPoints(entryPoints),
  };
}

/** A provider that is not listed is the weakest (1.5). One of several, `docker-nas`, is as its kind. */
function precedenceOf(strongestFirst: readonly string[]): (provider: string) => number {
  const places = new Map(strongestFirst.map((provider, place) => [provider, place]));
  return (provider) => places.get(provider.split('-', 1)[0] ?? '') ?? strongestFirst.length;
}
