import { MAX_COST } from './host-regexp.js';
import {
  bad,
  SPECIFICITY,
  type Predicate,
  type RuleFacts,
  type RuleNote,
  type RuleSyntax,
  type Specificity,
} from './matcher.js';
import { matchersOf } from './matchers.js';
import { patternCost } from './pattern-cost.js';
import type { Checked, RuleProblem } from './problem.js';
import { calls, type MatcherCall, type Rule } from './rule.js';

/** A rule made live. */
export interface Condition {
  readonly matches: Predicate;
  readonly specificity: Specificity;
  /** What it comes to on every connection without TLS, if that is always the same. */
  readonly onPlain: boolean | undefined;
  /** The same for connections with TLS. */
  readonly onTls: boolean | undefined;
  /** No connection with TLS matches but one to these names, or to `*.` and a name; undefined: any may. */
  readonly onlyHosts: readonly string[] | undefined;
  readonly notes: readonly RuleNote[];
}

/** Checks the arguments of a rule and makes a predicate of it. */
export function conditionOf(rule: Rule, syntax: RuleSyntax): Checked<Condition> {
  return tooCostly(rule) ?? build(rule, syntax);
}

/** One rule is asked for each connection, and must not hold up the others. */
function tooCostly(rule: Rule): RuleProblem | undefined {
  let cost = 0;
  for (const { name, args } of calls(rule)) {
    if (name !== 'HostSNIRegexp') continue;
    for (const { value, offset } of args) {
      cost += patternCost(value);
      if (cost > MAX_COST) {
        return bad(
          offset,
          'the expressions of this rule are too large together',
          'split it over several routers',
        );
      }
    }
  }
  return undefined;
}

function build(rule: Rule, syntax: RuleSyntax): Checked<Condition> {
  if (rule.kind === 'call') return callCondition(rule, syntax);
  if (rule.kind === 'not') {
    const inner = build(rule.rule, syntax);
    return inner.ok ? { ok: true, value: negated(inner.value) } : inner;
  }
  const members: Condition[] = [];
  for (const member of rule.rules) {
    const condition = build(member, syntax);
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
    onlyHosts: undefined,
    notes: notes.filter(({ code }) => code !== 'never-matches'),
  };
}

const closer = (a: Specificity, b: Specificity) => (a < b ? a : b);
const looser = (a: Specificity, b: Specificity) => (a > b ? a : b);

function all(members: readonly Condition[]): Condition {
  const parts = members.map((member) => member.matches);
  const matches: Predicate = (facts) => {
    for (const part of parts) if (!part(facts)) return false;
    return true;
  };
  // One of them decides who may match at all; the one with the fewest is as right as any.
  const onlyHosts = members
    .flatMap((member) => (member.onlyHosts ? [member.onlyHosts] : []))
    .sort((a, b) => a.length - b.length)[0];
  return { ...combined(members, false, closer), matches, onlyHosts };
}

function any(members: readonly Condition[]): Condition {
  const [only] = members;
  if (only && members.length === 1) return only;
  const parts = members.map((member) => member.matches);
  const matches: Predicate = (facts) => {
    for (const part of parts) if (part(facts)) return true;
    return false;
  };
  const onlyHosts = members.every((member) => member.onlyHosts !== undefined)
    ? members.flatMap((member) => member.onlyHosts ?? [])
    : undefined;
  return { ...combined(members, true, looser), matches, onlyHosts };
}

/** `deciding`: the value of one member that settles the whole. */
function combined(
  members: readonly Condition[],
  deciding: boolean,
  choose: (a: Specificity, b: Specificity) => Specificity,
): Omit<Condition, 'matches' | 'onlyHosts'> {
  const settle = (values: readonly (boolean | undefined)[]) =>
    values.includes(deciding) ? deciding : values.includes(undefined) ? undefined : !deciding;
  return {
    specificity: members.map((member) => member.specificity).reduce(choose),
    onPlain: settle(members.map((member) => member.onPlain)),
    onTls: settle(members.map((member) => member.onTls)),
    notes: members.flatMap((member) => member.notes),
  };
}
