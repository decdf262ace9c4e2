export type MatcherName = 'HostSNI' | 'HostSNIRegexp' | 'ClientIP' | 'ALPN';

export interface Argument {
  /** Without quotes, escapes resolved. */
  readonly value: string;
  /** Where its opening quote stands. */
  readonly offset: number;
}

export interface MatcherCall {
  readonly kind: 'call';
  readonly name: MatcherName;
  readonly offset: number;
  readonly args: readonly Argument[];
}

/** What a rule says. `all` and `any` have two members or more; a negation is never negated again. */
export type Rule =
  | MatcherCall
  | { readonly kind: 'not'; readonly rule: Rule }
  | { readonly kind: 'all' | 'any'; readonly rules: readonly Rule[] };

/** The matchers of a rule from left to right, negated or not. */
export function* calls(rule: Rule): Generator<MatcherCall> {
  if (rule.kind === 'call') yield rule;
  else if (rule.kind === 'not') yield* calls(rule.rule);
  else for (const member of rule.rules) yield* calls(member);
}

/**
 * The first host that only TLS could tell, or undefined if a router without TLS may have this rule.
 * In v2 syntax a matcher whose first value is `*` matches without a name (data-plane facts 1.3); all
 * matchers are looked at, not only the first (BUG-41).
 */
export function hostThatNeedsTls(rule: Rule): Argument | undefined {
  for (const { name, args } of calls(rule)) {
    if (name === 'HostSNI' && args[0] !== undefined && args[0].value !== '*') return args[0];
  }
  return undefined;
}

/**
 * The hosts that a rule asks for by name, wildcards among them, in lower case. What it rules out is
 * not among them, nor is what only a pattern describes.
 */
export function hostsOf(rule: Rule): readonly string[] {
  if (rule.kind === 'not') return [];
  if (rule.kind !== 'call') return [...new Set(rule.rules.flatMap(hostsOf))];
  if (rule.name !== 'HostSNI') return [];
  const names = rule.args.map(({ value }) => value.toLowerCase().replace(/\.$/, ''));
  return names.filter((name) => name !== '*');
}
