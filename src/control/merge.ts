import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged, MergedConfig, MergedService } from '../config/merged.js';
import type { Snapshot } from '../config/provider.js';
import { inAge } from './claims.js';
import { mergeProvider, reservedNames, type ProviderConfig } from './merge-provider.js';

/**
 * All snapshots as one configuration, names qualified (AGG-7). The same snapshots give the same
 * result, in whatever order they come. What did not change since `previous` is the same object.
 */
export function merge(
  snapshots: ReadonlyMap<string, Snapshot>,
  pending: ReadonlySet<string>,
  previous?: MergedConfig,
): MergedConfig {
  const reserved = reservedNames(snapshots);
  const merged: ProviderConfig[] = [];
  for (const [provider, snapshot] of [...snapshots].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = inAge(snapshot.parts);
    merged.push(mergeProvider({ provider, parts, snapshot, reserved, previous }));
  }
  const diagnostics: Diagnostic[] = merged.flatMap((config) => config.diagnostics);
  return {
    routers: union(merged.map(({ routers }) => routers)),
    services: union<MergedService>(merged.map(({ services }) => services)),
    middlewares: union(merged.map(({ middlewares }) => middlewares)),
    serversTransports: union(merged.map(({ serversTransports }) => serversTransports)),
    tlsOptions: unique(
      merged.map(({ tlsOptions }) => tlsOptions),
      'tlsOptions',
      diagnostics,
    ),
    tlsStores: unique(
      merged.map(({ tlsStores }) => tlsStores),
      'tlsStore',
      diagnostics,
    ),
    tlsCertificates: merged.flatMap(({ tlsCertificates }) => tlsCertificates),
    diagnostics,
    pending,
  };
}

function union<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(maps.flatMap((map) => [...map]));
}

/** `default` is unqualified, so two providers can claim it; then it is nobody's (AGG-12). */
function unique<T>(
  maps: readonly ReadonlyMap<string, Merged<T>>[],
  kind: 'tlsOptions' | 'tlsStore',
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Merged<T>> {
  const all = new Map<string, Merged<T>>();
  for (const [name, object] of maps.flatMap((map) => [...map])) {
    const before = all.get(name);
    if (before === undefined) {
      all.set(name, object);
      continue;
    }
    const conflict: Diagnostic = {
      code: 'conflict',
      severity: 'error',
      provider: object.provider,
      object: { kind, name },
      at: object.at,
      related: [before.at],
      message: `"${name}" is declared by ${before.provider} and by ${object.provider}, and neither counts`,
      value: name,
      fix: 'declare it once',
    };
    diagnostics.push(conflict);
    all.set(name, { ...before, diagnostics: [...before.diagnostics, conflict] });
  }
  return all;
}
