import type { RuntimeView } from '../routing/runtime.js';
import type { Counters } from '../telemetry/counters.js';

/** Forgets the counts of objects that left the configuration, so that names cannot pile up. */
export function retainCounts(counters: Counters, { routers, services }: RuntimeView): void {
  counters.retain('router', (name) => routers.has(name));
  counters.retain('service', (name) => services.has(name));
  const serversOf = new Map<string, ReadonlyMap<string, unknown>>();
  counters.retain('server', (name) => {
    // `SERVICE ADDRESS`: the name of a service may hold a blank, an address does not.
    const blank = name.lastIndexOf(' ');
    const service = name.slice(0, blank);
    const servers = serversOf.get(service) ?? services.get(service)?.serverStatus?.() ?? new Map();
    serversOf.set(service, servers);
    return servers.has(name.slice(blank + 1));
  });
}
