import { inSlices, type Steps } from '../async/slices.js';
import { throttle } from '../async/throttle.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedConfig } from '../config/merged.js';
import type { Materials } from '../config/pem.js';
import type { Snapshot } from '../config/provider.js';
import type { Logger } from '../telemetry/log.js';
import { DiagnosticStore, identified, logChanges, type DiagnosticChanges } from './diagnostics.js';
import { differenceOf, isSameConfig, type Difference } from './difference.js';
import { merging } from './merge.js';
import { lossOf, unstarted, type ProviderState } from './supervise.js';

/** What a compiled generation must say here; all else is between compile and apply. */
export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReloadOptions<C extends Compilation> {
  /** Configured providers: name to endpoint. */
  readonly providers: ReadonlyMap<string, string>;
  /** Findings that no configuration of a provider brings or mends, as they are now. */
  readonly standing: () => readonly Diagnostic[];
  readonly throttleDuration: number;
  /** The files that a configuration names; at once if none of them must be read first. */
  readonly materials: (merged: MergedConfig) => Materials | Promise<Materials>;
  /** In steps; until it has ended, what was compiled before is in force. */
  readonly compile: (
    merged: MergedConfig,
    materials: Materials,
    previous: C | undefined,
  ) => Steps<C>;
  /** One assignment: new connections see it from here on. */
  readonly apply: (compiled: C) => void;
  readonly log: Logger;
  /** In ms since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What happened so far, for metrics. Times in ms since the epoch, durations in ms. */
export interface ReloadStats {
  readonly swaps: number;
  readonly failures: number;
  readonly lastSuccess: number | undefined;
  readonly lastDuration: number;
}

/**
 * Snapshots in, tables out: the only place where a new generation comes into force. One throttle
 * stands in front of the merge, for all providers together (D32).
 */
export class Reload<C extends Compilation> {
  readonly diagnostics = new DiagnosticStore();
  /** Resolves when the first table is in force. */
  readonly ready: Promise<void>;
  readonly #options: ReloadOptions<C>;
  readonly #trigger: () => void;
  readonly #states = new Map<string, ProviderState>();
  /** Of the last attempt, whether it came to a table or not. */
  #snapshots: ReadonlyMap<string, Snapshot> | undefined;
  /** Made of them. */
  #latest: MergedConfig | undefined;
  /** In force, with what it was compiled with and to. */
  #merged: MergedConfig | undefined;
  #materials: Materials | undefined;
  #compiled: C | undefined;
  /** What is to be written to the log, the first of it just now. */
  readonly #unsaid: DiagnosticChanges[] = [];
  #saying: undefined | Promise<undefined>;
  #isOpen = false;
  #isStale = false;
  #stats: ReloadStats = { swaps: 0, failures: 0, lastSuccess: undefined, lastDuration: 0 };
  #isReady = (): void => {};

  constructor(options: ReloadOptions<C>) {
    this.#options = options;
    for (const [name, endpoint] of options.providers) {
      this.#states.set(name, unstarted(name, endpoint));
    }
    this.ready = new Promise((resolve) => (this.#isReady = resolve));
    this.#trigger = throttle(
      () => this.#run(),
      options.throttleDuration,
      options.signal,
      (err) => options.log.error({ err }, 'the configuration could not be applied'),
    );
  }

  /** From supervise: a provider delivered, confirmed, or failed. */
  changed(state: ProviderState): void {
    const before = this.#states.get(state.name);
    this.#states.set(state.name, state);
    if (this.#pending().size === 0) this.#isOpen = true;
    // What changes no table must not make the next change wait for the throttle.
    if (before?.snapshot !== state.snapshot) {
      if (this.#isOpen) this.#trigger();
    } else if (before?.failingSince !== state.failingSince || before?.error !== state.error) {
      this.#report();
    }
  }

  /** The standing findings are others now. */
  standingChanged(): void {
    this.#report();
  }

  /** The content of a file that the configuration names has changed. */
  materialsChanged(): void {
    if (this.#isOpen) this.#trigger();
  }

  /** Looks again at what depends on the day: certificates begin and end without any change. */
  recheck(): void {
    this.#isStale = true;
    if (this.#isOpen) this.#trigger();
  }

  /**
   * Stops waiting for providers that have not delivered: what is known is applied, and the rest
   * joins as it comes (D48).
   */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#trigger();
  }

  states(): readonly ProviderState[] {
    return [...this.#states.values()];
  }

  stats(): ReloadStats {
    return this.#stats;
  }

  #pending(): ReadonlySet<string> {
    const pending = this.states().filter(({ delivered }) => !delivered);
    return new Set(pending.map(({ name }) => name));
  }

  async #run(): Promise<void> {
    const { log, signal, materials: materialsOf } = this.#options;
    let difference: Difference | undefined;
    try {
      const started = performance.now();
      const merging = this.#merge();
      const merged = merging instanceof Promise ? await merging : merging;
      const found = materialsOf(merged);
      // A change that names no new file does not wait, not even for a tick.
      const materials = found instanceof Promise ? await found : found;
      if (signal.aborted) return;
      const swapping = inSlices(this.#swap(merged, materials, started));
      difference = swapping instanceof Promise ? await swapping : swapping;
    } catch (err) {
      // A bug in the merge or the compiler: the table in force stays.
      this.#stats = { ...this.#stats, failures: this.#stats.failures + 1 };
      log.error({ err }, 'a new configuration could not be made; the old one stays in force');
    }
    if (difference) this.#say(difference);
    const identifying = inSlices(identified(this.#found()));
    if (identifying instanceof Promise) await identifying;
    this.#report();
    if (this.#compiled !== undefined) this.#isReady();
  }

  /** What the snapshots say together. */
  #merge(): MergedConfig | Promise<MergedConfig> {
    const snapshots = new Map<string, Snapshot>();
    for (const { name, snapshot } of this.states()) if (snapshot) snapshots.set(name, snapshot);
    if (this.#latest && this.#snapshots && isSame(this.#snapshots, snapshots)) return this.#latest;
    this.#snapshots = snapshots;
    const keep = (merged: MergedConfig) => (this.#latest = merged);
    const merged = inSlices(merging(snapshots, this.#pending(), this.#latest));
    return merged instanceof Promise ? merged.then(keep) : keep(merged);
  }

  /** What is different now; undefined if nothing is. */
  *#swap(
    merged: MergedConfig,
    materials: Materials,
    started: number,
  ): Steps<Difference | undefined> {
    const before = this.#merged;
    const isSameInput = before && isSameConfig(before, merged) && this.#materials === materials;
    if (isSameInput && !this.#isStale) {
      this.#merged = merged;
      return undefined;
    }
    this.#isStale = false;
    const compiled = yield* this.#options.compile(merged, materials, this.#compiled);
    // While it was compiled.
    if (this.#options.signal.aborted) return undefined;
    this.#apply(merged, materials, compiled, started);
    return isSameInput ? undefined : yield* differenceOf(before, merged);
  }

  /** No `await` in here. */
  #apply(merged: MergedConfig, materials: Materials, compiled: C, started: number): void {
    const { apply, now } = this.#options;
    apply(compiled);
    this.#merged = merged;
    this.#materials = materials;
    this.#compiled = compiled;
    const { swaps, failures } = this.#stats;
    const lastDuration = performance.now() - started;
    this.#stats = { swaps: swaps + 1, failures, lastSuccess: now(), lastDuration };
  }

  #say({ added, removed, changed }: Difference): void {
    const { routers, services, middlewares, serversTransports } = this.#merged ?? {};
    this.#options.log.info(
      {
        routers: routers?.size,
        services: services?.size,
        middlewares: middlewares?.size,
        serversTransports: serversTransports?.size,
        added: some(added),
        removed: some(removed),
        changed: some(changed),
        ms: Math.round(this.#stats.lastDuration * 10) / 10,
      },
      'configuration applied',
    );
  }

  /** Brings the findings up to date, and says what is new about them. */
  #report(): void {
    const { appeared, gone } = this.diagnostics.replace(this.#found(), this.#options.now());
    // A lost provider is said by its supervisor, with the error.
    const isUnsaid = ({ code }: Diagnostic) => code !== 'provider-lost';
    this.#unsaid.push({ appeared: appeared.filter(isUnsaid), gone: gone.filter(isUnsaid) });
    if (this.#unsaid.length === 1) this.#saying = inSlices(this.#sayFindings());
  }

  /** What holds now. */
  #found(): readonly Diagnostic[] {
    return [
      ...this.#options.standing(),
      ...(this.#merged?.diagnostics ?? []),
      ...(this.#compiled?.diagnostics ?? []),
      ...this.states().flatMap((state) => lossOf(state) ?? []),
    ];
  }

  /** One report after the other, so that nothing is said to be gone before it is said. */
  *#sayFindings(): Steps<undefined> {
    for (let [next] = this.#unsaid; next !== undefined; [next] = this.#unsaid) {
      try {
        yield* logChanges(next, this.#options.log);
      } finally {
        this.#unsaid.shift();
      }
    }
  }

  /** Resolves when every finding is in the log that was found up to now. */
  async said(): Promise<void> {
    await this.#saying;
  }
}

const isSame = (a: ReadonlyMap<string, Snapshot>, b: ReadonlyMap<string, Snapshot>) =>
  a.size === b.size && [...a].every(([name, snapshot]) => b.get(name) === snapshot);

const MOST_NAMES = 10;

/** Nothing for no names; a line has room for some. */
function some(names: readonly string[]): readonly string[] | undefined {
  if (names.length === 0) return undefined;
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? [...names.slice(0, MOST_NAMES), `and ${rest} more`] : names;
}
