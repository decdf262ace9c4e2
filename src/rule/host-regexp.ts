import { RE2JS, RE2JSException, RE2Set } from 're2js';
import { patternCost } from './pattern-cost.js';

type HostTest = (name: string) => boolean;

export type HostRegexp =
  | {
      readonly ok: true;
      readonly matches: HostTest;
      /** What it looks for, if that is one fixed text. */
      readonly literal: string | undefined;
    }
  | { readonly ok: false; readonly reason: string };

/** Far above any list of hosts; what exceeds them could make each connection expensive. */
const MAX_PATTERN = 4096;
const MAX_PROGRAM = 2000;
/** Of all expressions of a rule together. What exceeds it would take long to compile. */
export const MAX_COST = 10_000;
/** Bytes of what is remembered of the names that were seen. */
const MAX_MEMORY = 262_144;

const TOO_LARGE = 'the expression is too large once its repetitions are written out';

/** Matches in linear time and bounded memory whatever the pattern is (D24). */
export function hostRegexp(pattern: string): HostRegexp {
  if (pattern.length > MAX_PATTERN) {
    return { ok: false, reason: `the expression is longer than ${MAX_PATTERN} characters` };
  }
  if (patternCost(pattern) > MAX_COST) return { ok: false, reason: TOO_LARGE };
  // Checked in any case: the fast path must accept nothing that RE2 refuses.
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return { ok: false, reason: compiled };
  const fast = withoutEngine(pattern);
  if (fast) return { ok: true, ...fast };
  if (compiled.prog.numInst() > MAX_PROGRAM) return { ok: false, reason: TOO_LARGE };
  return { ok: true, matches: (name) => compiled.match(name).length > 0, literal: undefined };
}

/** A set of one: only sets can be held to a limit of memory. */
function compile(pattern: string): RE2Set | string {
  const set = new RE2Set(RE2Set.UNANCHORED, 0, MAX_MEMORY);
  try {
    set.add(pattern);
    set.compile();
    return set;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace('error parsing regexp: ', '');
    throw error;
  }
}

/** `.*` with or without anchors, or plain characters: what most expressions consist of. */
const EVERYTHING = /^\^?\.\*\$?$/;
const LITERAL = /^(\^?)((?:[0-9A-Za-z_-]|\\[.-])*)(\$?)$/;

function withoutEngine(
  pattern: string,
): { matches: HostTest; literal: string | undefined } | undefined {
  if (EVERYTHING.test(pattern)) return { matches: () => true, literal: undefined };
  const match = LITERAL.exec(pattern);
  if (!match) return undefined;
  const [, begin, body = '', end] = match;
  const literal = body.replaceAll('\\', '');
  const test: HostTest =
    begin === ''
      ? end === ''
        ? (name) => name.includes(literal)
        : (name) => name.endsWith(literal)
      : end === ''
        ? (name) => name.startsWith(literal)
        : (name) => name === literal;
  return { matches: test, literal };
}

/**
 * The expression that a v2 template stands for: `{name}` is one label, `{name:expression}` that
 * expression, and what is outside braces, all together `literal`, is meant word for word (data-plane
 * facts 1.3).
 */
export function expandTemplate(
  template: string,
):
  | { readonly ok: true; readonly pattern: string; readonly literal: string }
  | { readonly ok: false; readonly reason: string } {
  let pattern = '(?i)^';
  let literal = '';
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < template.length; at += 1) {
    const char = template.charAt(at);
    if (char === '{') {
      depth += 1;
      if (depth > 1) continue;
      literal += template.slice(begin, at);
      pattern += RE2JS.quote(template.slice(begin, at));
      begin = at + 1;
    } else if (char === '}') {
      depth -= 1;
      if (depth < 0) return { ok: false, reason: '"}" closes nothing' };
      if (depth > 0) continue;
      const [name = '', ...rest] = template.slice(begin, at).split(':');
      const inner = rest.length === 0 ? '[^.]+' : rest.join(':');
      if (name === '' || inner === '') {
        return { ok: false, reason: 'braces hold a name, or a name, ":" and an expression' };
      }
      pattern += `(?:${inner})`;
      begin = at + 1;
    }
  }
  if (depth > 0) return { ok: false, reason: '"{" is not closed' };
  literal += template.slice(begin);
  return { ok: true, literal, pattern: `${pattern}${RE2JS.quote(template.slice(begin))}$` };
}
