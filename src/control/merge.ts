import { atOnce, type Steps } from '../async/slices.js';
import type { MergedConfig } from '../config/merged.js';
import { byText } from '../config/name-map.js';
import type { Snapshot } from '../config/provider.js';
import { FILE, reservedBy, type Reserved } from './reserved.js';
import { replaced, unshared } from './sections.js';
import type { Settled } from './settle.js';
import { allOf, inOrder, settlements, type Settlements } from './settlements.js';

interface Memory {
  readonly reserved: Reserved;
  readonly providers: ReadonlyMap<string, Settlements>;
}

/** How a result was made. Only the next one reads it, to be there sooner. */
const memories = new WeakMap<MergedConfig, Memory>();

/**
 * All snapshots as one configuration, names qualified (AGG-7), conflicts settled (D10). The same
 * snapshots give the same result, in whatever order they come; it is sorted by name. What says the
 * same as in `previous` is the same object, sections included.
 */
export const merge = (...args: Parameters<typeof merging>): MergedConfig =>
  atOnce(merging(...args));

/** `merge` in steps: thousands of owners at once would hold up the event loop. */
export function* merging(
  snapshots: ReadonlyMap<string, Snapshot>,
  pending: ReadonlySet<string>,
  previous?: MergedConfig,
): Steps<MergedConfig> {
  const memory = previous && memories.get(previous);
  const file = snapshots.get(FILE);
  const isSameFile = memory && memory.providers.get(FILE)?.snapshot === file;
  const reserved = isSameFile ? memory.reserved : reservedBy(file, memory?.reserved);
  const providers = new Map<string, Settlements>();
  const gone: (readonly Settled[])[] = [];
  const added: (readonly Settled[])[] = [];
  for (const [provider, snapshot] of [...snapshots].sort(([a], [b]) => byText(a, b))) {
    const before = memory?.providers.get(provider);
    // What files declare is reserved against others only.
    const isValid = provider === FILE || memory?.reserved === reserved;
    const context = { provider, reserved, previous };
    const now = yield* settlements(snapshot, isValid ? before : undefined, context);
    providers.set(provider, now.settlements);
    gone.push(isValid ? now.gone : allOf(before));
    added.push(now.added);
  }
  for (const [provider, before] of memory?.providers ?? []) {
    if (!providers.has(provider)) gone.push(allOf(before));
  }

  yield;
  const base = memory && previous;
  const all = [...providers.values()];
  const change = { gone: gone.flat(), added: added.flat() };
  const listed = all.flatMap(inOrder);
  const options = unshared('tlsOptions', every(listed, 'tlsOptions'), base?.tlsOptions);
  const stores = unshared('tlsStore', every(listed, 'tlsStores'), base?.tlsStores);
  yield;
  const result: MergedConfig = {
    routers: yield* replaced(base?.routers, change, ({ routers }) => routers),
    services: yield* replaced(base?.services, change, ({ services }) => services),
    middlewares: yield* replaced(base?.middlewares, change, ({ middlewares }) => middlewares),
    serversTransports: yield* replaced(
      base?.serversTransports,
      change,
      ({ serversTransports }) => serversTransports,
    ),
    tlsOptions: options.section,
    tlsStores: stores.section,
    tlsCertificates: every(listed, 'tlsCertificates'),
    diagnostics: [
      ...all.flatMap(({ snapshot }) => snapshot.diagnostics),
      ...every(listed, 'diagnostics'),
      ...options.diagnostics,
      ...stores.diagnostics,
    ],
    pending,
  };
  memories.set(result, { reserved, providers });
  return result;
}

/** What all groups have of one section. */
function every<K extends keyof Settled>(
  listed: readonly Settled[],
  section: K,
): readonly Settled[K][number][] {
  const found: Settled[K][number][] = [];
  for (const settled of listed) for (const item of settled[section]) found.push(item);
  return found;
}
