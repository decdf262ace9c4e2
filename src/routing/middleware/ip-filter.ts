import { isIP } from 'node:net';
import { isInAnyRange, type IpRange } from '../../rule/ip-range.js';
import type { Middleware } from './middleware.js';

/** Nobody but these. */
export class IpAllowList implements Middleware {
  readonly name: string;
  readonly denial = 'address';
  readonly #ranges: readonly IpRange[];

  constructor(name: string, ranges: readonly IpRange[]) {
    this.name = name;
    this.#ranges = ranges;
  }

  admits(address: string): boolean {
    return isInAnyRange(this.#ranges, address);
  }

  leave(): void {
    // Nobody is counted.
  }
}

/** Anybody but these, and nobody without an address. */
export class IpDenyList implements Middleware {
  readonly name: string;
  readonly denial = 'address';
  readonly #ranges: readonly IpRange[];

  constructor(name: string, ranges: readonly IpRange[]) {
    this.name = name;
    this.#ranges = ranges;
  }

  admits(address: string): boolean {
    return isIP(address) !== 0 && !isInAnyRange(this.#ranges, address);
  }

  leave(): void {
    // Nobody is counted.
  }
}
