const DEFAULT_LIMIT = 256 * 1024 * 1024;

/**
 * Bytes that wait in our own buffers, of all pipes together (D49). One per process. Above the limit
 * a pipe reads nothing while anything that it read before is still unwritten.
 */
export class Budget {
  readonly #limit: number;
  #waiting = 0;

  constructor(limit: number = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get isExceeded(): boolean {
    return this.#waiting > this.#limit;
  }

  /** Counts `change` bytes more, or fewer if it is negative. */
  count(change: number): void {
    this.#waiting += change;
  }
}
