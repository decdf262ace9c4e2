import { expandTemplate, hostRegexp } from './host-regexp.js';
import { bad, matcher, SPECIFICITY, type Matcher, type RuleNote } from './matcher.js';
import { excerpt, short, type Checked, type RuleProblem } from './problem.js';
import type { Argument } from './rule.js';

const NON_ASCII = /[^\x00-\x7f]/;

export function hostSniRegexp({ value, offset }: Argument): Checked<Matcher> {
  const regexp = NON_ASCII.test(value) ? undefined : hostRegexp(value);
  if (!regexp)
    return bad(offset, `"${excerpt(value)}" is not ASCII`, 'write the punycode form, xn--…');
  if (!regexp.ok) return badRegexp(value, offset, regexp.reason);
  const { matches, literal } = regexp;
  const notes: RuleNote[] = [];
  const hasCapitals = literal !== undefined && /[A-Z]/.test(literal);
  if (hasCapitals) {
    notes.push({
      code: 'never-matches',
      offset,
      reason: `names are in lower case before they are compared, so "${excerpt(value)}" never matches`,
      fix: 'write it in lower case',
      suggestions: short([value.toLowerCase()]),
    });
  }
  if (/\{[A-Za-z_]\w*(?::|\})/.test(value)) {
    notes.push({
      code: 'v2-syntax',
      offset,
      reason:
        'braces around a name are v2 syntax; here they are taken literally, as no host has them',
      fix: 'write the expression alone, without the braces and the name',
    });
  }
  return matcher(({ serverName = '' }) => matches(serverName), {
    specificity: SPECIFICITY.pattern,
    onTls: hasCapitals ? false : undefined,
    notes,
  });
}

export function hostSniRegexpV2({ value, offset }: Argument): Checked<Matcher> {
  const template = expandTemplate(value);
  if (!template.ok) return badRegexp(value, offset, template.reason);
  const regexp = hostRegexp(template.pattern);
  if (!regexp.ok) return badRegexp(value, offset, regexp.reason);
  const isLiteral = /[^0-9A-Za-z_.\-:]/.test(template.literal);
  return matcher(({ serverName = '' }) => regexp.matches(serverName), {
    specificity: SPECIFICITY.pattern,
    onTls: isLiteral ? false : undefined,
    notes: isLiteral ? [patternInV2(value, offset)] : [],
  });
}

function patternInV2(value: string, offset: number): RuleNote {
  return {
    code: 'never-matches',
    offset,
    reason: `v2 syntax takes what is not in braces word for word, so "${excerpt(value)}" never matches`,
    fix: 'leave ruleSyntax=v2 out, or put the expression into braces: {name:…}',
  };
}

function badRegexp(value: string, offset: number, reason: string): RuleProblem {
  const fix =
    value.includes('(?=') || value.includes('(?!') || value.includes('(?<')
      ? 'look-around is not part of RE2 syntax; combine matchers with && and !'
      : 'write an expression in RE2 syntax';
  return bad(offset, `"${excerpt(value)}" is no regular expression: ${excerpt(reason)}`, fix);
}
