import { isDeepStrictEqual } from 'node:util';
import { inGroups } from '../../src/async/in-groups.js';
import { inSlices, type Steps } from '../../src/async/slices.js';
import type { Constraint } from '../../src/config/constraints/constraints.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Snapshot } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { TellStory } from '../../src/config/story.js';
import { NONE } from '../../src/config/tight.js';
import { EngineError, inspectIfAny, type DockerApi } from './api.js';
import { Bases } from './bases.js';
import { Departures } from './departures.js';
import { isElsewhere } from './endpoint.js';
import type { Change, Kill } from './event.js';
import { placeOf } from './finding.js';
import { isAsBefore, type Container } from './inspected.js';
import { isOurs } from './label-keys.js';
import type { Listed } from './listed.js';
import type { Surroundings } from './network.js';
import { unpublished, type Listening } from './publishing.js';
import { Rivals } from './rivals.js';
import { ON_HOST, whereabouts, type OwnMarks, type Whereabouts } from './self.js';
import { Translations } from './translations.js';

export interface ContainersOptions {
  readonly provider: string;
  readonly config: DockerConfig;
  readonly constraint: Constraint<ReadonlyMap<string, string>>;
  /** Findings that hold whatever the engine says. */
  readonly standing: readonly Diagnostic[];
  /** Read anew each time: networks come and go. */
  readonly marks: () => OwnMarks;
  /** The machine's address as seen from here, for servers on the host network (DKR-31). */
  readonly hostAddress: (surroundings: Surroundings) => Promise<string | undefined>;
  readonly tell?: TellStory | undefined;
  readonly listening?: readonly Listening[];
}

/** The containers that have labels of ours, and what they say. What is known survives reconnects. */
export class Containers {
  readonly #options: ContainersOptions;
  /** By id. Only the latest answer of the engine. */
  readonly #containers = new Map<string, Container>();
  readonly #failures = new Map<string, Diagnostic>();
  readonly #bases = new Bases();
  readonly #translations: Translations;
  readonly #rivals = new Rivals();
  readonly #departures = new Departures();
  #whereabouts: Whereabouts = ON_HOST;
  #unpublished: readonly Diagnostic[] = [];
  #hostAddress: string | undefined;
  /** To be translated anew before the next snapshot, beside those that are told to end. */
  readonly #due = new Set<string>();
  /** What all translations depend on is other than it was. */
  #isAllDue = false;

