import { formatDuration } from '../config/decode/values.js';
import { DEFAULT_INTERVAL, DEFAULT_TIMEOUT } from '../config/health-check.js';
import type {
  HealthCheckConfig,
  LoadBalancerConfig,
  MiddlewareConfig,
  RouterConfig,
  ServiceConfig,
} from '../config/model.js';
import type { MiddlewareView, RouterView, ServiceView } from '../routing/runtime.js';
import type { Json } from './json.js';
import { duration, list, set, text, type View } from './members.js';

/** A router without `name`, `provider` and `priorityStr`, as `/api/rawdata` shows it. */
export function routerView(view: RouterView): View {
  const { config } = view.merged;
  return {
    entryPoints: list(view.entryPoints),
    middlewares: list(view.middlewares),
    service: text(config.service),
    rule: text(config.rule),
    ruleSyntax: text(config.ruleSyntax),
    priority: set(view.priority),
    tls: config.tls && routerTlsView(config.tls),
    error: list(view.errors),
    status: view.status,
    using: list(view.using),
  };
}

function routerTlsView(tls: NonNullable<RouterConfig['tls']>): Json {
  const domains = tls.domains?.map(({ main, sans }) => ({ main: text(main), sans: list(sans) }));
  return {
    passthrough: tls.passthrough ?? false,
    options: text(tls.options),
    certResolver: text(tls.certResolver),
    domains: domains === undefined || domains.length === 0 ? undefined : domains,
  };
}

/** A service without `name`, `provider` and `type`. */
export function serviceView(view: ServiceView): View {
  const { config } = view.merged;
  const status = view.serverStatus?.();
  return {
    loadBalancer: config.loadBalancer && loadBalancerView(config.loadBalancer, view),
    weighted: config.weighted && weightedView(config.weighted),
    error: list(view.errors),
    status: view.status,
    usedBy: list(view.usedBy),
    serverStatus:
      status === undefined || status.size === 0 ? undefined : Object.fromEntries(status),
  };
}

function loadBalancerView(config: LoadBalancerConfig, view: ServiceView): Json {
  const servers = view.merged.servers.map(({ server }) => ({
    address: text(server.address),
    tls: set(server.tls),
    weight: server.weight,
    backup: set(server.backup),
    maxConnections: set(server.maxConnections),
    connect: server.connect && { ...server.connect },
  }));
  const resolved = view.isReached ? view.transportName : undefined;
  return {
    servers: servers.length === 0 ? undefined : servers,
    // Qualified once a router gets as far as the service (8.2).
    serversTransport: resolved ?? text(config.serversTransport),
    // Traefik shows no zero.
    proxyProtocol: config.proxyProtocol && {
      version: config.proxyProtocol.version === 0 ? undefined : (config.proxyProtocol.version ?? 2),
    },
    terminationDelay: config.terminationDelay,
    healthCheck: config.healthCheck && healthCheckView(config.healthCheck),
    strategy: config.strategy,
    passiveHealthCheck: config.passiveHealthCheck && {
      failureWindow: duration(config.passiveHealthCheck.failureWindow),
      maxFailedAttempts: config.passiveHealthCheck.maxFailedAttempts,
    },
    drain: keepOrDuration(config.drain),
    drainOnUnhealthy: keepOrDuration(config.drainOnUnhealthy),
    idleTimeout: duration(config.idleTimeout),
    maxDuration: duration(config.maxDuration),
  };
}

const keepOrDuration = (value: number | 'keep' | undefined) =>
  typeof value === 'number' ? formatDuration(value) : value;

function healthCheckView(config: HealthCheckConfig): Json {
  const { port, send, expect, interval, unhealthyInterval, timeout, ...ours } = config;
  return {
    port: set(port),
    send: text(send),
    expect: text(expect),
    interval: duration(interval ?? DEFAULT_INTERVAL),
    unhealthyInterval: duration(unhealthyInterval),
    timeout: duration(timeout ?? DEFAULT_TIMEOUT),
    ...ours,
  };
}

function weightedView(config: NonNullable<ServiceConfig['weighted']>): Json {
  const services = config.services?.map(({ name, weight }) => ({
    name: text(name),
    weight: weight ?? 1,
  }));
  return {
    services: services?.length === 0 ? undefined : services,
    healthCheck: config.healthCheck && {},
  };
}

/** A middleware without `name`, `provider` and `type`. */
export function middlewareView(view: MiddlewareView): View {
  const { config } = view.merged;
  return {
    inFlightConn: config.inFlightConn && { amount: set(config.inFlightConn.amount) },
    ipWhiteList: config.ipWhiteList && { sourceRange: list(config.ipWhiteList.sourceRange) },
    ipAllowList: config.ipAllowList && { sourceRange: list(config.ipAllowList.sourceRange) },
    ipDenyList: config.ipDenyList && { sourceRange: list(config.ipDenyList.sourceRange) },
    rateLimit: config.rateLimit && {
      average: config.rateLimit.average,
      period: duration(config.rateLimit.period),
      burst: config.rateLimit.burst,
    },
    error: list(view.errors),
    status: view.status,
    usedBy: list(view.usedBy),
  };
}

/** The kind of a service as the API calls it; undefined without a kind. */
export function serviceType(config: ServiceConfig): string | undefined {
  if (config.loadBalancer) return 'loadbalancer';
  return config.weighted && 'weighted';
}

const MIDDLEWARE_KINDS = [
  'inFlightConn',
  'ipWhiteList',
  'ipAllowList',
  'ipDenyList',
  'rateLimit',
] as const;

/** The kind of a middleware as the API calls it; with several the first (DYN-5). */
export function middlewareType(config: MiddlewareConfig): string | undefined {
  return MIDDLEWARE_KINDS.find((kind) => config[kind] !== undefined)?.toLowerCase();
}
