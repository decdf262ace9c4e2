import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic, Place, Finding } from '../diagnostic.js';
import type {
  MiddlewareConfig,
  RouterConfig,
  ServersTransportConfig,
  ServiceConfig,
} from '../model.js';
import { spiffeFindings, type WrittenSpiffe } from '../spiffe-section.js';
import { healthCheckFindings } from './health-check.js';
import { servicePort } from './service-names.js';
import { formatDuration } from './values.js';
import { cut, report, type Reading } from './reading.js';

export interface CheckContext {
  readonly reading: Reading;
  /** Where the object begins. */
  readonly at: Place;
}

/** What one object must fulfil beyond the types of its fields. Runs on objects without an error. */
export type Check<T> = (config: T, context: CheckContext) => void;

function say(
  { reading, at }: CheckContext,
  path: string,
  finding: Omit<Finding, 'at' | 'severity'> & Partial<Pick<Finding, 'severity'>>,
): void {
  report(reading, { severity: 'error', at: reading.places.get(path) ?? at, ...finding });
}

/** DYN-40: a router without a rule is no router; TCP has no default rule (DKR-22). */
export const checkRouter: Check<RouterConfig> = (config, context) => {
  if (config.rule !== undefined && config.rule.trim() !== '') return;
  say(context, 'rule', {
    code: 'missing',
    message: 'the router has no rule, and TCP has no default rule',
    fix: 'write rule=HostSNI(`*`)',
  });
};

const isPort = (text: string) =>
  /^\d{1,5}$/.test(text) ? Number(text) <= 65_535 : servicePort(text) !== undefined;

export const checkService: Check<ServiceConfig> = (config, context) => {
  const { loadBalancer, weighted } = config;
  if (loadBalancer && weighted) {
    say(context, 'weighted', {
      code: 'conflict',
      message: 'a service is either a loadBalancer or weighted, not both',
      fix: 'give each a service of its own',
    });
  }
  const unread = context.reading.places.get('weighted');
  if (!loadBalancer && !weighted && unread) leaveNothing(unread, context.reading.diagnostics);
  else if (!loadBalancer && !weighted) {
    say(context, '', {
      code: 'missing',
      message: 'the service is neither a loadBalancer nor weighted',
      fix: 'write loadBalancer with its servers below the service',
    });
  }
  loadBalancer?.servers?.forEach((server, index) => {
    if (server.port === undefined || server.port === '' || isPort(server.port)) return;
    say(context, `loadBalancer.servers[${index}].port`, {
      code: 'bad-value',
      message: `"${cut(server.port)}" is not a port`,
      value: cut(server.port),
      fix: 'write a number from 1 to 65535, or a name of /etc/services',
    });
  });
  const { version } = loadBalancer?.proxyProtocol ?? {};
  // 0 is a number like another until the service is built, as in Traefik.
  if (version !== 0) checkVersion(version, 'loadBalancer.proxyProtocol.version', context);
  const { healthCheck } = loadBalancer ?? {};
  for (const { key, ...finding } of healthCheck ? healthCheckFindings(healthCheck) : []) {
    say(context, `loadBalancer.healthCheck.${key}`, finding);
  }
  const { failureWindow = 1 } = loadBalancer?.passiveHealthCheck ?? {};
  if (failureWindow <= 0) {
    say(context, 'loadBalancer.passiveHealthCheck.failureWindow', {
      code: 'bad-value',
      message: 'no two failures lie within such a failureWindow',
      value: String(failureWindow),
      fix: 'write a duration such as 10s',
    });
  }
  for (const key of ['drain', 'drainOnUnhealthy', 'idleTimeout', 'maxDuration'] as const) {
    const time = loadBalancer?.[key];
    if (typeof time !== 'number' || time >= 0) continue;
    const isDrain = key === 'drain' || key === 'drainOnUnhealthy';
    say(context, `loadBalancer.${key}`, {
      code: 'bad-value',
      message: `a ${key} below 0 means nothing`,
      value: formatDuration(time),
      fix: isDrain
        ? 'write keep, or a duration such as 30s'
        : 'write 0 for none, or a duration such as 1h',
    });
  }
  weighted?.services?.forEach(({ weight = 1 }, index) => {
    if (weight >= 0) return;
    say(context, `weighted.services[${index}].weight`, {
      code: 'bad-value',
      message: `a weight of ${weight} means nothing`,
      value: String(weight),
      fix: 'write 0 for none, or a number above it',
    });
  });
};

/** Of a service that says nothing else, the finding about `weighted` in a label is the error (LBL-14). */
function leaveNothing(at: Place, diagnostics: Diagnostic[]): void {
  const index = diagnostics.findIndex((one) => one.code === 'ignored' && one.at === at);
  const found = diagnostics[index];
  if (found) diagnostics[index] = { ...found, severity: 'error' };
}

