import { atOnce, type Steps } from '../async/slices.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedConfig } from '../config/merged.js';
import { withoutFiles, type Materials } from '../config/pem.js';
import type { DefaultTransportConfig } from '../config/static.js';
import type { RuleSyntax } from '../rule/matcher.js';
import type { Certificate } from '../tls/certificate.js';
import type { TlsIdentity } from '../tls/identity.js';
import type { PortOf } from './address.js';
import { compileCertificates, type Certificates } from './certificates.js';
import type { CheckedService } from './checked-service.js';
import { changesBetween } from './changes.js';
import { defaultEntryPoints, type EntryPointInfo } from './entry-points.js';
import type { OpenCounts } from './middleware/in-flight.js';
import {
  compileMiddleware,
  leftOverOf,
  type MiddlewareOutcome,
  type MiddlewareState,
} from './middlewares.js';
import type { RankedRoutes } from './rank.js';
import { References } from './references.js';
import { removeServers, type RemovedServers } from './removed-servers.js';
import type { EntryPoints } from './router-entry-points.js';
import { compileRouter, type RouterOutcome } from './routers.js';
import { neighbourFindings, rankRoutes } from './routes.js';
import type { RuntimeView } from './runtime.js';
import { runtimeOf } from './runtime-view.js';
import type { ServiceOutcome } from './service-outcome.js';
import { compileServices } from './services.js';
import type { Server } from './service.js';
import { sortedNames } from './sorted-names.js';
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
  readonly transportNames: readonly string[];
  readonly transportOutcomes: ReadonlyMap<string, TransportOutcome>;
  readonly defaultTls: DefaultTls;
  readonly services: ReadonlyMap<string, ServiceOutcome>;
  readonly removed: RemovedServers;
  readonly middlewares: ReadonlyMap<string, MiddlewareOutcome>;
  /** Of middlewares that are not configured any more. */
  readonly leftOver: ReadonlyMap<string, MiddlewareState>;
  readonly routers: ReadonlyMap<string, RouterOutcome>;
  readonly certificates: Certificates;
  readonly tlsOptions: ReadonlyMap<string, OptionsOutcome>;
  readonly serviceNames: readonly string[];
  readonly routerNames: readonly string[];
  readonly routes: ReadonlyMap<string, RankedRoutes>;
  readonly runtime: RuntimeView;
  readonly transports: TransportPool;
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
  const pool = new TransportPool(before?.transports);
  const serviceNames = sortedNames(before?.serviceNames ?? [], merged.services);
  const tlsContext = { materials, spiffe: options.spiffe, mayReuse };
  const transportOutcomes = yield* outcomes(
    sortedNames(before?.transportNames ?? [], merged.serversTransports),
    merged.serversTransports,
    before?.transportOutcomes,
    compileTransport,
    tlsContext,
  );
  const { defaultTransport } = options;
  const defaultTls = compileDefaultTls(defaultTransport, tlsContext, before?.defaultTls);
  const serviceReferences = new References('service', merged.services, merged.pending);
  const serviceContext = {
    services: serviceReferences,
    transports: new References('serversTransport', merged.serversTransports, merged.pending),
    transportOutcomes,
    defaultTransport,
    defaultTls,
    pool,
    portOf: options.portOf,
    connect: options.connect,
    removed: before?.removed ?? new Map(),
    mayReuse,
  };
  const services = yield* compileServices(
    serviceNames,
    merged.services,
    serviceContext,
    before?.services,
  );
  const certificates = compileCertificates(merged, materials, Date.now(), before?.certificates);
  const { store } = certificates;
  const tlsOptions = compileTlsOptions(
    merged,
    { materials, store, identity: options.tls },
    mayReuse ? before?.tlsOptions : undefined,
  );
  const leftOver = before?.leftOver ?? new Map<string, MiddlewareState>();
  const middlewares = yield* outcomes(
    [...merged.middlewares.keys()],
    merged.middlewares,
    before?.middlewares,
    compileMiddleware,
    { leftOver, mayReuse },
  );
  const routerNames = sortedNames(before?.routerNames ?? [], merged.routers);
  const routers = yield* outcomes(routerNames, merged.routers, before?.routers, compileRouter, {
    entryPoints: entryPointsOf(options),
    services: serviceReferences,
    outcomes: services,
    middlewareOutcomes: middlewares,
    middlewares: new References('middleware', merged.middlewares, merged.pending),
    tlsOptions: new References('tlsOptions', merged.tlsOptions, merged.pending),
    optionOutcomes: tlsOptions,
    certificates: store,
    defaultRuleSyntax: options.defaultRuleSyntax,
    precedenceOf: precedenceOf(options.precedence),
    mayReuse,
  });
  yield;
  const changes = changesBetween(before?.routers, routers);
  const routes = rankRoutes(routers, changes, before?.routes);
  yield;
  const runtime = runtimeOf({ merged, services, routers, tlsOptions, changes }, before);
  yield;
  const removed = removeServers(before?.services, serviceContext.removed, services);
  return {
    table: new RoutingTable(routes, checkedIn(services), removedIn(removed)),
    runtime,
    diagnostics: [
      ...defaultTls.diagnostics,
      ...findingsOf(transportOutcomes),
      ...findingsOf(services),
      ...findingsOf(routers),
      ...certificates.diagnostics,
      ...findingsOf(tlsOptions),
      ...neighbourFindings(routes, routers, options.entryPoints, options.builtIn),
    ],
    certificates: shownIn(certificates),
    inFlight: countedIn(middlewares),
    carried: {
      options,
      transportNames: [...transportOutcomes.keys()],
      transportOutcomes,
      defaultTls,
      services,
      removed,
      middlewares,
      leftOver: leftOverOf(before?.middlewares ?? new Map(), leftOver, middlewares),
      routers,
      certificates,
      tlsOptions,
      serviceNames,
      routerNames,
      routes,
      runtime,
      transports: pool,
    },
  };
}

/** In the order of names, so that the same input gives the same output whatever its order (D21). */
function* outcomes<In, Out, Context>(
  names: readonly string[],
  objects: ReadonlyMap<string, In>,
  before: ReadonlyMap<string, Out> | undefined,
  compileOne: (object: In, context: Context, previous: Out | undefined) => Out,
  context: Context,
): Steps<ReadonlyMap<string, Out>> {
  const found = new Map<string, Out>();
  for (const name of names) {
    const object = objects.get(name);
    if (object === undefined) continue;
    yield;
    found.set(name, compileOne(object, context, before?.get(name)));
  }
  return found;
}

function checkedIn(services: ReadonlyMap<string, ServiceOutcome>): readonly CheckedService[] {
  const found: CheckedService[] = [];
  for (const { checked } of services.values()) if (checked) found.push(checked);
  return found;
}

const shownIn = ({ outcomes: all, fallback }: Certificates): readonly Certificate[] =>
  [...all, fallback].flatMap((outcome) => outcome?.certificate ?? []);

function countedIn(
  middlewares: ReadonlyMap<string, MiddlewareOutcome>,
): ReadonlyMap<string, OpenCounts> {
  const found = new Map<string, OpenCounts>();
  for (const [name, { state }] of middlewares) if (state.open) found.set(name, state.open);
  return found;
}

const removedIn = (removed: RemovedServers): readonly Server[] =>
  [...removed.values()].flatMap((servers) => [...servers.values()]);

function findingsOf(
  outcomes: ReadonlyMap<string, { readonly diagnostics: readonly Diagnostic[] }>,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { diagnostics } of outcomes.values()) {
    for (const diagnostic of diagnostics) found.push(diagnostic);
  }
  return found;
}

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
