import { isDeepStrictEqual } from 'node:util';
import { inSlices, type Steps } from '../../../src/async/slices.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Snapshot } from '../../../src/config/provider.js';
import type { Surroundings } from '../network.js';
import type { OwnMarks } from '../self.js';
import { Translations } from '../translations.js';
import type { Cluster, SwarmApi } from './api.js';
import { membersOf, strayLabels, type Member } from './members.js';
import { surroundingsIn } from './surroundings.js';

type TranslationsOptions = ConstructorParameters<typeof Translations>[0];

export interface ServicesOptions extends TranslationsOptions {
  /** Read anew each time: networks come and go. */
  readonly marks: () => OwnMarks;
}

interface Reading {
  /** Something is not as it was. */
  readonly isChanged: boolean;
  /** More changes will come, of which nobody tells. */
  readonly isUpdating: boolean;
}

/** The services of a Swarm that have labels of ours, and what they say. What is known survives reconnects. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #translations: Translations;
  /** By id; only the latest answer of the manager. */
  #members: ReadonlyMap<string, Member> = new Map();
  #surroundings: Surroundings = { kind: 'unknown', reason: '' };
  #astray: readonly Diagnostic[] = [];

  constructor({ marks, ...options }: ServicesOptions) {
    this.#options = { marks, ...options };
    this.#translations = new Translations(options);
  }

  /** Looks at everything. */
  async list(api: SwarmApi, signal: AbortSignal): Promise<Reading> {
    const [services, tasks, nodes, networks] = await Promise.all([
      api.services(signal),
      api.tasks(signal),
      api.nodes(signal),
      api.networks(signal),
    ]);
    const cluster = { services, tasks, nodes, networks };
    const surroundings = surroundingsIn(cluster, this.#options.marks());
    const isElsewhere = !isDeepStrictEqual(surroundings, this.#surroundings);
    if (isElsewhere) this.#surroundings = surroundings;
    const before = this.#members;
    // Thousands at once would hold up the event loop.
    await inSlices(this.#read(cluster));
    signal.throwIfAborted();
    const isSame = before.size === this.#members.size && [...this.#members].every(isAmong(before));
    const isUpdating = services.some((one) => one.isUpdating);
    return { isChanged: isElsewhere || !isSame, isUpdating };
  }

  /** What has not changed is the same object as before. */
  *#read(cluster: Cluster): Steps<undefined> {
    const { provider } = this.#options;
    const members = new Map<string, Member>();
    for (const fresh of membersOf(cluster, provider)) {
      const { id } = fresh.container;
      const known = this.#members.get(id);
      const member = known && isDeepStrictEqual(known, fresh) ? known : fresh;
      const { container, hostAddress } = member;
      members.set(id, member);
      const surroundings = this.#surroundings;
      const where = { surroundings, base: undefined, hostAddress, isLeaving: false, isRival: true };
      this.#translations.of(container, where);
      yield;
    }
    for (const id of this.#members.keys()) if (!members.has(id)) this.#translations.forget(id);
    this.#members = members;
    const astray = strayLabels(cluster, provider);
    if (!isDeepStrictEqual(astray, this.#astray)) this.#astray = astray;
    return undefined;
  }

  /** True if the last snapshot had parts, and now nobody declares anything. */
  isEmptied(): boolean {
    return this.#translations.isEmptied();
  }

  /** All that is known; the same object as before if nothing changed. */
  snapshot(): Snapshot {
    return this.#translations.snapshot(this.#astray);
  }
}

const isAmong =
  (before: ReadonlyMap<string, Member>) =>
  ([id, member]: readonly [string, Member]) =>
    before.get(id) === member;
