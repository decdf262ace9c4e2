import type { CheckedService } from '../../routing/checked-service.js';
import type { Server } from '../../routing/service.js';
import { Watch, type WatchOptions } from './watch.js';

/** The servers of one service, as they are watched. */
interface Watched {
  readonly service: CheckedService;
  readonly watches: ReadonlyMap<Server, Watch>;
}

/**
 * The health checks of all services. They outlive tables: a server that stays is checked when its time
 * has come, whatever changes around it, and a new one at once.
 */
export class HealthChecks {
  readonly #options: WatchOptions;
  #watched: ReadonlyMap<string, Watched> = new Map();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** These services are checked from here on, and no others. Costs what changed. */
  apply(services: readonly CheckedService[]): void {
    const next = new Map<string, Watched>();
    for (const service of services) {
      const before = this.#watched.get(service.name);
      next.set(service.name, before?.service === service ? before : this.#renewed(service, before));
    }
    for (const [name, { watches }] of this.#watched) if (!next.has(name)) stopAll(watches.values());
    this.#watched = next;
  }

  stop(): void {
    this.apply([]);
  }

  #renewed(service: CheckedService, before: Watched | undefined): Watched {
    const isSame = before?.service.check === service.check;
    const gone = new Map(before?.watches);
    const watches = new Map<Server, Watch>();
    for (const member of service.members) {
      const known = isSame ? gone.get(member.server) : undefined;
      if (known) gone.delete(member.server);
      known?.update(service, member);
      const watch = known ?? new Watch(service, member, this.#options);
      watches.set(member.server, watch);
      if (known === undefined) watch.start();
    }
    stopAll(gone.values());
    return { service, watches };
  }
}

function stopAll(watches: Iterable<Watch>): void {
  for (const watch of watches) watch.stop();
}
