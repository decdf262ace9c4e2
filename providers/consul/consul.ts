import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import type { Provider, Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { connectConsul, type Answer, type ConsulApi } from './client.js';
import { isOurs } from './instance.js';
import { Instances } from './instances.js';

/** An agent allows 200 connections of one client (D15). */
const MOST_WATCHES = 64;
/** An agent that has just come back may not know its services yet (D15). */
const CONFIRM_EMPTY_MS = 1_000;
const BELIEVE_EMPTY_AFTER_MS = 30_000;

type Connect = (config: ConsulCatalogConfig, namespace: string) => Promise<ConsulApi>;

/** Watches the catalogue of one Consul agent. What is known of it survives reconnects. */
export function consulProvider(
  config: ConsulCatalogConfig,
  namespace: string,
  connect: Connect = connectConsul,
): Provider {
  const name = namespace === '' ? 'consulcatalog' : `consulcatalog-${namespace}`;
  const instances = new Instances(config, name);
  return {
    name,
    async *watch(signal) {
      const life = new AbortController();
      const end = () => life.abort();
      signal.addEventListener('abort', end);
      try {
        const api = await connect(config, namespace);
        const session = new Watching(api, config, instances, life.signal);
        yield* config.watch ? session.changes() : session.polls();
      } finally {
        signal.removeEventListener('abort', end);
        life.abort();
      }
    },
  };
}

/** One connection to the agent, until something fails. */
class Watching {
  readonly #api: ConsulApi;
  readonly #config: ConsulCatalogConfig;
  readonly #instances: Instances;
  readonly #signal: AbortSignal;
  readonly #pulse = new Pulse();
  /** Services that are watched: how to stop, and whether they have answered. */
  readonly #watches = new Map<string, { readonly stop: AbortController; hasAnswered: boolean }>();
  /** Services beyond the limit of watches. */
  #inTurn: readonly string[] = [];
  #isListed = false;

  constructor(
    api: ConsulApi,
    config: ConsulCatalogConfig,
    instances: Instances,
    signal: AbortSignal,
  ) {
    this.#api = api;
    this.#config = config;
    this.#instances = instances;
    this.#signal = signal;
  }

  async *polls(): AsyncGenerator<Snapshot> {
    while (!this.#signal.aborted) {
      const names = await this.#names(0);
      this.#instances.keepOnly(new Set(names.value));
      for (const name of names.value) await this.#read(name);
      yield this.#instances.snapshot();
      await delay(this.#config.refreshInterval, this.#signal);
    }
  }

  async *changes(): AsyncGenerator<Snapshot> {
    const aborted = () => this.#pulse.end();
    this.#signal.addEventListener('abort', aborted);
    this.#watch(
      (index) => this.#names(index),
      (names) => this.#listed(names),
      this.#signal,
    );
    try {
      for await (const _ of this.#pulse) {
        const isComplete = [...this.#watches.values()].every(({ hasAnswered }) => hasAnswered);
        if (this.#isListed && isComplete) yield this.#instances.snapshot();
      }
    } finally {
      this.#signal.removeEventListener('abort', aborted);
      for (const { stop } of this.#watches.values()) stop.abort();
    }
  }

  /** Asks again and again, each time from the index of the last answer (D15). */
  #watch<T>(
    query: (index: number) => Promise<Answer<T>>,
    answered: (value: T) => void | Promise<void>,
    signal: AbortSignal,
  ): void {
    const run = async () => {
      for (let index = 0; !signal.aborted;) {
        const answer = await query(index);
        if (signal.aborted) return;
        // An index that goes backwards is a new life of the agent: everything is asked anew.
        index = answer.index < index ? 0 : Math.max(1, answer.index);
        await answered(answer.value);
        this.#pulse.set();
      }
    };
    run().catch((error: unknown) => {
      if (!signal.aborted)
        this.#pulse.end(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Names of the services that have a tag of ours. */
  async #names(index: number): Promise<Answer<readonly string[]>> {
    const since = performance.now();
    for (;;) {
      const answer = await this.#api.services(index, this.#signal);
      const value = [...answer.value]
        .filter(([, tags]) => tags.some((tag) => isOurs(tag, this.#config.prefix)))
        .map(([name]) => name)
        .sort();
      const isDoubtful = value.length === 0 && this.#instances.size > 0 && !this.#isListed;
      const isBelieved = answer.hasLeader || performance.now() - since > BELIEVE_EMPTY_AFTER_MS;
      if (!isDoubtful && isBelieved) return { ...answer, value };
      await delay(CONFIRM_EMPTY_MS, this.#signal);
      const again = await this.#api.services(0, this.#signal);
      const isStillEmpty = ![...again.value.values()]
        .flat()
        .some((tag) => isOurs(tag, this.#config.prefix));
      if (isStillEmpty && again.hasLeader) return { ...again, value: [] };
    }
  }

  async #listed(names: readonly string[]): Promise<void> {
    const watched = names.slice(0, MOST_WATCHES);
    this.#inTurn = names.slice(MOST_WATCHES);
    this.#instances.keepOnly(new Set(names));
    for (const [name, { stop }] of this.#watches) {
      if (watched.includes(name)) continue;
      stop.abort();
      this.#watches.delete(name);
    }
    for (const name of watched) if (!this.#watches.has(name)) this.#watchService(name);
    for (const name of this.#inTurn) await this.#read(name);
    this.#isListed = true;
  }

  async #read(name: string): Promise<void> {
    const { value } = await this.#api.instances(name, 0, this.#signal);
    this.#instances.set(name, value);
  }

  #watchService(name: string): void {
    const watch = { stop: new AbortController(), hasAnswered: false };
    this.#watches.set(name, watch);
    const { signal } = watch.stop;
    this.#watch(
      (index) => this.#api.instances(name, index, signal),
      (found) => {
        this.#instances.set(name, found);
        watch.hasAnswered = true;
      },
      signal,
    );
  }
}
