import type { Member, NoServer, Service } from './service.js';
import { nextTurn, type TakesTurns } from './turns.js';

/** A service of a weighted service. */
export interface Share extends TakesTurns {
  readonly service: Service;
}

/**
 * Chooses among services by turns, and lets the chosen one choose. A service that has no server for a
 * client is passed over, so that the others serve its share; one that has only a last resort (a server
 * that is about to end, or failed) is, too, as long as another has more than that.
 */
export class Weighted implements Service {
  readonly name: string;
  readonly #shares: readonly Share[];

  /** Shares have a weight above 0. */
  constructor(name: string, shares: readonly Share[]) {
    this.name = name;
    this.#shares = shares;
  }

  pick(tried: readonly Member[], client: string, now: number): Member | undefined {
    const lowest = this.rank(tried, now);
    if (lowest === Infinity) return undefined;
    const best = this.#shares.filter(({ service }) => service.rank(tried, now) === lowest);
    return nextTurn(best)?.service.pick(tried, client, now);
  }

  rank(tried: readonly Member[], now: number): number {
    let lowest = Infinity;
    for (const { service } of this.#shares) lowest = Math.min(lowest, service.rank(tried, now));
    return lowest;
  }

  /** As one of its services says it, `none` last. */
  whyNone(): NoServer {
    const reasons = this.#shares.map(({ service }) => service.whyNone());
    return reasons.find((reason) => reason !== 'none') ?? 'none';
  }
}
