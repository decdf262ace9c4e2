/** Something that waits for its turn. */
export interface Starter {
  begin(): void;
}

/** A handshake costs a millisecond or so of CPU, all in one piece. */
const MOST_PER_TURN = 8;

/**
 * Lets a few handshakes begin per turn of the event loop, in the order in which they came, so that
 * those of strangers do not hold up the pipes of others. One per process.
 */
export class HandshakeGate {
  readonly #waiting = new Set<Starter>();
  #begun = 0;
  #isTurning = false;

  /** Calls `begin` now or in one of the next turns. */
  enter(starter: Starter): void {
    this.#turn();
    if (this.#begun < MOST_PER_TURN && this.#waiting.size === 0) this.#begin(starter);
    else this.#waiting.add(starter);
  }

  #begin(starter: Starter): void {
    this.#begun += 1;
    starter.begin();
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(this.#turned);
  }

  readonly #turned = (): void => {
    this.#isTurning = false;
    this.#begun = 0;
    for (const starter of this.#waiting) {
      if (this.#begun === MOST_PER_TURN) break;
      this.#waiting.delete(starter);
      this.#begin(starter);
    }
    if (this.#waiting.size > 0) this.#turn();
  };
}
