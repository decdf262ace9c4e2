import {
  SPECIFICITY,
  type Predicate,
  type RuleFacts,
  type RuleNote,
  type RuleSyntax,
  type Specificity,
} from './matcher.js';
import { matchersOf } from './matchers.js';
import type { Checked } from './problem.js';
import type { MatcherCall, Rule } from './rule.js';

/** A rule made live. */
export interface Condition {
  readonly matches: Predicate;
  readonly specificity: Specificity;
  /** What it comes to on every connection without TLS, if that is always the same. */
  readonly onPlain: boolean | undefined;
  /** The same for connections with TLS. */
  readonly onTls: boolean | undefined;
  readonly notes: readonly RuleNote[];
}

/** Checks the arguments of a rule and makes a predicate of it. */
export function conditionOf(rule: Rule, syntax: RuleSyntax): Checked<Condition> {
  if (rule.kind === 'call') return callCondition(rule, syntax);
  if (rule.kind === 'not') {
    const inner = conditionOf(rule.rule, syntax);
    return inner.ok ? { ok: true, value: negated(inner.value) } : inner;
  }
  const members: Condition[] = [];
  for (const member of rule.rules) {
    const condition = conditionOf(member, syntax);
    if (!condition.ok) return condition;
    members.push(condition.value);
  }
  return { ok: true, value: rule.kind === 'all' ? all(members) : any(members) };
}

/** What a plain connection has: no name and no protocols. */
const PLAIN: RuleFacts = { remoteAddress: '', serverName: undefined, alpn: [] };

function callCondition(call: MatcherCall, syntax: RuleSyntax): Checked<Condition> {
  const matchers = matchersOf(call, syntax);
  if (!matchers.ok) return matchers;
  const looksAtAddress = call.name === 'ClientIP';
  const members = matchers.value.map((matcher) => ({
    ...matcher,
    onPlain: looksAtAddress ? undefined : matcher.matches(PLAIN),
  }));
  return { ok: true, value: any(members) };
}

const not = (value: boolean | undefined) => (value === undefined ? undefined : !value);

function negated({ matches, onPlain, onTls, notes }: Condition): Condition {
  return {
    matches: (facts) => !matches(facts),
    // Any host but one is no particular host.
    specificity: SPECIFICITY.none,
    onPlain: not(onPlain),
    onTls: not(onTls),
    notes: notes.filter(({ code }) => code !== 'never-matches'),
  };
}

const closer = (a: Specificity, b: Specificity) => (a < b ? a : b);
const looser = (a: Specificity, b: Specificity) => (a > b ? a : b);

function all(members: readonly Condition[]): Condition {
  const parts = members.map((member) => member.matches);
  return combined(members, false, closer, (facts) => {
    for (const part of parts) if (!part(facts)) return false;
    return true;
  });
}

function any(members: readonly Condition[]): Condition {
  const [only] = members;
  if (only && members.length === 1) return only;
  const parts = members.map((member) => member.matches);
  return combined(members, true, looser, (facts) => {
    for (const part of parts) if (part(facts)) return true;
    return false;
  });
}

/** `deciding`: the value of one member that settles the whole. */
function combined(
  members: readonly Condition[],
  deciding: boolean,
  choose: (a: Specificity, b: Specificity) => Specificity,
  matches: Predicate,
): Condition {
  const settle = (values: readonly (boolean | undefined)[]) =>
    values.includes(deciding) ? deciding : values.includes(undefined) ? undefined : !deciding;
  return {
    matches,
    specificity: members.map((member) => member.specificity).reduce(choose),
    onPlain: settle(members.map((member) => member.onPlain)),
    onTls: settle(members.map((member) => member.onTls)),
    notes: members.flatMap((member) => member.notes),
  };
}
