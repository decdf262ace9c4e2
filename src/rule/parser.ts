import { tokenize, type Token } from './lexer.js';
import { matcherNamed, unknownMatcher } from './names.js';
import {
  excerpt,
  problem,
  type Checked,
  type RuleFinding,
  type RuleProblemCode,
} from './problem.js';
import type { Argument, MatcherName, Rule } from './rule.js';
import { bareHost, noMatcher, notQuoted, trailing } from './slips.js';

/** Far above what anybody writes, and low enough that recursion is no concern. */
const MAX_DEPTH = 200;
const MAX_LENGTH = 65_536;

/**
 * Reads a rule: matchers, `&&`, `||`, `!` and parentheses in Go's expression syntax (DYN-40). What
 * the arguments mean is not looked at.
 */
export function parseRule(text: string): Checked<Rule> {
  if (text.length > MAX_LENGTH) {
    return problem({
      code: 'too-long',
      offset: MAX_LENGTH,
      reason: `the rule is longer than ${MAX_LENGTH} characters`,
      fix: 'split it over several routers',
    });
  }
  return new Parser(text).parse();
}

/** One pass over the tokens. The first problem ends it. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Checked<Rule> {
    if (this.#next().kind === 'end') {
      return problem({ code: 'empty', offset: 0, reason: 'the rule is empty' });
    }
    const rule = this.#any();
    if (!rule.ok) return rule;
    const rest = this.#next();
    if (this.#accept('line end') && this.#next().kind === 'end') return rule;
    return rest.kind === 'end' ? rule : trailing(rest);
  }

  #any(): Checked<Rule> {
    return this.#joined('||', 'any', () => this.#all());
  }

  #all(): Checked<Rule> {
    return this.#joined('&&', 'all', () => this.#unary());
  }

  #joined(operator: '&&' | '||', kind: 'all' | 'any', member: () => Checked<Rule>): Checked<Rule> {
    const first = member();
    if (!first.ok) return first;
    const rules = [first.value];
    while (this.#accept(operator)) {
      const next = member();
      if (!next.ok) return next;
      rules.push(next.value);
    }
    return rules.length === 1 ? first : { ok: true, value: { kind, rules } };
  }

  #unary(): Checked<Rule> {
    let negated = false;
    while (this.#accept('!')) negated = !negated;
    const rule = this.#operand();
    if (!rule.ok || !negated) return rule;
    const { value } = rule;
    return { ok: true, value: value.kind === 'not' ? value.rule : { kind: 'not', rule: value } };
  }

  #operand(): Checked<Rule> {
    const token = this.#next();
    if (token.kind === 'problem') return token.problem;
    if (token.kind === '(') return this.#group(token);
    if (token.kind !== 'word') return noMatcher(token, this.#text);
    this.#at += 1;
    const name = matcherNamed(token.text);
    if (name === undefined) {
      return bareHost(this.#text, token.offset) ?? unknownMatcher(token.text, token.offset);
    }
    const args = this.#arguments(name);
    if (!args.ok) return args;
    return { ok: true, value: { kind: 'call', name, offset: token.offset, args: args.value } };
  }

  #group(open: Token): Checked<Rule> {
    if (this.#depth === MAX_DEPTH) {
      return this.#fail(open, 'too-deep', {
        reason: `the parentheses are nested more than ${MAX_DEPTH} deep`,
      });
    }
    this.#at += 1;
    this.#depth += 1;
    const inner = this.#any();
    this.#depth -= 1;
    if (!inner.ok || this.#accept(')')) return inner;
    return this.#unclosed(open);
  }

  #arguments(name: MatcherName): Checked<readonly Argument[]> {
    const open = this.#next();
    if (!this.#accept('(')) {
      return this.#fail(open, 'unexpected', {
        reason: `"(" is missing behind ${name}`,
        fix: `write ${name}(\`…\`)`,
      });
    }
    const args: Argument[] = [];
    for (;;) {
      const token = this.#next();
      if (this.#accept(')')) return { ok: true, value: args };
      if (token.kind === 'end') return this.#unclosed(open);
      if (token.kind === 'problem') return token.problem;
      if (token.kind !== 'string') return notQuoted(token, name, this.#text);
      this.#at += 1;
      args.push({ value: token.text, offset: token.offset });
      if (!this.#accept(',') && this.#next().kind !== ')') return this.#unclosed(open);
    }
  }

  /** Something else stands where `)` should. */
  #unclosed(open: Token): Checked<never> {
    const token = this.#next();
    if (token.kind === 'problem') return token.problem;
    if (token.kind === 'end') {
      return this.#fail(open, 'unclosed', {
        reason: 'the parenthesis is not closed',
        fix: 'write ) behind it',
      });
    }
    return this.#fail(token, 'unexpected', {
      reason:
        token.kind === 'line end'
          ? 'the line ends where ")" should stand'
          : `"${excerpt(token.text)}" stands where ")" should`,
      fix: token.kind === 'line end' ? 'write ) on the same line' : 'write ) before it',
    });
  }

  #fail(
    token: Token,
    code: RuleProblemCode,
    finding: Omit<RuleFinding<RuleProblemCode>, 'code' | 'offset'>,
  ): Checked<never> {
    return problem({ code, offset: token.offset, ...finding });
  }

  #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', offset: this.#text.length, text: '' };
  }

  #accept(kind: Token['kind']): boolean {
    if (this.#next().kind !== kind) return false;
    this.#at += 1;
    return true;
  }
}
