import { setMaxListeners } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { builtInServer, type BuiltIn, type PingSource } from './api/server.js';
import type { ApiSources } from './api/api.js';
import { pageAt } from './api/page.js';
import { Deadlines } from './async/deadlines.js';
import { inSlices } from './async/slices.js';
import { packageVersion } from './cli/version.js';
import { servicePort } from './config/decode/service-names.js';
import type { Diagnostic } from './config/diagnostic.js';
import type { StaticConfig } from './config/static.js';
import { configuredConnect } from './connect.js';
import { PemFiles } from './control/pem-files.js';
import { pemValuesOf } from './control/pem-values.js';
import { Reload } from './control/reload.js';
import { retainCounts } from './control/retain-counts.js';
import { supervise } from './control/supervise.js';
import { startDiscovery } from './discovery.js';
import { openConnections } from './proxy/open-connections.js';
import { descriptorLimit } from './proxy/descriptors.js';
import { Proxy, type ListenError } from './proxy/proxy.js';
import { compiling, type Compiled, type CompileOptions } from './routing/compile.js';
import { isInAnyRange, parseIpRange } from './rule/ip-range.js';
import { EMPTY_RUNTIME, type RuntimeView } from './routing/runtime.js';
import { configuredSpiffe } from './spiffe.js';
import type { AccessLog } from './telemetry/access-log.js';
import { Counters } from './telemetry/counters.js';
import type { Logger } from './telemetry/log.js';
import { metricsText, type MetricsOptions, type MetricsSources } from './telemetry/metrics.js';
import { watchProcess } from './telemetry/process-figures.js';
import { newIdentity } from './tls/identity.js';

/** The first table waits this long for providers that have not delivered (D48). */
const FIRST_TABLE_MS = 2_000;

/** The monotonic clock, in ms. */
const elapsed = () => performance.now();

/** How late it may be said that a certificate has ended. */
const RECHECK_MS = 3_600_000;

/** The running program, as signals see it. */
export interface Running {
  /** Drains and ends (CFG-29). Resolves when all is closed. */
  stop(): Promise<void>;
  /** Cuts what still drains (D48). */
  cut(): void;
  /** Reads the files again. */
  refresh(): void;
}

/** Puts everything together and starts it; or says which ports cannot be had. */
export async function run(
  config: StaticConfig,
  findings: readonly Diagnostic[],
  log: Logger,
  accessLog?: AccessLog,
): Promise<Running | readonly ListenError[]> {
  const life = new AbortController();
  const { signal } = life;
  // Each question that is under way to a source listens to it.
  setMaxListeners(0, signal);
  const discovery = startDiscovery(config);
  const { configured } = discovery;
  const counters = new Counters();
  const timers = new Deadlines();
  let isStopping = false;
  let compiled: Compiled | undefined;

  const pemFiles = new PemFiles({
    changed: (files) => {
      log.info({ files }, 'files that the configuration names have changed');
      reload.materialsChanged();
    },
    signal,
  });
  const ofStatic = config.tcpServersTransport.tls?.rootCAs ?? [];
  const reload: Reload<Compiled> = new Reload<Compiled>({
    providers: new Map(configured.map(({ provider, endpoint }) => [provider.name, endpoint])),
    standing: () => [...findings, ...(spiffe?.findings() ?? []), ...connect.findings()],
    throttleDuration: config.providers.providersThrottleDuration,
    materials: (merged) => pemFiles.of(pemValuesOf(merged, ofStatic)),
    compile: (merged, materials, previous) =>
      compiling(merged, compileOptions, previous, materials),
    apply: (next) => {
      compiled = next;
      proxy.apply(next.table);
      retainCounts(counters, next.runtime);
    },
    log,
    now: Date.now,
    signal,
  });

  const spiffe = configuredSpiffe(config.spiffe, log, () => reload.standingChanged());
  const { consulCatalog } = config.providers;
  const connect = configuredConnect(consulCatalog, log, () => reload.standingChanged());
  const counted = {
    counters,
    open: () => proxy.sessions.all(),
  };
  const listening = [...config.entryPoints.values()]
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ name }) => name);
  const api: ApiSources = {
    ...counted,
    listening,
    revisions: () => ({
      configuration: reload.stats().swaps,
      findings: reload.diagnostics.changes(),
    }),
    runtime: () => compiled?.runtime ?? EMPTY_RUNTIME,
    diagnostics: () => reload.diagnostics.list(),
    providerHealth: () =>
      reload.states().map((state) => ({ ...state, delivered: state.snapshot !== undefined })),
    identity: () => spiffe?.source.state(),
    onConnect: connect.states,
    connections: {
      open: () => openConnections(proxy.sessions, timers.now()),
      token: config.api?.token ?? '',
    },
    entryPoints: config.entryPoints,
    defaultTransport: config.tcpServersTransport,
    providers: [...new Set(configured.map(({ type }) => type))],
    features: {
      metrics: config.metrics?.prometheus === undefined ? '' : 'Prometheus',
      accessLog: config.accessLog !== undefined,
    },
    version: packageVersion(),
    startDate: new Date(),
    basePath: config.api?.basePath ?? '/',
    maxDiscoveryAge: config.api?.maxDiscoveryAge ?? 0,
    now: elapsed,
  };
  const figures = (process: MetricsSources['process']): MetricsSources => ({
    process,
    ...counted,
    entryPoints: listening,
    reloads: () => reload.stats(),
    providers: () => reload.states(),
    diagnostics: () => reload.diagnostics.list(),
    identity: () => spiffe?.source.state(),
    certificates: () => compiled?.certificates ?? [],
    inFlight: () =>
      new Map(Array.from(compiled?.inFlight ?? [], ([name, { total }]) => [name, total])),
    onConnect: connect.states,
    serverStatus: () => serverStatusOf(compiled?.runtime ?? EMPTY_RUNTIME),
  });
  const builtIn = builtInServers(config, {
    api,
    metrics(options) {
      const sources = figures(watchProcess(packageVersion(), descriptorLimit()));
      return () => {
        // What has ended since its object left would be told for ever.
        if (compiled) retainCounts(counters, compiled.runtime);
        return inSlices(metricsText(sources, options));
      };
    },
    terminating: () => isStopping,
    crashed: (err, path) => log.error({ err, path }, 'a request to the API could not be answered'),
  });
  const compileOptions: CompileOptions = {
    entryPoints: [...config.entryPoints.values()],
    precedence: config.providers.precedence,
    defaultTransport: config.tcpServersTransport,
    defaultRuleSyntax: config.defaultRuleSyntax,
    builtIn: new Set(builtIn.keys()),
    portOf: servicePort,
    spiffe: spiffe?.tls,
    connect: connect.tls,
    tls: newIdentity(),
  };
  const proxy = new Proxy({
    entryPoints: config.entryPoints,
    builtIn,
    timers,
    counters,
    log,
    accessLog,
    descriptorLimit: descriptorLimit(),
    believes: believers(config.entryPoints),
  });

  const errors = await proxy.listen();
  if (errors.length > 0) {
    proxy.cut();
    await Promise.all([proxy.stop(), discovery.stop()]);
    return errors;
  }
  const following = [spiffe?.source.run(signal), connect.run(signal)];
  const supervised = configured.map(async ({ provider, endpoint }) => {
    await connect.settled(provider.name);
    await supervise(provider, {
      endpoint,
      log,
      now: Date.now,
      elapsed,
      signal,
      changed: (state) => reload.changed(state),
    });
  });
  void reload.ready.then(() => discovery.giveWay());
  const rechecking = setInterval(() => reload.recheck(), RECHECK_MS);
  const waited = setTimeout(() => reload.open(), configured.length === 0 ? 0 : FIRST_TABLE_MS);

  return {
    async stop() {
      isStopping = true;
      clearTimeout(waited);
      clearInterval(rechecking);
      const cut = await proxy.stop();
      life.abort();
      for (const server of builtIn.values()) server.closeAllConnections();
      await Promise.all([...supervised, ...following]);
      await discovery.stop();
      await reload.said();
      log.info({ cut }, 'stopped');
    },
    cut: () => proxy.cut(),
    refresh() {
      for (const { provider } of configured) provider.refresh?.();
      pemFiles.refresh();
    },
  };
}

