import type { Diagnostic } from './diagnostic.js';
import type { DynamicConfig } from './model.js';

/**
 * Who wrote a part of the configuration: one container, one task of a Swarm service (or the service, where
 * it is reached at one address), one Consul instance, one file.
 */
export interface Owner {
  readonly kind: 'container' | 'task' | 'swarmService' | 'instance' | 'file';
  /** Unique within the provider and stable over restarts of Sluice: container id, node/service/instance, path. */
  readonly id: string;
  /** As its author knows it. */
  readonly name: string;
  /**
   * Age, the smaller the older: at a conflict of names the oldest keeps the name (D10). Docker:
   * State.StartedAt in ms, or Created of one that shares no name with another, so that nothing is decided by it;
   * Swarm: CreatedAt of the service; Consul: CreateIndex; files: place in the visiting order (FIL-14).
   */
  readonly since: number;
  /** It is about to end: new connections go elsewhere, if there is anywhere else (D30). */
  readonly isLeaving?: boolean;
}

/** What one owner says. The same object (`===`) as long as the owner says the same. */
export interface Part {
  readonly owner: Owner;
  readonly config: DynamicConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Everything a provider knows at one moment. It replaces, and is never merged into, the one before.
 * Plain data (structured-cloneable).
 */
export interface Snapshot {
  readonly parts: readonly Part[];
  /** About the source as a whole, or about owners that contribute nothing. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Provider {
  /** As it stands behind the `@`: `docker`, `swarm`, `consulcatalog`, `file`. */
  readonly name: string;

  /**
   * Yields the complete configuration now and again after each change, and the same object again
   * after each confirmation that nothing changed (it counts for the provider's age). Throws when
   * the source is lost; the caller keeps the last snapshot in force and calls `watch` again after
   * a delay.
   */
  watch(signal: AbortSignal): AsyncIterable<Snapshot>;

  /** Reads everything again now (SIGHUP), where the provider can. */
  refresh?(): void;
}
