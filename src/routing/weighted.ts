import type { Member, NoServer, Service } from './service.js';
import { nextTurn, type TakesTurns } from './turns.js';

/** A service of a weighted service. */
export interface Share extends TakesTurns {
  readonly service: Service;
}

/**
 * Chooses among services by turns, and lets the chosen one choose. A service that has no server for a
 * client is passed over, so that the others serve its share.
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
    const offering = this.#shares.filter(({ service }) => service.offers(tried, now));
    return nextTurn(offering)?.service.pick(tried, client, now);
  }

  offers(tried: readonly Member[], now: number): boolean {
    return this.#shares.some(({ service }) => service.offers(tried, now));
  }

  /** As one of its services says it, `none` last. */
  whyNone(): NoServer {
    const reasons = this.#shares.map(({ service }) => service.whyNone());
    return reasons.find((reason) => reason !== 'none') ?? 'none';
  }
}
