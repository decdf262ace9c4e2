/** Something that waits for its turn. */
export interface Starter {
  begin(): void;
}

/**
 * Lets one handshake begin per turn of the event loop, in the order in which they came, so that those of
 * strangers do not hold up the pipes of others: each costs half a millisecond of CPU, all in one piece.
 * One per process.
 */
export class HandshakeGate {
  readonly #waiting = new Set<Starter>();
  /** In this turn. */
  #hasBegun = false;
  #isTurning = false;

  /** Calls `begin` now or in one of the next turns. */
  enter(starter: Starter): void {
    this.#turn();
    if (this.#hasBegun || this.#waiting.size > 0) {
      this.#waiting.add(starter);
      return;
    }
    this.#hasBegun = true;
    starter.begin();
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(this.#turned);
  }

  readonly #turned = (): void => {
    this.#isTurning = false;
    this.#hasBegun = false;
    for (const starter of this.#waiting) {
      this.#waiting.delete(starter);
      this.#turn();
      this.#hasBegun = true;
      starter.begin();
      return;
    }
  };
}
