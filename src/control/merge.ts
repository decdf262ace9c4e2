import { atOnce, type Steps } from '../async/slices.js';
import type { MergedConfig } from '../config/merged.js';
import type { Part, Snapshot } from '../config/provider.js';
import { grouped } from './groups.js';
import { byText, olderFirst } from './order.js';
import { FILE, reservedBy, type Reserved } from './reserved.js';
import { replaced, unshared, type Change } from './sections.js';
import { settle, type Settled, type SettleContext } from './settle.js';

interface Group {
  readonly members: readonly [Part, ...Part[]];
  readonly settled: Settled;
}

/** One provider's groups, by the age of their oldest member. */
interface Settlements {
  readonly snapshot: Snapshot;
  readonly groups: readonly Group[];
  readonly byOldest: ReadonlyMap<Part, Group>;
}

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
  const reserved = reservedBy(snapshots.get(FILE), memory?.reserved);
  const providers = new Map<string, Settlements>();
  for (const [provider, snapshot] of [...snapshots].sort(([a], [b]) => byText(a, b))) {
    // What files declare is reserved against others only.
    const isValid = provider === FILE || memory?.reserved === reserved;
    const before = isValid ? memory?.providers.get(provider) : undefined;
    const context = { provider, reserved, previous };
    providers.set(
      provider,
      before?.snapshot === snapshot ? before : yield* settlements(snapshot, before, context),
    );
  }

  yield;
  const base = memory && previous;
  const all = [...providers.values()];
  const change = changeOf([...(memory?.providers.values() ?? [])], all);
  const options = unshared('tlsOptions', every(all, 'tlsOptions'), base?.tlsOptions);
  const stores = unshared('tlsStore', every(all, 'tlsStores'), base?.tlsStores);
  yield;
  const routers = replaced(base?.routers, change, (settled) => settled.routers);
  yield;
  const services = replaced(base?.services, change, (settled) => settled.services);
  yield;
  const result: MergedConfig = {
    routers,
    services,
    middlewares: replaced(base?.middlewares, change, ({ middlewares }) => middlewares),
    serversTransports: replaced(
      base?.serversTransports,
      change,
      ({ serversTransports }) => serversTransports,
    ),
    tlsOptions: options.section,
    tlsStores: stores.section,
    tlsCertificates: every(all, 'tlsCertificates'),
    diagnostics: [
      ...all.flatMap(({ snapshot }) => snapshot.diagnostics),
      ...every(all, 'diagnostics'),
      ...options.diagnostics,
      ...stores.diagnostics,
    ],
    pending,
  };
  memories.set(result, { reserved, providers });
  return result;
}

/** What is the same as before is not settled again. */
function* settlements(
  snapshot: Snapshot,
  before: Settlements | undefined,
  context: SettleContext,
): Steps<Settlements> {
  const byOldest = new Map<Part, Group>();
  const fresh: Group[] = [];
  for (const members of grouped(snapshot.parts)) {
    const known = before?.byOldest.get(members[0]);
    const isKnown = known !== undefined && areSame(known.members, members);
    const group = isKnown ? known : { members, settled: settle(members, context) };
    if (!isKnown) fresh.push(group);
    byOldest.set(members[0], group);
    yield;
  }
  const groups = (before?.groups ?? []).filter((group) => holds({ byOldest }, group));
  if (fresh.length > 0) {
    for (const group of fresh) groups.push(group);
    // Those from before are in order already, so that this takes one pass.
    groups.sort(byAge);
  }
  return { snapshot, groups, byOldest };
}

const byAge = ({ members: [a] }: Group, { members: [b] }: Group) => olderFirst(a.owner, b.owner);

const areSame = (a: readonly Part[], b: readonly Part[]) =>
  a.length === b.length && a.every((part, index) => part === b[index]);

const holds = ({ byOldest }: Pick<Settlements, 'byOldest'>, group: Group) =>
  byOldest.get(group.members[0]) === group;

function changeOf(before: readonly Settlements[], now: readonly Settlements[]): Change<Settled> {
  const notIn = (some: readonly Settlements[], others: readonly Settlements[]) =>
    some
      .filter((one) => !others.includes(one))
      .flatMap(({ groups }) =>
        groups.filter((group) => !others.some((other) => holds(other, group))),
      )
      .map(({ settled }) => settled);
  return { gone: notIn(before, now), added: notIn(now, before) };
}

/** What all groups have of one section. Most have nothing of most. */
function every<K extends keyof Settled>(
  all: readonly Settlements[],
  section: K,
): readonly Settled[K][number][] {
  const found: Settled[K][number][] = [];
  for (const { groups } of all) {
    for (const { settled } of groups) {
      for (const item of settled[section]) found.push(item);
    }
  }
  return found;
}
