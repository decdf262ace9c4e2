import type { Steps } from '../async/slices.js';
import type { MergedService } from '../config/merged.js';
import { isBroken } from '../config/model.js';
import { NameMap } from '../config/name-map.js';
import { compileLoadBalancer, type LoadBalancerContext } from './load-balancers.js';
import { nestingOf } from './nesting.js';
import { candidatesOf, type References } from './references.js';
import type { ServiceOutcome } from './service-outcome.js';
import {
  advanced,
  concerned,
  selected,
  startOf,
  type Advance,
  type Renewal,
  type Stage,
  type StageKind,
} from './stage.js';
import { compileWeighted, partsOf } from './weighted-services.js';

export interface ServicesContext extends LoadBalancerContext {
  readonly services: References<MergedService>;
}

export interface Services extends Stage<ServiceOutcome> {
  /** Those that consist of others. */
  readonly nested: NameMap<MergedService>;
}

/** What others change is the transport; services that consist of others are looked at each time. */
const KIND: StageKind<ServiceOutcome> = {
  refersTo: ({ merged }) => {
    const { serversTransport = '' } = merged.config.loadBalancer ?? {};
    return serversTransport === '' ? [] : candidatesOf(serversTransport, merged.provider);
  },
  // What is unknown may have another nearest name.
  isRestless: ({ link }) => link?.state === 'unknown',
  findings: ({ diagnostics }) => diagnostics,
};

export interface ServicesRenewal extends Renewal<MergedService, ServiceOutcome> {
  readonly before: Services | undefined;
}

export interface ServicesAdvance extends Advance<ServiceOutcome> {
  readonly stage: Services;
}

/** All services, those that consist of others after them. */
export function* compileServices(
  renewal: ServicesRenewal,
  context: ServicesContext,
): Steps<ServicesAdvance> {
  const { before = NO_SERVICES, objects, changed } = renewal;
  const nested = yield* selected(before.nested, changed, (merged) =>
    merged.config.weighted && !isBroken(merged) ? merged : undefined,
  );
  const made = new Map<string, ServiceOutcome | undefined>();
  for (const name of yield* concerned(renewal)) {
    if (nested.has(name)) continue;
    yield;
    const merged = objects.get(name);
    made.set(name, merged && compileLoadBalancer(merged, context, before.outcomes.get(name)));
  }
  if (nested.size > 0) compileNested(nested, made, context, before.outcomes);
  const { stage, changes } = yield* advanced(before, made, KIND);
  return { stage: { ...stage, nested }, changes };
}

const NO_SERVICES: Services = { ...startOf<ServiceOutcome>(), nested: NameMap.of() };

/** Adds them to what is `made`. */
function compileNested(
  nested: NameMap<MergedService>,
  made: Map<string, ServiceOutcome | undefined>,
  { mayReuse, services }: ServicesContext,
  before: NameMap<ServiceOutcome>,
): void {
  const parts = new Map<string, readonly string[]>();
  for (const [name, merged] of nested) {
    parts.set(
      name,
      partsOf(merged, services).map((part) => part.name),
    );
  }
  const { order, circular } = nestingOf(parts);
  // What leads back to itself must not find what it was before.
  const isMade = (name: string) => nested.has(name) || made.has(name);
  const outcomes = { get: (name: string) => (isMade(name) ? made : before).get(name) };
  const how = { services, outcomes, circular, mayReuse };
  for (const name of order) {
    const merged = nested.get(name);
    if (merged) made.set(name, compileWeighted(merged, how, before.get(name)));
  }
}
