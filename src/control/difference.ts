import type { Steps } from '../async/slices.js';
import type { MergedConfig } from '../config/merged.js';
import { NameMap } from '../config/name-map.js';

const SECTIONS = [
  ['routers', 'router'],
  ['services', 'service'],
  ['middlewares', 'middleware'],
  ['serversTransports', 'serversTransport'],
  ['tlsOptions', 'tlsOptions'],
  ['tlsStores', 'tlsStore'],
] as const;

/** Names with their kind: `router db@docker`. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** True if nothing that the two say differs; what was found on the way may. */
export function isSameConfig(a: MergedConfig, b: MergedConfig): boolean {
  return (
    SECTIONS.every(([section]) => a[section] === b[section]) &&
    a.tlsCertificates.length === b.tlsCertificates.length &&
    a.tlsCertificates.every((certificate, index) => certificate === b.tlsCertificates[index]) &&
    a.pending.size === b.pending.size &&
    [...a.pending].every((provider) => b.pending.has(provider))
  );
}

export function* differenceOf(
  before: MergedConfig | undefined,
  after: MergedConfig,
): Steps<Difference> {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  for (const [section, kind] of SECTIONS) {
    for (const change of yield* changesOf(before?.[section], after[section])) {
      const named = `${kind} ${change.name}`;
      if (change.before === undefined) added.push(named);
      else if (change.now === undefined) removed.push(named);
      else changed.push(named);
    }
  }
  return { added, removed, changed };
}

const changesOf = (before: NameMap<unknown> | undefined, after: NameMap<unknown>) =>
  after.changesSince(before ?? NameMap.of());
