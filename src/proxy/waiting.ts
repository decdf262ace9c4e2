import type { TimerHandle, Timers } from '../net/timers.js';
import type { EntryPointRoutes } from '../routing/table.js';
import type { Gate } from './open-session.js';

/** Who waits; a session. */
export interface WaitingOwner {
  /** The deadline of D17 has passed. */
  expire(): void;
  /** The client has been silent for the time of D18. */
  hearSilence(): void;
}

/**
 * The time in which a client has no route yet because its first bytes are awaited: the routes that it
 * was accepted under (AGG-19), and the deadlines.
 */
export class Waiting {
  readonly routes: EntryPointRoutes;
  readonly #timers: Timers;
  readonly #deadline: TimerHandle | undefined;
  readonly #silence: TimerHandle | undefined;

  constructor(routes: EntryPointRoutes, gate: Gate, timers: Timers, owner: WaitingOwner) {
    const { readTimeout, sniffTimeout } = gate;
    const maySpeakSecond = sniffTimeout > 0 && routes.tls.length > 0 && routes.plain.length > 0;
    this.routes = routes;
    this.#timers = timers;
    this.#deadline = readTimeout > 0 ? timers.start(readTimeout, expire, owner) : undefined;
    this.#silence = maySpeakSecond ? timers.start(sniffTimeout, hearSilence, owner) : undefined;
  }

  stop(): void {
    if (this.#deadline) this.#timers.cancel(this.#deadline);
    if (this.#silence) this.#timers.cancel(this.#silence);
  }
}

const expire = (owner: WaitingOwner) => owner.expire();
const hearSilence = (owner: WaitingOwner) => owner.hearSilence();
