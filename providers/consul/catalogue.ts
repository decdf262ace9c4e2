import { backoff } from '../../src/async/backoff.js';
import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Snapshot } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { answers, type Question } from './answers.js';
import type { ConsulApi, Services } from './client.js';
import type { Doubt } from './doubt.js';
import type { Instance } from './registered.js';
import type { Instances } from './instances.js';
import { listingsOf, type Listing } from './listing.js';
import { grant } from './refusal.js';
import { tagKind } from './tags.js';

/** Queries that wait at the agent: it allows 200 connections of one client (D15). */
const MOST_WAITING = 64;
/** Of them, those of Connect's identity, and the catalogue's own. */
const CONNECT_WAITING = 2;
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
 * query on the names of all services, and one on each side of a service that concerns us. A service that cannot
 * be read keeps what was known of it, and costs the others nothing.
 */
export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #changed = new Pulse();
  readonly #watched = new Map<string, AbortController>();
  /** What concerns us; undefined until the catalogue has been read. */
  #listings: readonly Listing[] | undefined;
  /** Keys of those that have been read on this connection, or could not be. */
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
    const isKnown = (of: Listing) => this.#settled.has(of.key) || instances.knows(of);
    return this.#listings?.every(isKnown) === true;
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
      const listings = this.#concerned(services);
      this.#listings = listings;
      this.#findings = [...this.#blindness(services), ...this.#otherHalves(services)];
      instances.keepOnly(new Set(listings.map(({ key }) => key)));
      await this.#readInTurn(config.watch ? this.#watchSome(listings) : listings);
      this.#changed.set();
    }
  }

  #pace(pause: number) {
    return { pause, isBlocking: this.#options.config.watch };
  }

  /** What there is to read of the services that have a tag which may make something. */
  #concerned(services: Services): readonly Listing[] {
    const names = [...services.keys()].sort();
    return names.flatMap((name) =>
      listingsOf(name, services.get(name) ?? [], this.#options.config),
    );
  }

  /**
   * An agent does not refuse a token that may not read: it leaves out, down to nothing. The servers of
   * a cluster are a service themselves, in the namespace that is there by default.
   */
  #blindness(services: Services): readonly Diagnostic[] {
    const { provider, config } = this.#options;
    if (services.size > 0 || config.namespaces.length > 0) return [];
    const hasToken = config.endpoint.token !== '';
    return [
      {
        code: 'provider-blind',
        // A token may be made to see what does not run yet.
        severity: hasToken ? 'info' : 'warning',
        provider,
        object: { kind: 'provider', name: provider },
        at: { kind: 'endpoint', url: config.endpoint.address },
        message: 'the agent shows no service at all, not even itself',
        fix: grant(hasToken),
      },
    ];
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
  #watchSome(listings: readonly Listing[]): readonly Listing[] {
    const keys = new Set(listings.map(({ key }) => key));
    for (const [key, watch] of this.#watched) {
      if (keys.has(key)) continue;
      watch.abort();
      this.#watched.delete(key);
      this.#settled.delete(key);
    }
    const { connectAware } = this.#options.config;
    const most = MOST_WAITING - 1 - (connectAware ? CONNECT_WAITING : 0);
    const others: Listing[] = [];
    for (const of of listings) {
      if (this.#watched.has(of.key)) continue;
      if (this.#watched.size >= most) others.push(of);
      else this.#watch(of);
    }
    return others;
  }

  #watch(of: Listing): void {
    const watch = new AbortController();
    this.#watched.set(of.key, watch);
    void this.#followListing(of, watch.signal);
  }

  /** Never throws: whether the agent is lost, the catalogue's own query tells. */
  async #followListing(of: Listing, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        for await (const found of answers(this.#questionOf(of), signal)) {
          failures = 0;
          this.#found(of, found);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(of, error);
        await delay(backoff(failures), signal);
      }
    }
  }

  #questionOf(of: Listing): Question<readonly Instance[]> {
    const { api, instances } = this.#options;
    const { service, side } = of;
    return {
      ask: (index, until) =>
        side === 'direct'
          ? api.instances(service, index, until)
          : api.onConnect(service, index, until),
      isEmpty: (found) => found.length === 0,
      believes: (answered) => instances.doubtOf(of).believes(answered, instances.knows(of)),
      ...this.#pace(PAUSE_MS),
    };
  }

  async #readInTurn(listings: readonly Listing[]): Promise<void> {
    const queue = [...listings];
    const worker = async () => {
      for (let of = queue.shift(); of !== undefined; of = queue.shift()) await this.#read(of);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, worker));
  }

  async #read(of: Listing): Promise<void> {
    const { signal } = this.#options;
    try {
      const { value: found } = await answers(this.#questionOf(of), signal).next();
      if (found) this.#found(of, found);
    } catch (error) {
      if (!signal.aborted) this.#failed(of, error);
      this.#settled.add(of.key);
    }
  }

  #found(of: Listing, found: readonly Instance[]): void {
    this.#options.instances.set(of, found);
    this.#settled.add(of.key);
    this.#changed.set();
  }

  #failed(of: Listing, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.#options.instances.failed(of, message)) return;
    this.#settled.add(of.key);
    this.#changed.set();
  }
}
