import { readFileSync } from 'node:fs';

/** What Node, the log and the control plane need beside the sockets. */
const OWN_DESCRIPTORS = 64;

/** Listening stops with this many left, and goes on with that many (D44). */
const STOP_AT = 64;
const GO_ON_AT = 128;

/** The process's limit of open files; a cautious guess where the system does not say. */
export function descriptorLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
    return Number.isFinite(soft) && soft > 0 ? soft : FALLBACK;
  } catch {
    return FALLBACK;
  }
}

const FALLBACK = 1_024;

/**
 * Node accepts and closes a connection when there is no descriptor left, so that nobody could tell
 * (D44): sockets are counted instead, and listening stops before it comes to that.
 */
export class Descriptors {
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  #left(sockets: number): number {
    return this.#limit - OWN_DESCRIPTORS - sockets;
  }

  mustStop(sockets: number): boolean {
    return this.#left(sockets) <= STOP_AT;
  }

  mayGoOn(sockets: number): boolean {
    return this.#left(sockets) >= GO_ON_AT;
  }
}
