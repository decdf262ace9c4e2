/** Why a rule cannot be read or used. Stable; the prose beside it is not. */
export type RuleProblemCode =
  | 'empty'
  | 'too-long'
  | 'too-deep'
  | 'unexpected' // a token where it makes no sense
  | 'unclosed' // a quote, a comment or a parenthesis
  | 'bad-escape'
  | 'quotes' // neither back quotes nor double quotes
  | 'not-quoted'
  | 'operator'
  | 'unknown-matcher'
  | 'argument-count'
  | 'bad-argument';

/** One finding about a rule. `offset` counts characters from its beginning. */
export interface RuleFinding<Code extends string> {
  readonly code: Code;
  readonly offset: number;
  readonly reason: string;
  /** What to write instead. */
  readonly fix?: string;
  /** Best first. */
  readonly suggestions?: readonly string[];
}

export interface RuleProblem extends RuleFinding<RuleProblemCode> {
  readonly ok: false;
}

/** A bad rule is a value, not an exception. */
export type Checked<T> = { readonly ok: true; readonly value: T } | RuleProblem;

/** Everything but `ok`, so that a problem reads as its fields. */
export function problem(finding: RuleFinding<RuleProblemCode>): RuleProblem {
  return { ok: false, ...finding };
}

/** A rule may be long; what is said about it is not. */
const LONGEST_EXCERPT = 80;

export function excerpt(text: string): string {
  return text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT)}…`;
}

/** Suggestions are whole or not made at all. */
export function short(suggestions: readonly string[]): readonly string[] {
  return suggestions.filter((suggestion) => suggestion.length <= 4 * LONGEST_EXCERPT);
}

/** What to do about a `$` in a rule. */
export const UNFILLED =
  'a variable was not filled in: Compose replaces ${NAME}, and $$ stands for one $';
