import { isDeepStrictEqual } from 'node:util';
import type { MergedService } from '../config/merged.js';
import type { LoadBalancerConfig } from '../config/model.js';
import { NONE, tight } from '../config/tight.js';
import { Balancer, type BalancerSettings } from './balancer.js';
import { healthCheckOf, type HealthCheck } from './health-check.js';
import { membersOf, serversOf, type ServersContext } from './members.js';
import type { RemovedServers } from './removed-servers.js';
import { brokenOutcome, type ServiceOutcome } from './service-outcome.js';
import type { Limits } from './service.js';
import type { DefaultTls, TransportOutcome } from './transport-tls.js';
import { chooseTransport, resolveTransport, type TransportContext } from './transports.js';

/** What became of a service with servers of its own, and of what it was made. */
export interface LoadBalancerOutcome extends ServiceOutcome {
  readonly kind: 'loadBalancer';
  readonly transportOutcome: TransportOutcome | undefined;
  readonly defaultTls: DefaultTls;
  readonly check: HealthCheck | undefined;
}

export interface LoadBalancerContext extends TransportContext, ServersContext {
  /** Of the tables before. */
  readonly removed: RemovedServers;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** `previous` is the outcome of the service of that name in the table before. */
export function compileLoadBalancer(
  merged: MergedService,
  context: LoadBalancerContext,
  previous: ServiceOutcome | undefined,
): LoadBalancerOutcome {
  if (context.mayReuse && isCurrent(previous, merged, context)) return previous;
  const link = resolveTransport(merged, context.transports);
  const choice = chooseTransport(merged, link, context);
  const removed = context.removed.get(merged.name);
  const known = (key: string) => previous?.servers.get(key) ?? removed?.get(key);
  const servers = serversOf(merged, choice.tls, context, known);
  const made = {
    kind: 'loadBalancer',
    merged,
    link,
    transportOutcome: outcomeOf(link, context),
    defaultTls: context.defaultTls,
    servers: servers.pooled,
    parts: NONE,
  } as const;
  const broken = brokenOutcome(merged);
  const before = previous && isLoadBalancer(previous) ? previous.check : undefined;
  if (broken) {
    return { ...made, ...broken, check: before, transportName: link?.name, diagnostics: [] };
  }
  const check = checkOf(merged, before);
  const { failureWindow, maxFailedAttempts } = merged.config.loadBalancer?.passiveHealthCheck ?? {};
  for (const { health } of servers.pooled.values()) {
    health.configure(check, failureWindow, maxFailedAttempts);
  }
  const { transport, trouble, tls } = choice;
  const { name } = merged;
  const limits = limitsOf(merged.config.loadBalancer);
  const members =
    transport && !trouble ? membersOf(name, transport, limits, servers.used) : undefined;
  return {
    ...made,
    check,
    transportName: choice.name,
    service: members && new Balancer(name, settingsOf(merged.config.loadBalancer), members),
    checked: members && check && { name, check, members, tls: tls.ifAsked },
    trouble,
    errors: NONE,
    diagnostics: tight([...servers.diagnostics, ...choice.diagnostics]),
  };
}

/** True if the outcome would be the same again. */
function isCurrent(
  previous: ServiceOutcome | undefined,
  merged: MergedService,
  context: LoadBalancerContext,
): previous is LoadBalancerOutcome {
  if (previous?.merged !== merged || !isLoadBalancer(previous)) return false;
  const { link, transportOutcome, defaultTls } = previous;
  if (defaultTls !== context.defaultTls) return false;
  const written = merged.config.loadBalancer?.serversTransport ?? '';
  if (link === undefined) return true;
  return (
    context.transports.isCurrent(link, written, merged) &&
    outcomeOf(link, context) === transportOutcome
  );
}

const isLoadBalancer = (outcome: ServiceOutcome): outcome is LoadBalancerOutcome =>
  outcome.kind === 'loadBalancer';

const outcomeOf = (
  link: LoadBalancerOutcome['link'],
  { transportOutcomes }: LoadBalancerContext,
): TransportOutcome | undefined =>
  link?.state === 'found' ? transportOutcomes.get(link.name) : undefined;

function settingsOf({ strategy = 'wrr', healthCheck }: LoadBalancerConfig = {}): BalancerSettings {
  return {
    strategy: strategy === 'iphash' ? 'hrw' : strategy,
    onAllDown: healthCheck?.onAllDown ?? 'refuse',
  };
}

function limitsOf({ idleTimeout = 0, maxDuration = 0 }: LoadBalancerConfig = {}):
  Limits | undefined {
  return idleTimeout > 0 || maxDuration > 0 ? { idleTimeout, maxDuration } : undefined;
}

/** The same as before if the settings are equal: what it found goes on to count (D19). */
function checkOf(
  { config }: MergedService,
  before: HealthCheck | undefined,
): HealthCheck | undefined {
  const written = config.loadBalancer?.healthCheck;
  if (written === undefined || isDeepStrictEqual(written, before?.written))
    return written && before;
  return healthCheckOf(written);
}
