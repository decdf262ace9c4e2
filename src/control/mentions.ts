import type { ObjectKind } from '../config/diagnostic.js';
import type { RouterConfig, ServiceConfig } from '../config/model.js';

/** A name that an object refers to, as written. */
export interface Mention {
  readonly kind: ObjectKind;
  readonly name: string;
}

export function mentionsOfRouter({
  service,
  middlewares = [],
  tls,
}: RouterConfig): readonly Mention[] {
  // Whoever terminates TLS and names no options means `default` (AGG-12).
  const options = tls === undefined || tls.passthrough === true ? '' : tls.options || 'default';
  return [
    ...mention('service', service),
    ...middlewares.flatMap((name) => mention('middleware', name)),
    ...mention('tlsOptions', options),
  ];
}

export function mentionsOfService({ loadBalancer }: ServiceConfig): readonly Mention[] {
  return mention('serversTransport', loadBalancer?.serversTransport);
}

const mention = (kind: ObjectKind, name: string | undefined): readonly Mention[] =>
  name === undefined || name === '' ? [] : [{ kind, name }];

/** The name within its provider: `db@docker` is `db` in docker. */
export function nameIn(provider: string, { name }: Mention): string {
  return name.endsWith(`@${provider}`) ? name.slice(0, -provider.length - 1) : name;
}
