import { throttle } from '../async/throttle.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedConfig } from '../config/merged.js';
import type { Snapshot } from '../config/provider.js';
import { DiagnosticStore, logChanges } from './diagnostics.js';
import { merge } from './merge.js';
import { lossOf, unstarted, type Logger, type ProviderState } from './supervise.js';

/** What a compiled generation must say here; all else is between compile and apply. */
export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReloadOptions<C extends Compilation> {
  /** Configured providers: name to endpoint. */
  readonly providers: ReadonlyMap<string, string>;
  /** Findings about the static configuration; they hold as long as the program runs. */
  readonly standing: readonly Diagnostic[];
  readonly throttleDuration: number;
  readonly compile: (merged: MergedConfig, previous: C | undefined) => C;
  /** One assignment: new connections see it from here on. */
  readonly apply: (compiled: C) => void;
  readonly log: Logger;
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
  /** Resolves when every provider has delivered and the result is in force. */
  readonly complete: Promise<void>;
  readonly #options: ReloadOptions<C>;
  readonly #trigger: () => void;
  readonly #states = new Map<string, ProviderState>();
  #merged: MergedConfig | undefined;
  #snapshots: ReadonlyMap<string, Snapshot> = new Map();
  #compiled: C | undefined;
  #open = false;
  #stats: ReloadStats = { swaps: 0, failures: 0, lastSuccess: undefined, lastDuration: 0 };
  #completed = (): void => {};

  constructor(options: ReloadOptions<C>) {
    this.#options = options;
    for (const [name, endpoint] of options.providers) {
      this.#states.set(name, unstarted(name, endpoint));
    }
    this.complete = new Promise((resolve) => (this.#completed = resolve));
    this.#trigger = throttle(
      () => this.#run(),
      options.throttleDuration,
      options.signal,
      (err) => options.log.error({ err }, 'the configuration could not be applied'),
    );
  }

  /** From supervise: a provider delivered, confirmed, or was lost. */
  changed(state: ProviderState): void {
    this.#states.set(state.name, state);
    if (this.#pending().size === 0) this.#open = true;
    if (this.#open) this.#trigger();
  }

  /**
   * Stops waiting for providers that have not delivered: what is known is applied, and the rest
   * joins as it comes (D48).
   */
  open(): void {
    this.#open = true;
    this.#trigger();
  }

  states(): readonly ProviderState[] {
    return [...this.#states.values()];
  }

  stats(): ReloadStats {
    return this.#stats;
  }

  #pending(): ReadonlySet<string> {
    const pending = this.states().filter(({ snapshot }) => snapshot === undefined);
    return new Set(pending.map(({ name }) => name));
  }

  #run(): void {
    const { log, now } = this.#options;
    try {
      if (this.#hasChanged()) this.#swap();
    } catch (err) {
      // A bug in the merge or the compiler: the table in force stays.
      this.#stats = { ...this.#stats, failures: this.#stats.failures + 1 };
      log.error({ err }, 'a new configuration could not be made; the old one stays in force');
    }
    const losses = this.states().flatMap((state) => lossOf(state) ?? []);
    const found = [
      ...this.#options.standing,
      ...(this.#merged?.diagnostics ?? []),
      ...(this.#compiled?.diagnostics ?? []),
      ...losses,
    ];
    const changes = this.diagnostics.replace(found, now());
    // A lost provider is said by its supervisor, with the error.
    const said = ({ code }: Diagnostic) => code !== 'provider-lost';
    logChanges({ appeared: changes.appeared.filter(said), gone: changes.gone.filter(said) }, log);
    if (this.#pending().size === 0) this.#completed();
  }

  #hasChanged(): boolean {
    const states = this.states().filter(({ snapshot }) => snapshot !== undefined);
    const same = states.every(({ name, snapshot }) => this.#snapshots.get(name) === snapshot);
    return this.#compiled === undefined || !same || states.length !== this.#snapshots.size;
  }

  #swap(): void {
    const { compile, apply, log, now } = this.#options;
    const started = performance.now();
    const snapshots = new Map<string, Snapshot>();
    for (const { name, snapshot } of this.states()) {
      if (snapshot) snapshots.set(name, snapshot);
    }
    const before = this.#merged;
    const merged = merge(snapshots, this.#pending(), before);
    const compiled = compile(merged, this.#compiled);
    apply(compiled);
    this.#snapshots = snapshots;
    this.#merged = merged;
    this.#compiled = compiled;
    const lastDuration = performance.now() - started;
    const { swaps } = this.#stats;
    this.#stats = { ...this.#stats, swaps: swaps + 1, lastSuccess: now(), lastDuration };
    log.info(
      {
        routers: merged.routers.size,
        services: merged.services.size,
        changed: changedNames(before, merged),
        ms: Math.round(lastDuration * 10) / 10,
      },
      'configuration applied',
    );
  }
}

const MOST_NAMES = 20;

/** What differs between two generations: `+new`, `-gone`, `~changed`, at most a line of them. */
function changedNames(before: MergedConfig | undefined, after: MergedConfig): readonly string[] {
  const names: string[] = [];
  for (const section of ['routers', 'services', 'middlewares', 'serversTransports'] as const) {
    const [old, now] = [before?.[section], after[section]];
    for (const [name, object] of now) {
      const was = old?.get(name);
      if (was === undefined) names.push(`+${name}`);
      else if (was !== object) names.push(`~${name}`);
    }
    for (const name of old?.keys() ?? []) if (!now.has(name)) names.push(`-${name}`);
  }
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? [...names.slice(0, MOST_NAMES), `and ${rest} more`] : names;
}
