import type { Steps } from '../async/slices.js';
import type { Diagnostic } from '../config/diagnostic.js';
import { byText, NameMap, type Change } from '../config/name-map.js';
import { Uses, type UseChange } from './uses.js';

/** What became of all objects of one kind, with what is to be known to renew it at the cost of what changed. */
export interface Stage<Outcome> {
  readonly outcomes: NameMap<Outcome>;
  /** Whom to look at again when something changes that others refer to. */
  readonly uses: Uses;
  /** To be looked at again each time. */
  readonly restless: NameMap<true>;
  readonly findings: NameMap<readonly Diagnostic[]>;
}

/** How outcomes of one kind are kept. */
export interface StageKind<Outcome> {
  /** The names of all that the outcome depends on, those that are not there included. */
  readonly refersTo: (outcome: Outcome) => readonly string[];
  /** It may be another one although none of these changed. */
  readonly isRestless: (outcome: Outcome) => boolean;
  readonly findings: (outcome: Outcome) => readonly Diagnostic[];
}

export interface Advance<Outcome> {
  readonly stage: Stage<Outcome>;
  readonly changes: readonly Change<Outcome>[];
}

const START: Stage<never> = {
  outcomes: NameMap.of(),
  uses: Uses.NONE,
  restless: NameMap.of(),
  findings: NameMap.of(),
};

/** Before anything is there. */
export const startOf = <Outcome>(): Stage<Outcome> => START;

/** What to start from, and what may be other than before. */
export interface Renewal<In, Out> {
  readonly before: Stage<Out> | undefined;
  readonly objects: NameMap<In>;
  /** Of them. */
  readonly changed: readonly Change<In>[];
  /** More changed than objects of this kind and what they refer to. */
  readonly everything: boolean;
  /** What changed of that. */
  readonly references: readonly string[];
}

/** The stage after a change. Only what the change may concern is made again. */
export function* stageOf<In, Out>(
  renewal: Renewal<In, Out>,
  kind: StageKind<Out>,
  make: (object: In, previous: Out | undefined) => Out,
): Steps<Advance<Out>> {
  const { before = startOf<Out>(), objects } = renewal;
  const made = new Map<string, Out | undefined>();
  for (const name of yield* concerned(renewal)) {
    yield;
    const object = objects.get(name);
    const now = object === undefined ? undefined : make(object, before.outcomes.get(name));
    made.set(name, now);
  }
  return yield* advanced(before, made, kind);
}

/** The names of what is to be made again, in order, so that the same input always gives the same (D21). */
export function* concerned({
  before = startOf(),
  objects,
  changed,
  everything,
  references,
}: Renewal<unknown, unknown>): Steps<readonly string[]> {
  const names = new Set<string>();
  for (const { name } of changed) names.add(name);
  yield;
  if (everything) {
    for (const name of objects.keys()) names.add(name);
    yield;
  } else {
    for (const name of before.restless.keys()) names.add(name);
    for (const reference of references) {
      for (const user of before.uses.of(reference)) names.add(user);
    }
  }
  return [...names].sort(byText);
}

/** `made`: of all that was looked at again; undefined: it is not there any more. */
export function* advanced<Outcome>(
  before: Stage<Outcome>,
  made: ReadonlyMap<string, Outcome | undefined>,
  { refersTo, isRestless, findings }: StageKind<Outcome>,
): Steps<Advance<Outcome>> {
  const changes: Change<Outcome>[] = [];
  for (const [name, now] of made) {
    const was = before.outcomes.get(name);
    if (was !== now) changes.push({ name, before: was, now });
  }
  if (changes.length === 0) return { stage: before, changes };
  yield;
  const outcomes = yield* before.outcomes.changing(made);
  yield;
  const uses = yield* before.uses.with(useChanges(changes, refersTo));
  yield;
  const restless = yield* selected(before.restless, changes, (one) => isRestless(one) || undefined);
  const found = yield* selected(before.findings, changes, (one) => {
    const all = findings(one);
    return all.length > 0 ? all : undefined;
  });
  return { stage: { outcomes, uses, restless, findings: found }, changes };
}

function* useChanges<Outcome>(
  changes: readonly Change<Outcome>[],
  refersTo: (outcome: Outcome) => readonly string[],
): Iterable<UseChange> {
  for (const { name, before, now } of changes) {
    yield {
      user: name,
      before: before === undefined ? [] : refersTo(before),
      now: now === undefined ? [] : refersTo(now),
    };
  }
}

/** Something of each outcome that has it, after these changes. */
export const selected = <Outcome, T>(
  before: NameMap<T> = NameMap.of(),
  changes: readonly Change<Outcome>[],
  select: (outcome: Outcome) => T | undefined,
): Steps<NameMap<T>> => before.changing(selections(changes, select));

function* selections<Outcome, T>(
  changes: readonly Change<Outcome>[],
  select: (outcome: Outcome) => T | undefined,
): Iterable<readonly [string, T | undefined]> {
  for (const { name, now } of changes) yield [name, now === undefined ? undefined : select(now)];
}
