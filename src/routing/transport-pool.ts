import type { Transport } from './service.js';

export type Settings = Omit<Transport, 'name'>;

const keyOf = (name: string, settings: Settings) => {
  const { dialTimeout, dialKeepAlive, terminationDelay, proxyProtocol = 0 } = settings;
  return `${dialTimeout} ${dialKeepAlive} ${terminationDelay} ${proxyProtocol} ${name}`;
};

/** Makes equal transports one object, within a table and from table to table. */
export class TransportPool {
  readonly #before: ReadonlyMap<string, Transport>;
  readonly #used = new Map<string, Transport>();
  readonly #kept = new Set<Transport>();

  /** Takes over what `previous` was asked for, and forgets it if it is not asked for again. */
  constructor(previous: TransportPool | undefined) {
    this.#before = previous === undefined ? new Map<string, Transport>() : previous.#used;
  }

  get(name: string, settings: Settings): Transport {
    const key = keyOf(name, settings);
    const transport = this.#used.get(key) ??
      this.#before.get(key) ?? {
        name,
        dialTimeout: settings.dialTimeout,
        dialKeepAlive: settings.dialKeepAlive,
        terminationDelay: settings.terminationDelay,
        proxyProtocol: settings.proxyProtocol,
      };
    this.#used.set(key, transport);
    return transport;
  }

  /** Says that a transport of the pool before is still in use. */
  keep(transport: Transport): void {
    if (this.#kept.has(transport)) return;
    this.#kept.add(transport);
    this.#used.set(keyOf(transport.name, transport), transport);
  }
}
