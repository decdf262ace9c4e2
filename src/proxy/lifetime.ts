import type { TimerHandle, Timers } from '../net/timers.js';
import type { Limits } from '../routing/service.js';

/** Whose time is limited; a session that is connected. */
export interface LifetimeOwner {
  /** Bytes read from the client and from the server so far. */
  readonly sent: number;
  readonly received: number;
  /** Bytes wait for a receiver. */
  readonly isBlocked: boolean;
  cut(reason: 'idle-timeout' | 'max-duration'): void;
}

/** It is looked so many times per `idleTimeout`: it is cut after the timeout, and a quarter of it later at most. */
const LOOKS = 4;

/**
 * Ends a connection that is idle for too long, or lasts too long (D17). Nothing is done per chunk: it
 * is looked now and then at how many bytes have passed. A connection whose bytes wait for a slow
 * receiver is not idle: the kernel, which may be sending them, does not say how far it is.
 */
export class Lifetime {
  readonly #owner: LifetimeOwner;
  readonly #timers: Timers;
  readonly #idleTimeout: number;
  #look: TimerHandle | undefined;
  #end: TimerHandle | undefined;
  #bytes: number;
  #idleLooks = 0;

  constructor(owner: LifetimeOwner, { idleTimeout, maxDuration }: Limits, timers: Timers) {
    this.#owner = owner;
    this.#timers = timers;
    this.#idleTimeout = idleTimeout;
    this.#bytes = owner.sent + owner.received;
    if (maxDuration > 0) this.#end = timers.start(maxDuration, expire, this);
    if (idleTimeout > 0) this.#lookLater();
  }

  stop(): void {
    if (this.#look) this.#timers.cancel(this.#look);
    if (this.#end) this.#timers.cancel(this.#end);
    this.#look = undefined;
    this.#end = undefined;
  }

  #lookLater(): void {
    this.#look = this.#timers.start(this.#idleTimeout / LOOKS, look, this);
  }

  // What follows is called by the timers.

  look(): void {
    this.#look = undefined;
    const { sent, received, isBlocked } = this.#owner;
    const isIdle = sent + received === this.#bytes && !isBlocked;
    this.#bytes = sent + received;
    this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
    if (this.#idleLooks < LOOKS) this.#lookLater();
    else this.#owner.cut('idle-timeout');
  }

  expire(): void {
    this.#end = undefined;
    this.#owner.cut('max-duration');
  }
}

const look = (lifetime: Lifetime) => lifetime.look();
const expire = (lifetime: Lifetime) => lifetime.expire();
