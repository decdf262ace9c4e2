import type { Steps } from '../async/slices.js';
import { namesOf } from '../config/declared-names.js';
import { NameMap } from '../config/name-map.js';
import type { Part, Snapshot } from '../config/provider.js';
import { grouped } from './groups.js';
import { listChanges } from './list-changes.js';
import { olderFirst } from './order.js';
import { settle, type Settled, type SettleContext } from './settle.js';

interface Group {
  readonly members: readonly [Part, ...Part[]];
  readonly settled: Settled;
}

/** What came of the declarations of one provider's owners, group by group. */
export interface Settlements {
  readonly snapshot: Snapshot;
  /** By each name that is declared in it, and by those of its members that declare none. */
  readonly groups: NameMap<Group>;
  /** Those with anything that is put together in order of age, by their oldest member. */
  readonly listed: NameMap<Group>;
}

interface Renewed {
  readonly settlements: Settlements;
  readonly gone: readonly Settled[];
  readonly added: readonly Settled[];
}

const NOTHING: Settlements = {
  snapshot: { parts: [], diagnostics: [] },
  groups: NameMap.of(),
  listed: NameMap.of(),
};

/**
 * Settles what is not as before. Only groups that an owner left, joined or bound together are gone
 * through, so that this costs what changed.
 */
export function* settlements(
  snapshot: Snapshot,
  before: Settlements = NOTHING,
  context: SettleContext,
): Steps<Renewed> {
  if (before.snapshot === snapshot) return { settlements: before, gone: [], added: [] };
  const parts = listChanges(before.snapshot.parts, snapshot.parts);
  const touched = new Set<Group>();
  for (const part of [...parts.gone, ...parts.added]) {
    yield;
    for (const key of keysOf(part)) {
      const group = before.groups.get(key);
      if (group) touched.add(group);
    }
  }
  const left = new Set(parts.gone);
  const open = [...touched].flatMap(({ members }) => members.filter((part) => !left.has(part)));
  const fresh: Group[] = [];
  for (const members of yield* grouped([...open, ...parts.added])) {
    fresh.push({ members, settled: settle(members, context) });
    yield;
  }

  const groups = new Map<string, Group | undefined>();
  const listed = new Map<string, Group | undefined>();
  for (const group of touched) {
    yield;
    for (const key of group.members.flatMap(keysOf)) groups.set(key, undefined);
    listed.set(keyOf(group.members[0]), undefined);
  }
  for (const group of fresh) {
    yield;
    for (const key of group.members.flatMap(keysOf)) groups.set(key, group);
    if (isListed(group)) listed.set(keyOf(group.members[0]), group);
  }
  yield;
  const all = yield* before.groups.changing(groups);
  const now = { snapshot, groups: all, listed: yield* before.listed.changing(listed) };
  return {
    settlements: now,
    gone: Array.from(touched, ({ settled }) => settled),
    added: fresh.map(({ settled }) => settled),
  };
}

/** Of all groups. */
export function allOf(settlements: Settlements | undefined): readonly Settled[] {
  return Array.from(new Set(settlements?.groups.values()), ({ settled }) => settled);
}

/** Of the groups that have anything to list, by the age of their oldest members. */
export const inOrder = ({ listed }: Settlements): readonly Settled[] =>
  [...listed.values()].sort(byAge).map(({ settled }) => settled);

const byAge = ({ members: [a] }: Group, { members: [b] }: Group) => olderFirst(a.owner, b.owner);

const isListed = ({ settled }: Group) =>
  settled.diagnostics.length > 0 ||
  settled.tlsCertificates.length > 0 ||
  settled.tlsOptions.length > 0 ||
  settled.tlsStores.length > 0;

const keys = new WeakMap<Part, string>();
let count = 0;

/** A key of its own for a part: in `groups` for one that declares nothing, in `listed` for the oldest of its group. */
function keyOf(part: Part): string {
  const known = keys.get(part);
  if (known !== undefined) return known;
  count += 1;
  const key = `part ${count}`;
  keys.set(part, key);
  return key;
}

function keysOf(part: Part): readonly string[] {
  const declared = namesOf(part);
  return declared.length === 0 ? [keyOf(part)] : declared;
}
