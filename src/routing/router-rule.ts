import type { Diagnostic, Place } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import { isBroken, type RouterConfig } from '../config/model.js';
import { tight } from '../config/tight.js';
import { conditionOf, type Condition } from '../rule/condition.js';
import type { RuleNote, RuleSyntax } from '../rule/matcher.js';
import { parseRule } from '../rule/parser.js';
import { defaultPriority, isCatchAll, MAX_PRIORITY } from '../rule/priority.js';
import type { RuleFinding } from '../rule/problem.js';
import { hostsOf, hostThatNeedsTls, type Argument, type Rule } from '../rule/rule.js';
import { about, placeOf } from './finding.js';

/** What the rule of one router comes to. */
export interface RouterRule {
  /** 7.4 #3 to #6 are passed, the arguments of the matchers not looked at. */
  readonly isRoutable: boolean;
  /** Undefined if the rule cannot be read: then the router cannot even hold its place (D35). */
  readonly condition: Condition | undefined;
  readonly isCatchAll: boolean;
  /** That it asks for by name. */
  readonly hosts: readonly string[];
  /** Effective (AGG-21); undefined without a rule. */
  readonly priority: bigint | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_RULE: RouterRule = {
  isRoutable: false,
  condition: undefined,
  isCatchAll: false,
  hosts: [],
  priority: undefined,
  diagnostics: [],
};

export function readRule(
  router: Merged<RouterConfig>,
  hasTls: boolean,
  defaultSyntax: RuleSyntax,
): RouterRule {
  const { rule: text = '', ruleSyntax = '' } = router.config;
  if (text === '')
    return isBroken(router) ? NO_RULE : { ...NO_RULE, diagnostics: [missing(router)] };
  const parsed = parseRule(text);
  const rule = parsed.ok ? parsed.value : undefined;
  const { priority, tooHigh } = priorityOf(router, text, rule);
  const diagnostics = [...tooHigh];
  if (!parsed.ok || rule === undefined) {
    return {
      ...NO_RULE,
      priority,
      diagnostics: [...diagnostics, ...(parsed.ok ? [] : [badRule(router, parsed)])],
    };
  }
  const syntax = ruleSyntax === '' ? defaultSyntax : ruleSyntax === 'v2' ? 'v2' : 'v3';
  const condition = conditionOf(rule, syntax);
  const host = hasTls ? undefined : hostThatNeedsTls(rule);
  if (!condition.ok) diagnostics.push(badRule(router, condition));
  else if (host) diagnostics.push(hostWithoutTls(router, host));
  else diagnostics.push(...notesOn(router, condition.value, hasTls));
  diagnostics.push(...strangeSyntax(router));
  return {
    isRoutable: !host && tooHigh.length === 0,
    condition: condition.ok ? condition.value : undefined,
    isCatchAll: isCatchAll(rule),
    hosts: tight(hostsOf(rule)),
    priority,
    diagnostics: tight(diagnostics),
  };
}

/** 7.4 #3. */
function missing(router: Merged<RouterConfig>): Diagnostic {
  return about('router', router, 'rule', {
    code: 'missing',
    severity: 'error',
    message: 'the router has no rule',
    fix: 'write rule, for example HostSNI(`*`)',
  });
}

function priorityOf(
  router: Merged<RouterConfig>,
  text: string,
  rule: Rule | undefined,
): { readonly priority: bigint; readonly tooHigh: readonly Diagnostic[] } {
  const written = router.config.priority ?? 0n;
  if (written === 0n) return { priority: defaultPriority(text, rule), tooHigh: [] };
  if (written <= MAX_PRIORITY) return { priority: written, tooHigh: [] };
  const tooHigh = about('router', router, 'priority', {
    code: 'bad-value',
    severity: 'error',
    message: 'the priority is too high',
    value: String(written),
    fix: `write ${MAX_PRIORITY} or less`,
  });
  return { priority: MAX_PRIORITY, tooHigh: [tooHigh] };
}

/** The place of the rule, at one character of it where the form of the place allows. */
function ruleAt(router: Merged<RouterConfig>, offset: number): Place {
  const place = placeOf(router, ['rule']);
  return place.kind === 'label' || place.kind === 'tag' ? { ...place, offset } : place;
}

function findingAbout(
  router: Merged<RouterConfig>,
  { offset, reason, fix, suggestions }: RuleFinding<string>,
  kind: Pick<Diagnostic, 'code' | 'severity'>,
): Diagnostic {
  return about('router', router, ruleAt(router, offset), {
    ...kind,
    message: `rule, character ${offset + 1}: ${reason}`,
    value: router.config.rule ?? '',
    ...(fix !== undefined && { fix }),
    ...(suggestions !== undefined && suggestions.length > 0 && { suggestions }),
  });
}

function badRule(router: Merged<RouterConfig>, finding: RuleFinding<string>): Diagnostic {
  return findingAbout(router, finding, { code: 'bad-rule', severity: 'error' });
}

/** 7.4 #5, for every host (BUG-41). */
function hostWithoutTls(router: Merged<RouterConfig>, { value, offset }: Argument): Diagnostic {
  const finding = {
    code: 'host-without-tls',
    offset,
    reason: `only TLS tells which host a client wants, and the router has no tls; "${value.slice(0, 100)}" is never seen`,
    fix: 'add tls to the router (tls.passthrough=true if the server speaks TLS itself), or write HostSNI(`*`)',
  };
  return findingAbout(router, finding, { code: 'bad-rule', severity: 'error' });
}

/** What is accepted and hardly meant. */
function notesOn(
  router: Merged<RouterConfig>,
  { notes, onPlain, onTls }: Condition,
  hasTls: boolean,
): readonly Diagnostic[] {
  const said = notes.map((note) => noteAbout(router, note));
  const never = (hasTls ? onTls : onPlain) === false;
  if (!never || notes.some(({ code }) => code === 'never-matches')) return said;
  const reason = hasTls
    ? 'the rule never matches'
    : 'the rule never matches: without tls there is neither a host name nor ALPN';
  const fix = hasTls ? 'write a rule that some client fulfils' : 'add tls to the router';
  return [...said, noteAbout(router, { code: 'never-matches', offset: 0, reason, fix })];
}

function noteAbout(router: Merged<RouterConfig>, note: RuleNote): Diagnostic {
  return findingAbout(router, note, { code: 'never-matches', severity: 'warning' });
}

const KNOWN_SYNTAXES: ReadonlySet<string> = new Set(['', 'v2', 'v3', 'default']);

/** Anything but v2 means v3, which its author may not know. */
function strangeSyntax(router: Merged<RouterConfig>): readonly Diagnostic[] {
  const { ruleSyntax = '' } = router.config;
  if (KNOWN_SYNTAXES.has(ruleSyntax)) return [];
  return [
    about('router', router, 'ruleSyntax', {
      code: 'unknown-value',
      severity: 'warning',
      message: `there is no rule syntax "${ruleSyntax.slice(0, 100)}": the rule is read as v3`,
      value: ruleSyntax,
      fix: 'leave ruleSyntax out, or write v2',
      suggestions: ['v2', 'v3'],
    }),
  ];
}
