import { sourceOf } from '../net/source.js';

export interface UnroutedLimits {
  readonly max: number;
  readonly maxPerIP: number;
}

/**
 * Connections of one entry point whose route is not chosen yet (D17, D36): capped in total, and per
 * source once the total is above half of that, so that one source cannot take the place of all.
 */
export class Unrouted {
  readonly #limits: UnroutedLimits;
  readonly #perSource = new Map<string, number>();
  #total = 0;

  constructor(limits: UnroutedLimits) {
    this.#limits = limits;
  }

  /**
   * False: the connection is refused. Else it counts until `leave`. `isExempt`: many come from this
   * address, for others (`proxyProtocol.trustedIPs`).
   */
  enter(address: string, isExempt = false): boolean {
    const { max, maxPerIP } = this.#limits;
    const source = sourceOf(address);
    const ofSource = this.#perSource.get(source) ?? 0;
    const isCapped = !isExempt && this.#total >= max / 2;
    if (this.#total >= max || (isCapped && ofSource >= maxPerIP)) return false;
    this.#total += 1;
    this.#perSource.set(source, ofSource + 1);
    return true;
  }

  leave(address: string): void {
    const source = sourceOf(address);
    const left = (this.#perSource.get(source) ?? 1) - 1;
    this.#total -= 1;
    if (left === 0) this.#perSource.delete(source);
    else this.#perSource.set(source, left);
  }
}
