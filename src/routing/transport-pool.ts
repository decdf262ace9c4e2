import type { Transport } from './service.js';

export type Settings = Omit<Transport, 'name'>;

const keyOf = (name: string, settings: Settings) => {
  const { dialTimeout, dialKeepAlive, terminationDelay, proxyProtocol = 0 } = settings;
  return `${dialTimeout} ${dialKeepAlive} ${terminationDelay} ${proxyProtocol} ${name}`;
};

/** With so many, those that nobody uses any more are forgotten. */
const FIRST_SWEEP = 64;

/** Makes equal transports one object, within a table and from table to table, as long as anybody uses them. */
export class TransportPool {
  readonly #known = new Map<string, WeakRef<Transport>>();
  #sweepAt = FIRST_SWEEP;

  get(name: string, settings: Settings): Transport {
    const key = keyOf(name, settings);
    const known = this.#known.get(key)?.deref();
    if (known) return known;
    const { dialTimeout, dialKeepAlive, terminationDelay, proxyProtocol } = settings;
    const transport = { name, dialTimeout, dialKeepAlive, terminationDelay, proxyProtocol };
    this.#known.set(key, new WeakRef(transport));
    if (this.#known.size >= this.#sweepAt) this.#sweep();
    return transport;
  }

  #sweep(): void {
    for (const [key, transport] of this.#known) {
      if (transport.deref() === undefined) this.#known.delete(key);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#known.size * 2);
  }
}
