import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { mayBeOnConnect, tagKind } from './tags.js';

/** One side of a service: its instances, or who speaks for them on Connect. */
export interface Listing {
  readonly service: string;
  readonly side: 'direct' | 'connect';
  /** Unique. */
  readonly key: string;
}

export const listing = (service: string, side: Listing['side']): Listing => ({
  service,
  side,
  key: `${service} ${side}`,
});

/** The sides that are to be read of a service with these tags of all its instances together. */
export function listingsOf(
  service: string,
  tags: readonly string[],
  { prefix, connectAware, connectByDefault }: ConsulCatalogConfig,
): readonly Listing[] {
  if (!tags.some((tag) => tagKind(tag, prefix) === 'read')) return [];
  const direct = listing(service, 'direct');
  const hasOther = connectByDefault || tags.some((tag) => mayBeOnConnect(tag, prefix));
  return connectAware && hasOther ? [direct, listing(service, 'connect')] : [direct];
}
