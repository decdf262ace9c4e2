import type { Merged, MergedService } from '../config/merged.js';
import type { MiddlewareConfig, RouterConfig } from '../config/model.js';
import { tight } from '../config/tight.js';
import type { MiddlewareOutcome } from './middlewares.js';
import { candidatesOf, type References, type Resolution } from './references.js';
import { isTlsCurrent, tlsLinkOf, type TlsContext, type TlsLink } from './router-tls.js';
import type { ServiceOutcome } from './service-outcome.js';
import { DEFAULT_OPTIONS } from './tls-options.js';

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
    middlewares: tight(middlewares.map((name) => context.middlewares.resolve(name, merged))),
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

/** All names that they may lead to, each with its kind, whatever is there. */
export function referencesOf({ config, provider }: Merged<RouterConfig>): readonly string[] {
  const { service = '', middlewares = [], tls } = config;
  const { options = '' } = tls ?? {};
  const all = [
    ...(service === '' ? [] : candidatesOf(service, provider)).map(ofService),
    ...middlewares.flatMap((name) => candidatesOf(name, provider)).map(ofMiddleware),
  ];
  if (tls === undefined || tls.passthrough === true) return all;
  const isDefault = options === '' || options === DEFAULT_OPTIONS;
  const sets = isDefault ? [DEFAULT_OPTIONS] : candidatesOf(options, provider);
  return [...all, ...sets.map(ofOptions)];
}

export const ofService = (name: string): string => `service ${name}`;
export const ofMiddleware = (name: string): string => `middleware ${name}`;
export const ofOptions = (name: string): string => `tlsOptions ${name}`;

/** One of them leads nowhere: its findings may have other nearest names although nothing else changed. */
export const haveUnknown = ({ service, middlewares, tls }: RouterLinks): boolean =>
  service?.state === 'unknown' ||
  middlewares.some(({ state }) => state === 'unknown') ||
  (tls.kind === 'terminate' && tls.resolution?.state === 'unknown');
