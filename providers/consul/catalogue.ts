import { backoff } from '../../src/async/backoff.js';
import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { answers, type Question } from './answers.js';
import type { ConsulApi, Services } from './client.js';
import type { Doubt } from './doubt.js';
import type { Instance } from './instance.js';
import type { Instances } from './instances.js';
import { tagKind } from './tags.js';

/** With the catalogue's own 64 queries wait at the agent: it allows 200 connections of one client (D15). */
const MOST_WATCHED = 63;
/** Of services that are read in turn, at the same time. */
const AT_ONCE = 8;
/** A catalogue that changes all the time is asked at most this often. */
const PAUSE_MS = 50;

export interface CatalogueOptions {
  readonly api: ConsulApi;
  readonly config: ConsulCatalogConfig;
  readonly provider: string;
  readonly instances: Instances;
  /** Whether an empty catalogue is to be believed. */
  readonly doubt: Doubt;
  /** Ends everything that was started here. */
  readonly signal: AbortSignal;
}

/**
 * Follows the catalogue of one agent until the catalogue cannot be read any more, and throws then: one
 * query on the names of all services, and one on each service that concerns us. A service that cannot
 * be read keeps what was known of it, and costs the others nothing.
 */
export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #changed = new Pulse();
  readonly #watched = new Map<string, AbortController>();
  /** Services that concern us; undefined until the catalogue has been read. */
  #names: ReadonlySet<string> | undefined;
  /** Those that have been read on this connection, or could not be. */
  readonly #settled = new Set<string>();
  #isReady = false;
  #findings: readonly Diagnostic[] = [];

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** Yields first when something is known of every service, so that no reconnection loses a route. */
  async *snapshots(): AsyncGenerator<Snapshot> {
    const { instances, signal } = this.#options;
    const ended = () => this.#changed.end();
    signal.addEventListener('abort', ended);
    this.#follow().catch((error: unknown) => {
      this.#changed.end(error instanceof Error ? error : new Error(String(error)));
    });
    try {
      for await (const _ of this.#changed) {
        if (signal.aborted) return;
        this.#isReady ||= this.#isComplete();
        if (this.#isReady) yield instances.snapshot(this.#findings);
      }
    } finally {
      signal.removeEventListener('abort', ended);
      for (const watch of this.#watched.values()) watch.abort();
    }
  }

  #isComplete(): boolean {
    const { instances } = this.#options;
    const isKnown = (name: string) => this.#settled.has(name) || instances.knows(name);
    return this.#names !== undefined && [...this.#names].every(isKnown);
  }

  async #follow(): Promise<void> {
    const { config, instances, doubt, api, signal } = this.#options;
    const question: Question<Services> = {
      ask: (index, until) => api.services(index, until),
      isEmpty: (services) => this.#concerned(services).length === 0,
      believes: (answered) => doubt.believes(answered, !instances.isEmpty),
      ...this.#pace(config.watch ? PAUSE_MS : config.refreshInterval),
    };
    for await (const services of answers(question, signal)) {
      const names = this.#concerned(services);
      this.#names = new Set(names);
      this.#findings = this.#otherHalves(services);
      instances.keepOnly(this.#names);
      await this.#readInTurn(config.watch ? this.#watchSome(names) : names);
      this.#changed.set();
    }
  }

  #pace(pause: number) {
    return { pause, isBlocking: this.#options.config.watch };
  }

  /** Names of the services that have a tag which may make something. */
  #concerned(services: Services): readonly string[] {
    const { prefix } = this.#options.config;
    return [...services]
      .filter(([, tags]) => tags.some((tag) => tagKind(tag, prefix) === 'read'))
      .map(([name]) => name)
      .sort();
  }

  /** D22, once for all services that only have such tags: their instances are never asked for. */
  #otherHalves(services: Services): readonly Diagnostic[] {
    const { provider, config } = this.#options;
    const names = [...services].flatMap(([name, tags]) => {
      const kinds = new Set(tags.map((tag) => tagKind(tag, config.prefix)));
      return kinds.has('other') && !kinds.has('read') ? [name] : [];
    });
    if (names.length === 0) return [];
    return [
      {
        code: 'ignored',
        severity: 'info',
        provider,
        object: { kind: 'provider', name: provider },
        at: { kind: 'endpoint', url: config.endpoint.address },
        message: `${names.length} services have no tag of the TCP half and are not read: ${names.sort().slice(0, 10).join(', ')}`,
      },
    ];
  }

  /** Watches as many as may be, those that are watched already first; the others are returned. */
  #watchSome(names: readonly string[]): readonly string[] {
    for (const [name, watch] of this.#watched) {
      if (names.includes(name)) continue;
      watch.abort();
      this.#watched.delete(name);
      this.#settled.delete(name);
    }
    const others: string[] = [];
    for (const name of names) {
      if (this.#watched.has(name)) continue;
      if (this.#watched.size >= MOST_WATCHED) others.push(name);
      else this.#watch(name);
    }
    return others;
  }

  #watch(name: string): void {
    const watch = new AbortController();
    this.#watched.set(name, watch);
    void this.#followService(name, watch.signal);
  }

  /** Never throws: whether the agent is lost, the catalogue's own query tells. */
  async #followService(name: string, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        for await (const found of answers(this.#questionOf(name), signal)) {
          failures = 0;
          this.#found(name, found);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(name, error);
        await delay(backoff(failures), signal);
      }
    }
  }

  #questionOf(name: string): Question<readonly Instance[]> {
    const { api, instances } = this.#options;
    return {
      ask: (index, until) => api.instances(name, index, until),
      isEmpty: (found) => found.length === 0,
      believes: (answered) => instances.doubtOf(name).believes(answered, instances.knows(name)),
      ...this.#pace(PAUSE_MS),
    };
  }

  async #readInTurn(names: readonly string[]): Promise<void> {
    const queue = [...names];
    const worker = async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        await this.#read(name);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, worker));
  }

  async #read(name: string): Promise<void> {
    const { signal } = this.#options;
    try {
      const { value: found } = await answers(this.#questionOf(name), signal).next();
      if (found) this.#found(name, found);
    } catch (error) {
      if (!signal.aborted) this.#failed(name, error);
      this.#settled.add(name);
    }
  }

  #found(name: string, found: readonly Instance[]): void {
    this.#options.instances.set(name, found);
    this.#settled.add(name);
    this.#changed.set();
  }

  #failed(name: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.#options.instances.failed(name, message)) return;
    this.#settled.add(name);
    this.#changed.set();
  }
}
