import type { Steps } from '../async/slices.js';
import { isFault } from '../config/diagnostic.js';
import type { Merged, MergedConfig, MergedService } from '../config/merged.js';
import type { MiddlewareConfig } from '../config/model.js';
import type { Change, NameMap } from '../config/name-map.js';
import { tight } from '../config/tight.js';
import { errorText } from './finding.js';
import type { MiddlewareOutcome } from './middlewares.js';
import type { PooledServer } from './pooled-server.js';
import { ofMiddleware, ofOptions, ofService } from './router-links.js';
import type { RouterOutcome } from './routers.js';
import {
  EMPTY_RUNTIME,
  type MiddlewareView,
  type RuntimeView,
  type ServiceView,
  type TlsOptionsView,
} from './runtime.js';
import type { ServiceOutcome } from './service-outcome.js';
import { selected, type Advance } from './stage.js';
import type { OptionsOutcome } from './tls-options.js';

/** What was made of one generation of the configuration, and what is new about it. */
export interface Generation {
  readonly merged: MergedConfig;
  readonly services: Advance<ServiceOutcome>;
  /** Those that consist of others. */
  readonly nested: NameMap<MergedService>;
  readonly middlewares: Advance<MiddlewareOutcome>;
  readonly routers: Advance<RouterOutcome>;
  readonly tlsOptions: ReadonlyMap<string, OptionsOutcome>;
  readonly changedOptions: readonly string[];
}

export interface Views {
  readonly runtime: RuntimeView;
  /** Services that routers reach by way of weighted ones. */
  readonly indirectly: ReadonlySet<string>;
}

const NO_VIEWS: Views = { runtime: EMPTY_RUNTIME, indirectly: new Set() };

/** What the API shows of one generation. Only what a change concerns is viewed again. */
export function* runtimeOf(generation: Generation, before: Views = NO_VIEWS): Steps<Views> {
  const { merged, services, routers, tlsOptions } = generation;
  const { uses, outcomes } = routers.stage;
  const usersOf = (reference: string, isUsing: (router: RouterOutcome) => boolean) => {
    const users: string[] = [];
    for (const name of uses.of(reference)) {
      const router = outcomes.get(name);
      if (router && isUsing(router)) users.push(name);
    }
    return tight(users);
  };
  const usersOfService = (name: string) =>
    usersOf(ofService(name), (router) => serviceOf(router) === name);
  const isReachedBy = (users: readonly string[]) =>
    users.some((router) => outcomes.get(router)?.reachesService);

  const indirectly = reachedByOthers(generation, (name) => isReachedBy(usersOfService(name)));
  return {
    indirectly,
    runtime: {
      routers: yield* selected(before.runtime.routers, routers.changes, ({ view }) => view),
      services: yield* viewed(
        before.runtime.services,
        [
          namesOf(services.changes),
          otherServices(routers.changes),
          [...indirectly].filter((name) => !before.indirectly.has(name)),
          [...before.indirectly].filter((name) => !indirectly.has(name)),
        ],
        (name) => {
          const outcome = services.stage.outcomes.get(name);
          if (outcome === undefined) return undefined;
          const usedBy = usersOfService(name);
          return serviceView(outcome, usedBy, indirectly.has(name) || isReachedBy(usedBy));
        },
      ),
      middlewares: yield* viewed(
        before.runtime.middlewares,
        [
          namesOf(generation.middlewares.changes),
          differing(routers.changes, ({ view }) => view.middlewares),
        ],
        (name) => {
          const middleware = merged.middlewares.get(name);
          const isUsing = ({ view }: RouterOutcome) => view.middlewares.includes(name);
          return middleware && middlewareView(middleware, usersOf(ofMiddleware(name), isUsing));
        },
      ),
      serversTransports: merged.serversTransports,
      tlsOptions: yield* viewed(
        before.runtime.tlsOptions,
        [generation.changedOptions, differing(routers.changes, optionsOf)],
        (name) => {
          const outcome = tlsOptions.get(name);
          if (outcome === undefined || !isDeclared(outcome)) return undefined;
          const isUsing = (router: RouterOutcome) => optionsOf(router).includes(name);
          return tlsOptionsView(outcome, usersOf(ofOptions(name), isUsing));
        },
      ),
    },
  };
}

const namesOf = (changes: readonly Change<unknown>[]) => changes.map(({ name }) => name);

function* viewed<View>(
  before: NameMap<View>,
  names: readonly Iterable<string>[],
  view: (name: string) => View | undefined,
): Steps<NameMap<View>> {
  const views = new Map<string, View | undefined>();
  for (const some of names) {
    for (const name of some) {
      yield;
      if (!views.has(name)) views.set(name, view(name));
    }
  }
  return yield* before.changing(views);
}

/**
 * What routers use that did not, or do no more. What many of them use goes through all of them when it is
 * viewed, so that it is not viewed for each that only changes.
 */
function* differing(
  changes: readonly Change<RouterOutcome>[],
  used: (router: RouterOutcome) => readonly string[],
): Iterable<string> {
  for (const { before, now } of changes) {
    const was = new Set(before && used(before));
    const is = new Set(now && used(now));
    for (const name of was) if (!is.has(name)) yield name;
    for (const name of is) if (!was.has(name)) yield name;
  }
}

/** The same of services, for which it counts as well how far the router got. */
function* otherServices(changes: readonly Change<RouterOutcome>[]): Iterable<string> {
  for (const { before, now } of changes) {
    const [was, is] = [before && serviceOf(before), now && serviceOf(now)];
    if (was === is && before?.reachesService === now?.reachesService) continue;
    if (was !== undefined) yield was;
    if (is !== undefined) yield is;
  }
}

const serviceOf = ({ links }: RouterOutcome) =>
  links.service?.state === 'found' ? links.service.name : undefined;

function optionsOf({ links: { tls } }: RouterOutcome): readonly string[] {
  if (tls.kind !== 'terminate' || tls.resolution?.state !== 'found') return [];
  return [tls.resolution.name];
}

type Declared = OptionsOutcome & { readonly merged: NonNullable<OptionsOutcome['merged']> };

const isDeclared = (outcome: OptionsOutcome): outcome is Declared => outcome.merged !== undefined;

function reachedByOthers(
  { nested, services }: Generation,
  isReached: (name: string) => boolean,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...nested.keys()].filter(isReached);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const part of services.stage.outcomes.get(name)?.parts ?? []) {
      if (reached.has(part)) continue;
      reached.add(part);
      open.push(part);
    }
  }
  return reached;
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