/** DYN-22. */
function checkVersion(version: number | undefined, path: string, context: CheckContext): void {
  if (version === undefined || version === 1 || version === 2) return;
  say(context, path, {
    code: 'unknown-value',
    message: `there is no PROXY protocol version ${version}`,
    value: String(version),
    fix: 'write 1 or 2',
    suggestions: ['1', '2'],
  });
}

const IP_KINDS = ['ipAllowList', 'ipWhiteList', 'ipDenyList'] as const;

export const checkMiddleware: Check<MiddlewareConfig> = (config, context) => {
  const kinds = Object.keys(config);
  const { amount = 0n } = config.inFlightConn ?? {};
  if (amount < 0n) {
    say(context, 'inFlightConn.amount', {
      code: 'bad-value',
      severity: 'warning',
      message: `there cannot be ${amount} connections: nobody gets in`,
      value: String(amount),
      fix: 'write 0 for nobody, or how many connections of one source there may be',
    });
  }
  if (kinds.length === 0) {
    // Harmless as long as no router names it; one that does is not served (DYN-4).
    say(context, '', {
      code: 'missing',
      severity: 'warning',
      message: 'the middleware is of no kind, and cannot be used',
      fix: 'write ipAllowList, ipDenyList, inFlightConn or rateLimit below it',
    });
  }
  if (kinds.length > 1) {
    say(context, kinds[1] ?? '', {
      code: 'conflict',
      message: `a middleware is of one kind, and this one is ${kinds.join(' and ')}`,
      fix: 'give each kind a middleware of its own, and list them on the router',
    });
  }
  if (config.rateLimit) checkRate(config.rateLimit, context);
  for (const kind of IP_KINDS) {
    const section = config[kind];
    if (section) checkRanges(section.sourceRange ?? [], `${kind}.sourceRange`, context);
  }
};

function checkRate(
  { average, period, burst }: NonNullable<MiddlewareConfig['rateLimit']>,
  context: CheckContext,
): void {
  if (average === undefined) {
    say(context, 'rateLimit', {
      code: 'missing',
      message: 'rateLimit says no average',
      fix: 'write average: how many new connections of one source there may be in a period',
    });
  }
  const atLeast = (key: string, value: number | undefined, isEnough: boolean, fix: string) => {
    if (value === undefined || isEnough) return;
    say(context, `rateLimit.${key}`, {
      code: 'bad-value',
      message: `nobody would get in with ${key} ${value}`,
      value: String(value),
      fix,
    });
  };
  atLeast('average', average, (average ?? 0) > 0, 'write a number above 0');
  atLeast('period', period, (period ?? 0) > 0, 'write a duration such as 1s or 1m');
  atLeast('burst', burst, (burst ?? 0) >= 1, 'write 1 or more');
}

function checkRanges(ranges: readonly string[], path: string, context: CheckContext): void {
  if (ranges.length === 0) {
    say(context, path, {
      code: 'missing',
      message: 'sourceRange holds no address',
      fix: 'write addresses or prefixes such as 10.0.0.0/8',
    });
  }
  for (const range of ranges) {
    if (isAddressOrPrefix(range)) continue;
    say(context, path, {
      code: 'bad-value',
      message: `"${cut(range)}" is neither an IP address nor a prefix`,
      value: cut(range),
      fix: 'write addresses or prefixes such as 10.0.0.0/8',
    });
  }
}

/** An IP address, or one with a prefix length (data-plane 1.4). */
export function isAddressOrPrefix(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

export const checkTransport: Check<ServersTransportConfig> = (config, context) => {
  checkVersion(config.proxyProtocol?.version, 'proxyProtocol.version', context);
  const { spiffe, tls, dialTimeout = 0 } = config;
  if (dialTimeout < 0) {
    say(context, 'dialTimeout', {
      code: 'bad-value',
      severity: 'warning',
      message: 'with a dialTimeout below 0 every dial fails at once',
      value: formatDuration(dialTimeout),
      fix: 'write 0 for no limit, or a duration such as 30s',
    });
  }
  if (spiffe) checkSpiffe(spiffe, 'spiffe', context);
  if (tls?.spiffe) checkSpiffe(tls.spiffe, 'tls.spiffe', context);
  if (spiffe && tls?.spiffe && !isDeepStrictEqual(spiffe, tls.spiffe)) {
    say(context, 'tls.spiffe', {
      code: 'conflict',
      message: 'spiffe and tls.spiffe say different things',
      fix: 'write one of them',
    });
  }
  if (!(spiffe ?? tls?.spiffe) || !tls) return;
  for (const key of ['insecureSkipVerify', 'rootCAs', 'certificates'] as const) {
    if (tls[key] === undefined) continue;
    say(context, `tls.${key}`, {
      code: 'ignored',
      severity: 'warning',
      message: `${key} has no effect beside spiffe`,
      fix: `leave ${key} out: the peer is verified by SPIFFE alone (D5)`,
    });
  }
};

function checkSpiffe(section: WrittenSpiffe, path: string, context: CheckContext): void {
  for (const { key, ...finding } of spiffeFindings(section)) {
    say(context, `${path}.${key}`, finding);
  }
}
