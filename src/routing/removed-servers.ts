import type { Change } from '../config/name-map.js';
import type { PooledServer } from './pooled-server.js';
import type { ServiceOutcome } from './service-outcome.js';

/**
 * Servers that no service has any more and that are still connected, by service and by owner and address:
 * one that comes back is the same one again (D19, D30).
 */
export type RemovedServers = ReadonlyMap<string, ReadonlyMap<string, PooledServer>>;

/** Marks what is removed by these changes. */
export function removeServers(
  changes: readonly Change<ServiceOutcome>[],
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
  for (const { name, before } of changes) if (before) note(name, before.servers);
  return found;
}
