import type { Merged, MergedService } from '../config/merged.js';
import type { MiddlewareConfig, RouterConfig } from '../config/model.js';
import type { MiddlewareOutcome } from './middlewares.js';
import type { References, Resolution } from './references.js';
import { isTlsCurrent, tlsLinkOf, type TlsContext, type TlsLink } from './router-tls.js';
import type { ServiceOutcome } from './service-outcome.js';

/** What a router refers to. */
export interface RouterLinks {
  readonly service: Resolution<MergedService> | undefined;
  readonly outcome: ServiceOutcome | undefined;
  readonly middlewares: readonly Resolution<Merged<MiddlewareConfig>>[];
  readonly tls: TlsLink;
}

export interface LinkContext extends TlsContext {
  readonly services: References<MergedService>;
  readonly outcomes: ReadonlyMap<string, ServiceOutcome>;
  readonly middlewares: References<Merged<MiddlewareConfig>>;
  readonly middlewareOutcomes: ReadonlyMap<string, MiddlewareOutcome>;
}

export function linksOf(merged: Merged<RouterConfig>, context: LinkContext): RouterLinks {
  const { service: written = '', middlewares = [] } = merged.config;
  const service = written === '' ? undefined : context.services.resolve(written, merged);
  return {
    service,
    outcome: service?.state === 'found' ? context.outcomes.get(service.name) : undefined,
    middlewares: middlewares.map((name) => context.middlewares.resolve(name, merged)),
    tls: tlsLinkOf(merged, context),
  };
}

/** True if all of them still lead to the same. */
export function areCurrent(
  { service, outcome, middlewares, tls }: RouterLinks,
  merged: Merged<RouterConfig>,
  context: LinkContext,
): boolean {
  const { service: written = '', middlewares: names = [] } = merged.config;
  if (service !== undefined && !context.services.isCurrent(service, written, merged)) return false;
  if (service?.state === 'found' && context.outcomes.get(service.name) !== outcome) return false;
  if (!isTlsCurrent(tls, merged, context)) return false;
  return middlewares.every((link, i) =>
    context.middlewares.isCurrent(link, names[i] ?? '', merged),
  );
}
