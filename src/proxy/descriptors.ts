import { readFileSync } from 'node:fs';

/** Where the system does not say: what most systems have as the least. */
const FALLBACK = 1_024;

/** No limit, or one beyond reason: the kernel's own default for what one process may open. */
const MOST = 1_048_576;

/** The process's limit of open files. */
export function descriptorLimit(limits: () => string = ownLimits): number {
  try {
    const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits()) ?? [];
    if (soft === 'unlimited') return MOST;
    return soft === undefined ? FALLBACK : Math.min(Number(soft), MOST);
  } catch {
    // Not every system has /proc.
    return FALLBACK;
  }
}

const ownLimits = () => readFileSync('/proc/self/limits', 'utf8');

/** What the control plane, the log and Node itself keep open beside the sockets. */
const OWN = 64;

/** Listening stops with this many left, and goes on with that many (D44). */
const STOP_AT = 64;
const GO_ON_AT = 128;

/** Who is told; the proxy. */
export interface DescriptorsOwner {
  /** Few are left: nothing more may be accepted. */
  fewLeft(sockets: number): void;
  /** There are enough again. */
  enoughLeft(sockets: number): void;
}

/**
 * Sockets of clients and servers that are open now. Node accepts and closes a connection when there is
 * no descriptor left, so that nobody could tell (D44): they are counted instead, and listening stops
 * before it comes to that. Where the limit is small, so are the reserves.
 */
export class Descriptors {
  readonly #owner: DescriptorsOwner;
  readonly #stopAt: number;
  readonly #goOnAt: number;
  #sockets = 0;
  #isShort = false;

  constructor(limit: number, owner: DescriptorsOwner) {
    const forSockets = limit - Math.min(OWN, limit / 4);
    this.#owner = owner;
    this.#stopAt = forSockets - Math.min(STOP_AT, limit / 8);
    this.#goOnAt = forSockets - Math.min(GO_ON_AT, limit / 4);
  }

  get sockets(): number {
    return this.#sockets;
  }

  /** So many more are open now, or fewer if it is negative. */
  count(change: number): void {
    this.#sockets += change;
    if (this.#isShort) {
      if (this.#sockets > this.#goOnAt) return;
      this.#isShort = false;
      this.#owner.enoughLeft(this.#sockets);
    } else if (this.#sockets >= this.#stopAt) {
      this.#isShort = true;
      this.#owner.fewLeft(this.#sockets);
    }
  }
}
