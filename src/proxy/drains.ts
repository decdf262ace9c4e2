import type { TimerHandle, Timers } from '../net/timers.js';
import type { Server } from '../routing/service.js';

/** Why the connections of a server have to end. */
export type DrainReason = 'drained' | 'drained-unhealthy';

export interface DrainsOptions {
  readonly timers: Timers;
  /** Ends all connections of the server. */
  readonly cut: (server: Server, reason: DrainReason) => void;
}

/** A server whose time runs. */
interface Draining {
  readonly server: Server;
  readonly reason: DrainReason;
  readonly timer: TimerHandle;
}

/** Gives the connections of servers that were removed, or are down, the time that their service says (D30). */
export class Drains {
  readonly #options: DrainsOptions;
  readonly #removed = new Map<Server, Draining>();
  readonly #down = new Map<Server, Draining>();

  constructor(options: DrainsOptions) {
    this.#options = options;
  }

  /** These are removed, and no others: whoever is back is not drained any further. */
  apply(removed: readonly Server[]): void {
    for (const server of this.#removed.keys())
      if (!server.isRemoved) this.#stop(this.#removed, server);
    for (const server of removed) {
      this.#stop(this.#down, server);
      this.#start(this.#removed, server, 'drained', server.drain);
    }
  }

  /** It went down, or is up again. */
  healthChanged(server: Server): void {
    if (server.health.isUp || server.isRemoved) this.#stop(this.#down, server);
    else this.#start(this.#down, server, 'drained-unhealthy', server.drainOnUnhealthy);
  }

  stop(): void {
    for (const draining of [this.#removed, this.#down])
      for (const server of draining.keys()) this.#stop(draining, server);
  }

  #start(
    draining: Map<Server, Draining>,
    server: Server,
    reason: DrainReason,
    ms: number | undefined,
  ): void {
    if (ms === undefined || draining.has(server)) return;
    if (ms <= 0) {
      this.#options.cut(server, reason);
      return;
    }
    const timer = this.#options.timers.start(ms, this.#expire, { server, reason });
    draining.set(server, { server, reason, timer });
  }

  #stop(draining: Map<Server, Draining>, server: Server): void {
    const known = draining.get(server);
    if (known === undefined) return;
    draining.delete(server);
    this.#options.timers.cancel(known.timer);
  }

  readonly #expire = ({ server, reason }: Pick<Draining, 'server' | 'reason'>): void => {
    (reason === 'drained' ? this.#removed : this.#down).delete(server);
    this.#options.cut(server, reason);
  };
}