/** Entry points with PROXY protocol, and whose headers they believe (data-plane facts 2.2). */
function believers(
  entryPoints: StaticConfig['entryPoints'],
): ReadonlyMap<string, (address: string) => boolean> {
  const found = new Map<string, (address: string) => boolean>();
  for (const [name, { proxyProtocol }] of entryPoints) {
    if (proxyProtocol === undefined) continue;
    const ranges = proxyProtocol.trustedIPs.flatMap((text) => parseIpRange(text) ?? []);
    found.set(name, (address) => proxyProtocol.insecure || isInAnyRange(ranges, address));
  }
  return found;
}

function serverStatusOf({ services }: RuntimeView): ReturnType<MetricsSources['serverStatus']> {
  return new Map(
    [...services].flatMap(([name, { serverStatus }]) =>
      serverStatus ? [[name, serverStatus()] as const] : [],
    ),
  );
}

interface BuiltInSources extends Pick<PingSource, 'terminating'>, Pick<BuiltIn, 'crashed'> {
  readonly api: ApiSources;
  /** Called once where metrics are served; its result at each scrape. */
  readonly metrics: (options: MetricsOptions) => NonNullable<BuiltIn['metrics']>;
}

/** The built-in HTTP servers: API and page with `api.insecure` on `traefik`, ping and metrics where they are told to be. */
function builtInServers(
  config: StaticConfig,
  { api, metrics, terminating, crashed }: BuiltInSources,
): ReadonlyMap<string, HttpServer> {
  const { ping } = config;
  const prometheus = config.metrics?.prometheus;
  const names = new Set<string>();
  const hasApi = config.api?.insecure === true;
  if (hasApi) names.add('traefik');
  if (ping && !ping.manualRouting) names.add(ping.entryPoint);
  if (prometheus && !prometheus.manualRouting) names.add(prometheus.entryPoint);
  return new Map(
    [...names].map((name) => [
      name,
      builtInServer({
        api: hasApi && name === 'traefik' ? api : undefined,
        page:
          hasApi && name === 'traefik' && config.api.dashboard ? pageAt(api.basePath) : undefined,
        ping:
          ping && !ping.manualRouting && ping.entryPoint === name
            ? { terminating, terminatingStatusCode: ping.terminatingStatusCode }
            : undefined,
        metrics:
          prometheus && !prometheus.manualRouting && prometheus.entryPoint === name
            ? metrics(prometheus)
            : undefined,
        crashed,
      }),
    ]),
  );
}
