const FIRST_SLOTS = 256;

/**
 * All counters of the process in one typed array: counting is an addition, and reading is somebody
 * else's work at scrape time. A name keeps its slot for the life of the process; names are entry
 * points, reasons and configured objects, never anything that a client chooses.
 */
export class Counters {
  readonly #slots = new Map<string, number>();
  #values = new Float64Array(FIRST_SLOTS);

  add(name: string, amount = 1): void {
    const slot = this.#slots.get(name) ?? this.#claim(name);
    this.#values[slot] = (this.#values[slot] ?? 0) + amount;
  }

  read(): ReadonlyMap<string, number> {
    return new Map([...this.#slots].map(([name, slot]) => [name, this.#values[slot] ?? 0]));
  }

  #claim(name: string): number {
    const slot = this.#slots.size;
    this.#slots.set(name, slot);
    if (slot === this.#values.length) {
      const larger = new Float64Array(slot * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    return slot;
  }
}
