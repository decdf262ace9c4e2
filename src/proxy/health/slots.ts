/** So many begin in one turn of the event loop, that those who are connected do not wait for them. */
const MOST_PER_TURN = 32;

/** Lets a bounded number of things happen at a time, in the order in which they were asked for. */
export class Slots {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #isAsked = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Calls `begin` once there is room, and never before this returns. `free` must follow. */
  ask(begin: () => void): void {
    this.#waiting.add(begin);
    this.#askAgain();
  }

  /** Takes a wish back. Of no effect on one that was granted. */
  forget(begin: () => void): void {
    this.#waiting.delete(begin);
  }

  free(): void {
    this.#taken -= 1;
    this.#askAgain();
  }

  #askAgain(): void {
    if (this.#isAsked || this.#waiting.size === 0 || this.#taken >= this.#most) return;
    this.#isAsked = true;
    setImmediate(this.#grant);
  }

  readonly #grant = (): void => {
    this.#isAsked = false;
    let granted = 0;
    for (const begin of this.#waiting) {
      if (granted === MOST_PER_TURN || this.#taken >= this.#most) break;
      this.#waiting.delete(begin);
      this.#taken += 1;
      granted += 1;
      begin();
    }
    this.#askAgain();
  };
}
