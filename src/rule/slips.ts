import type { Token } from './lexer.js';
import { matcherNamed } from './names.js';
import { excerpt, problem, short, UNFILLED, type RuleProblem } from './problem.js';
import type { MatcherName } from './rule.js';

/** What people write for an operator, and the operator. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['&', '&&'],
  ['|', '||'],
  ['+', '&&'],
  [',', '||'],
  [';', '||'],
]);

/** The rule could end here, and goes on with something that joins nothing. */
export function trailing(token: Token): RuleProblem {
  if (token.kind === 'problem') return token.problem;
  const { offset, text } = token;
  const operator = OPERATORS.get(text.toLowerCase());
  if (token.kind === 'line end') {
    return problem({
      code: 'unexpected',
      offset,
      reason: 'the rule ends with this line, and more follows',
      fix: 'put && or || at the end of the line, not at the beginning of the next',
    });
  }
  if (token.kind === ')') {
    return problem({
      code: 'unexpected',
      offset,
      reason: '")" closes nothing',
      fix: 'leave it out',
    });
  }
  if (operator !== undefined && operator !== '!') {
    return problem({
      code: 'operator',
      offset,
      reason: `"${text}" does not join matchers`,
      fix: `write ${operator}`,
      suggestions: [operator],
    });
  }
  return problem({
    code: token.kind === 'other' ? 'operator' : 'unexpected',
    offset,
    reason: `"${excerpt(text)}" does not join matchers`,
    fix: 'join matchers with && or ||',
    suggestions: ['&&', '||'],
  });
}

/** Something other than a matcher where one must stand. */
export function noMatcher(token: Exclude<Token, { kind: 'problem' }>, rule: string): RuleProblem {
  const { offset, text } = token;
  if (token.kind === 'string') return quotedRule(token.text, offset);
  if (token.kind === 'end') {
    return problem({
      code: 'unexpected',
      offset,
      reason: 'a matcher is missing at the end of the rule',
      fix: rule.trim() === '' ? 'write a matcher' : 'write a matcher, or leave the operator out',
    });
  }
  return problem({
    code: token.kind === 'other' ? 'operator' : 'unexpected',
    offset,
    reason: `"${excerpt(text)}" stands where a matcher should`,
    fix: text === '$' ? UNFILLED : 'write a matcher such as HostSNI(`…`)',
  });
}

/** A host name where the rule should be. */
export function bareHost(rule: string, offset: number): RuleProblem | undefined {
  const text = rule.trim();
  if (!/^(?:\*\.)?[\w-]+(?:\.[\w-]+)+$/.test(text)) return undefined;
  return problem({
    code: 'unexpected',
    offset,
    reason: 'a name alone is no rule',
    fix: 'put it into a matcher',
    suggestions: short([`HostSNI(\`${text}\`)`]),
  });
}

/** A rule, or a host, that stands in quotes as a whole: a shell or YAML left them there. */
function quotedRule(value: string, offset: number): RuleProblem {
  const holdsRule = /^[\s!(]*\w+\s*\(/.test(value);
  return problem({
    code: 'unexpected',
    offset,
    reason: holdsRule ? 'the quotes around the rule are part of it' : 'a value alone is no rule',
    fix: holdsRule ? 'leave the outer quotes out' : 'put it into a matcher',
    suggestions: short([holdsRule ? value : `HostSNI(\`${value}\`)`]),
  });
}

/** An argument without quotes. */
export function notQuoted(
  token: Exclude<Token, { kind: 'problem' }>,
  name: MatcherName,
  rule: string,
): RuleProblem {
  const { offset } = token;
  if (token.kind === 'word' && matcherNamed(token.text) !== undefined) {
    return problem({
      code: 'bad-argument',
      offset,
      reason: `${token.text} cannot be an argument of ${name}`,
      fix: 'join matchers with && or ||',
    });
  }
  const [written = ''] = /^[^,()\n]*/.exec(rule.slice(offset)) ?? [];
  const value = written.trim().replaceAll('`', '');
  return problem({
    code: 'not-quoted',
    offset,
    reason: `the argument of ${name} is not quoted`,
    fix: 'put it between back quotes',
    suggestions: value === '' ? [] : short([`${name}(\`${value}\`)`]),
  });
}
