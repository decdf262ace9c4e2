import type { MergedConfig } from '../config/merged.js';

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

export function differenceOf(before: MergedConfig | undefined, after: MergedConfig): Difference {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  for (const [section, kind] of SECTIONS) {
    const [old, now] = [before?.[section], after[section]];
    if (old === now) continue;
    for (const [name, object] of now) {
      const was = old?.get(name);
      if (was === undefined) added.push(`${kind} ${name}`);
      else if (was !== object) changed.push(`${kind} ${name}`);
    }
    for (const name of old?.keys() ?? []) if (!now.has(name)) removed.push(`${kind} ${name}`);
  }
  return { added, removed, changed };
}
