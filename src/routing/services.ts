import type { Steps } from '../async/slices.js';
import type { MergedService } from '../config/merged.js';
import { isBroken } from '../config/model.js';
import { compileLoadBalancer, type LoadBalancerContext } from './load-balancers.js';
import { nestingOf } from './nesting.js';
import type { References } from './references.js';
import type { ServiceOutcome } from './service-outcome.js';
import { compileWeighted, partsOf } from './weighted-services.js';

export interface ServicesContext extends LoadBalancerContext {
  readonly services: References<MergedService>;
}

/** All services, those that consist of others after them. `before` are those of the table before. */
export function* compileServices(
  names: readonly string[],
  services: ReadonlyMap<string, MergedService>,
  context: ServicesContext,
  before: ReadonlyMap<string, ServiceOutcome> | undefined,
): Steps<ReadonlyMap<string, ServiceOutcome>> {
  const outcomes = new Map<string, ServiceOutcome>();
  const nested = new Map<string, MergedService>();
  for (const name of names) {
    const merged = services.get(name);
    if (merged === undefined) continue;
    yield;
    if (merged.config.weighted && !isBroken(merged)) nested.set(name, merged);
    else outcomes.set(name, compileLoadBalancer(merged, context, before?.get(name)));
  }
  if (nested.size === 0) return outcomes;
  const parts = new Map<string, readonly string[]>();
  for (const [name, merged] of nested) {
    parts.set(
      name,
      partsOf(merged, context.services).map((part) => part.name),
    );
  }
  const { order, circular } = nestingOf(parts);
  for (const name of order) {
    const merged = nested.get(name);
    if (merged === undefined) continue;
    const { mayReuse, services: references } = context;
    const how = { services: references, outcomes, circular, mayReuse };
    outcomes.set(name, compileWeighted(merged, how, before?.get(name)));
  }
  return outcomes;
}