  constructor(options: ContainersOptions) {
    this.#options = options;
    const { provider, config, constraint, standing, tell } = options;
    this.#translations = new Translations({
      provider,
      options: config,
      constraint,
      standing,
      tell,
    });
  }

  /** True if a container is to be looked at after this event. */
  concerns({ id, isLabelled }: Change): boolean {
    return (
      isLabelled === true ||
      this.#containers.has(id) ||
      this.#whereabouts.ids.has(id) ||
      this.#bases.has(id)
    );
  }

  /**
   * Looks at everything, and closely at those that events told `of`: a list may show what was before them. The
   * ids of the containers that are not as they were.
   */
  async list(
    api: DockerApi,
    signal: AbortSignal,
    of: readonly string[] = NONE,
  ): Promise<readonly string[]> {
    const before = new Map(this.#containers);
    const all = await api.list(signal);
    const listed = all.filter(({ labels }) => [...labels.keys()].some(isOurs));
    const present = new Set(listed.map(({ id }) => id));
    await this.#findSelf(api, signal);
    for (const id of this.#containers.keys()) if (!present.has(id)) this.#remove(id);
    for (const id of this.#failures.keys()) if (!present.has(id)) this.#failures.delete(id);
    const unclear = await inSlices(this.#believe(listed, new Set(of)));
    signal.throwIfAborted();
    await this.#inspectAll(api, unclear, signal);
    await this.#findBases(api, signal, undefined);
    await this.#inspectRivals(api, signal, unclear);
    const ids = new Set([...before.keys(), ...this.#containers.keys()]);
    return [...ids].filter((id) => !isAsBefore(before.get(id), this.#containers.get(id)));
  }

  /** Those of whom the list does not tell enough, or something else than is known. */
  *#believe(listed: readonly Listed[], of: ReadonlySet<string>): Steps<readonly string[]> {
    const unclear: string[] = [];
    for (const { id, read } of listed) {
      yield;
      const known = this.#containers.get(id);
      const container = of.has(id) || this.#hangsOnAge(id) ? undefined : read();
      const isUnclear = container === undefined || this.#failures.has(id);
      if (isUnclear || (known !== undefined && !isAsBefore(known, container))) unclear.push(id);
      else if (known === undefined) this.#put(container);
    }
    return unclear;
  }

  /** The list does not tell when a container was started again. */
  #hangsOnAge(id: string): boolean {
    return this.#rivals.isRival(id) || this.#departures.includes(id);
  }

  /** Looks at these containers again. */
  async inspect(api: DockerApi, ids: readonly string[], signal: AbortSignal): Promise<void> {
    if (ids.some((id) => this.#whereabouts.ids.has(id))) await this.#findSelf(api, signal);
    await this.#inspectAll(api, ids, signal);
    await this.#findBases(api, signal, new Set(ids));
    await this.#inspectRivals(api, signal, ids);
  }

  /** Asks for the ages of those that declare the same names now (D10), but of those that were `asked` just before. */
  async #inspectRivals(
    api: DockerApi,
    signal: AbortSignal,
    asked: readonly string[],
  ): Promise<void> {
    const known = new Set(asked);
    // One that is inspected may turn out to declare other names.
    for (;;) {
      this.#translateDue();
      const rivals = this.#rivals.take();
      if (rivals.length === 0) return;
      for (const id of rivals) this.#due.add(id);
      const unknown = rivals.filter((id) => !known.has(id) && this.#containers.has(id));
      for (const id of unknown) known.add(id);
      await this.#inspectAll(api, unknown, signal);
    }
  }

  /** True of a container whose stop signal is known. */
  isInspected(id: string): boolean {
    return this.#containers.get(id)?.life !== undefined;
  }

  /**
   * A container was sent a signal. If it is to end, new connections go elsewhere (D30): for so many
   * ms, unless it ends before. Undefined: nothing changes.
   */
  killed(id: string, kill: Kill, grace: number): number | undefined {
    const container = this.#containers.get(id);
    return container && this.#departures.add(container, kill, grace);
  }

  /** Those that are there and could not be inspected. */
  get failed(): readonly string[] {
    return [...this.#failures.keys()];
  }

  async #findSelf(api: DockerApi, signal: AbortSignal): Promise<void> {
    const inspect = (reference: string) => inspectIfAny(api, reference, signal);
    const { config, marks } = this.#options;
    const found = await whereabouts(inspect, marks(), isElsewhere(config));
    if (isDeepStrictEqual(found, this.#whereabouts)) return;
    this.#whereabouts = found;
    this.#isAllDue = true;
    const { provider, listening = [] } = this.#options;
    this.#unpublished = found.publishing ? unpublished(found.publishing, listening, provider) : [];
  }

  async #inspectAll(api: DockerApi, ids: readonly string[], signal: AbortSignal): Promise<void> {
    let unanswered = 0;
    await inGroups(ids, api.atOnce, async (id) => {
      if (signal.aborted) return;
      try {
        this.#inspected(id, await api.inspect(id, signal));
      } catch (caught) {
        const error = caught instanceof Error ? caught : new Error(String(caught));
        this.#notInspected(id, error);
        if (!(error instanceof EngineError)) unanswered += 1;
      }
    });
    signal.throwIfAborted();
    // An engine can hang on one container for ever. Whether it is lost, its list tells.
    if (unanswered > 0 && unanswered === ids.length) await api.list(signal);
  }

  #inspected(id: string, container: Container | undefined): void {
    this.#failures.delete(id);
    if (container === undefined || ![...container.labels.keys()].some(isOurs)) {
      this.#remove(id);
    } else if (!isDeepStrictEqual(container, this.#containers.get(id))) {
      this.#put(container);
    }
  }

  #put(container: Container): void {
    const { id } = container;
    this.#containers.set(id, container);
    this.#bases.set(container);
    // Each at its time: thousands at once would hold up the event loop.
    this.#translate(container);
    // Its base and its rivals may be known only later.
    this.#due.add(id);
  }

  #remove(id: string): void {
    this.#containers.delete(id);
    this.#rivals.set(id, undefined);
    this.#bases.delete(id);
    this.#due.add(id);
  }

  /** BUG-57: a container that is there and cannot be inspected keeps its last state. */
  #notInspected(id: string, error: Error): void {
    const known = this.#containers.get(id);
    this.#failures.set(id, {
      code: 'unreadable',
      severity: 'warning',
      provider: this.#options.provider,
      object: { kind: 'container', name: known?.name ?? id },
      at: known ? placeOf(known) : { kind: 'label', container: id, containerId: id, key: '' },
      message:
        known === undefined
          ? 'the engine cannot say anything about this container, so it is not used'
          : 'the engine cannot say anything about this container: what was known stays in force',
      value: error.message,
      fix: 'it is asked again; see `docker inspect` and the log of the engine',
    });
  }

  /** `changed`: only of these containers, or of those that are not known yet; undefined: all. */
  async #findBases(
    api: DockerApi,
    signal: AbortSignal,
    changed: ReadonlySet<string> | undefined,
  ): Promise<void> {
    for (const id of await this.#bases.find(api, signal, changed)) this.#due.add(id);
    signal.throwIfAborted();
    if (!this.#bases.isAnyOnHost) return;
    const hostAddress = await this.#options.hostAddress(this.#whereabouts.surroundings);
    this.#isAllDue ||= hostAddress !== this.#hostAddress;
    this.#hostAddress = hostAddress;
  }

  /** True if the last snapshot had parts, and now nobody declares anything. */
  isEmptied(): boolean {
    this.#translateDue();
    return this.#translations.isEmptied();
  }

  /** All that is known; the same object as before if nothing changed. */
  snapshot(): Snapshot {
    this.#translateDue();
    return this.#translations.snapshot([...this.#failures.values(), ...this.#unpublished]);
  }

  #translateDue(): void {
    // Whoever was told to end may have had time enough.
    const ids = this.#isAllDue ? this.#containers.keys() : [...this.#due, ...this.#departures.ids];
    for (const id of ids) {
      const container = this.#containers.get(id);
      if (container) this.#translate(container);
    }
    for (const id of this.#due) if (!this.#containers.has(id)) this.#translations.forget(id);
    for (const id of this.#departures.ids) {
      if (!this.#containers.has(id)) this.#departures.delete(id);
    }
    this.#due.clear();
    this.#isAllDue = false;
  }

  #translate(container: Container): void {
    const { surroundings } = this.#whereabouts;
    const base = this.#bases.of(container);
    const isOnHost = (base ?? container).networkMode === 'host';
    const hostAddress = isOnHost ? this.#hostAddress : undefined;
    const { id } = container;
    const { part } = this.#translations.of(container, {
      surroundings,
      base,
      hostAddress,
      isLeaving: this.#departures.has(container),
      isRival: this.#rivals.isRival(id),
    });
    this.#rivals.set(id, part);
  }
}
