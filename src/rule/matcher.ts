import { problem, short, type Checked, type RuleFinding, type RuleProblem } from './problem.js';

/** All that a rule may look at. */
export interface RuleFacts {
  /** Without `::ffff:` before an IPv4 address. */
  readonly remoteAddress: string;
  /** Lower case; undefined without TLS or without SNI. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
}

export type Predicate = (facts: RuleFacts) => boolean;

/** `v2` is deprecated; whatever a router asks for other than `v2` is `v3` (data-plane facts 1.3). */
export type RuleSyntax = 'v2' | 'v3';

/** How closely a rule says which host it is for; the smaller the closer (D21). */
export const SPECIFICITY = { exact: 0, wildcard: 1, pattern: 2, none: 3 } as const;
export type Specificity = (typeof SPECIFICITY)[keyof typeof SPECIFICITY];

/** Something that is accepted and hardly meant. */
export type RuleNote = RuleFinding<'never-matches' | 'v2-syntax'>;

/** One argument made live. */
export interface Matcher {
  readonly matches: Predicate;
  readonly specificity: Specificity;
  /** What it comes to on a connection with TLS, if that is always the same. */
  readonly onTls: boolean | undefined;
  /** No TLS connection matches but one to these names, or to `*.` and a name; undefined: any may. */
  readonly onlyHosts: readonly string[] | undefined;
  readonly notes: readonly RuleNote[];
}

export function bad(
  offset: number,
  reason: string,
  fix?: string,
  suggestions: readonly string[] = [],
): RuleProblem {
  return problem({
    code: 'bad-argument',
    offset,
    reason,
    ...(fix === undefined ? {} : { fix }),
    suggestions: short(suggestions),
  });
}

export function matcher(
  matches: Predicate,
  rest: Partial<Omit<Matcher, 'matches'>> = {},
): Checked<Matcher> {
  const { specificity = SPECIFICITY.none, onTls, onlyHosts, notes = [] } = rest;
  return { ok: true, value: { matches, specificity, onTls, onlyHosts, notes } };
}
