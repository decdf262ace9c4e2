import { changesBetween } from './changes.js';
import type { PooledServer } from './pooled-server.js';
import type { ServiceOutcome } from './service-outcome.js';

/**
 * Servers that no service has any more and that are still connected, by service and by owner and address:
 * one that comes back is the same one again (D19, D30).
 */
export type RemovedServers = ReadonlyMap<string, ReadonlyMap<string, PooledServer>>;

/** Marks what is removed by `now`. Costs what changed. */
export function removeServers(
  services: ReadonlyMap<string, ServiceOutcome> | undefined,
  removed: RemovedServers,
  now: ReadonlyMap<string, ServiceOutcome>,
): RemovedServers {
  const found = new Map<string, Map<string, PooledServer>>();
  const note = (service: string, servers: ReadonlyMap<string, PooledServer>) => {
    const present = now.get(service)?.servers;
    for (const [key, server] of servers) {
      if (present?.get(key) === server) continue;
      server.isRemoved = true;
      if (server.open === 0) continue;
      const known = found.get(service) ?? new Map<string, PooledServer>();
      found.set(service, known.set(key, server));
    }
  };
  for (const [service, servers] of removed) note(service, servers);
  const { gone } = changesBetween(services ?? new Map<string, ServiceOutcome>(), now);
  for (const { merged, servers } of gone) note(merged.name, servers);
  return found;
}
