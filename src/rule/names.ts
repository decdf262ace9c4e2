import { closestMatch } from 'leven';
import { excerpt, problem, type RuleProblem } from './problem.js';
import type { MatcherName } from './rule.js';

const NAMES: readonly MatcherName[] = ['HostSNI', 'HostSNIRegexp', 'ClientIP', 'ALPN'];

const titleCase = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();

/** Each name in four spellings and no other (DYN-41). */
const BY_SPELLING: ReadonlyMap<string, MatcherName> = new Map(
  NAMES.flatMap((name) =>
    [name, name.toLowerCase(), name.toUpperCase(), titleCase(name)].map(
      (spelling) => [spelling, name] as const,
    ),
  ),
);

export function matcherNamed(word: string): MatcherName | undefined {
  return BY_SPELLING.get(word);
}

/** What the authors of HTTP rules mean, in lower case. */
const HTTP_MEANING: ReadonlyMap<string, MatcherName> = new Map([
  ['host', 'HostSNI'],
  ['hostheader', 'HostSNI'],
  ['sni', 'HostSNI'],
  ['hostregexp', 'HostSNIRegexp'],
  ['ip', 'ClientIP'],
]);

const HTTP_ONLY: ReadonlySet<string> = new Set([
  'path',
  'pathprefix',
  'pathregexp',
  'method',
  'header',
  'headers',
  'headerregexp',
  'headersregexp',
  'query',
  'queryregexp',
]);

export function unknownMatcher(word: string, offset: number): RuleProblem {
  const lower = word.toLowerCase();
  if (lower === 'not') {
    return problem({
      code: 'operator',
      offset,
      reason: `"${word}" negates nothing`,
      fix: 'write !',
      suggestions: ['!'],
    });
  }
  if (HTTP_ONLY.has(lower)) {
    return problem({
      code: 'unknown-matcher',
      offset,
      reason: `"${word}" looks into HTTP requests, which a TCP router does not see`,
      fix: `use ${NAMES.join(', ')}`,
    });
  }
  const meant = HTTP_MEANING.get(lower) ?? nearestName(lower);
  return problem({
    code: 'unknown-matcher',
    offset,
    reason: `there is no matcher "${excerpt(word)}"`,
    fix: meant === undefined ? `use ${NAMES.join(', ')}` : `write ${meant}`,
    suggestions: meant === undefined ? NAMES : [meant],
  });
}

function nearestName(lower: string): MatcherName | undefined {
  if (lower.length > 30) return undefined;
  const spelling = closestMatch(
    lower,
    NAMES.map((name) => name.toLowerCase()),
    { maxDistance: 3 },
  );
  return spelling === undefined ? undefined : BY_SPELLING.get(spelling);
}
