import type { Diagnostic } from '../../../src/config/diagnostic.js';

export type Variables = (name: string) => string | undefined;

export type Trouble = Pick<Diagnostic, 'severity' | 'message' | 'value' | 'fix'>;

const NAME = /[A-Za-z_]\w*/y;
/** Behind a name in braces: what to do if it is unset, or, with a colon, empty too. */
const OPERATOR = /:?[-?+]/y;

/** Defaults may hold variables, but nobody means so many levels. */
const DEEPEST = 20;

/** Fills in variables as Compose does: `$X`, `${X}`, `${X:-y}`, `${X:?y}`, `${X:+y}`, `$$`. */
export function interpolate(
  text: string,
  variables: Variables,
  depth = 0,
): { readonly text: string; readonly troubles: readonly Trouble[] } {
  if (!text.includes('$')) return { text, troubles: [] };
  const troubles: Trouble[] = [];
  let filled = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
    filled += text.slice(at, dollar);
    const start = dollar + 1;
    const plain = matched(NAME, text, start);
    if (text[start] === '$') {
      filled += '$';
      at = start + 1;
    } else if (plain !== undefined) {
      filled += variables(plain) ?? unset(plain, troubles);
      at = start + plain.length;
    } else {
      const end = text[start] === '{' ? closing(text, start) : undefined;
      const inner = end === undefined ? undefined : text.slice(start + 1, end);
      const braced = inner === undefined ? undefined : inBraces(inner, variables, troubles, depth);
      if (braced === undefined || end === undefined) {
        troubles.push(badForm(text.slice(dollar, end === undefined ? dollar + 2 : end + 1)));
        filled += '$';
        at = start;
      } else {
        filled += braced;
        at = end + 1;
      }
    }
  }
  return { text: filled + text.slice(at), troubles };
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Where the brace that opens at `open` is closed; those of inner variables are passed over. */
function closing(text: string, open: number): number | undefined {
  let depth = 1;
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '{' && text[at - 1] === '$') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}

/** Undefined: it has no known form. */
function inBraces(
  inner: string,
  variables: Variables,
  troubles: Trouble[],
  depth: number,
): string | undefined {
  const name = matched(NAME, inner, 0);
  if (name === undefined || depth > DEEPEST) return undefined;
  const value = variables(name);
  if (name.length === inner.length) return value ?? unset(name, troubles);
  const operator = matched(OPERATOR, inner, name.length);
  if (operator === undefined) return undefined;
  const rest = inner.slice(name.length + operator.length);
  const isThere = value !== undefined && !(operator.startsWith(':') && value === '');
  const instead = () => {
    const filled = interpolate(rest, variables, depth + 1);
    troubles.push(...filled.troubles);
    return filled.text;
  };
  if (operator.endsWith('-')) return isThere ? value : instead();
  if (operator.endsWith('+')) return isThere ? instead() : '';
  if (!isThere) troubles.push(required(name, instead()));
  return value ?? '';
}

function unset(name: string, troubles: Trouble[]): string {
  troubles.push({
    severity: 'warning',
    message: `the variable ${name} is not set, and is empty`,
    value: name,
    fix: `set it, in the environment or in .env, or write \${${name}:-DEFAULT}; a $ itself is $$`,
  });
  return '';
}

const required = (name: string, why: string): Trouble => ({
  severity: 'error',
  message: `the variable ${name} is needed${why === '' ? '' : `: ${why}`}`,
  value: name,
  fix: 'set it, in the environment or in .env',
});

const badForm = (form: string): Trouble => ({
  severity: 'error',
  message: 'Compose does not understand what stands behind this $',
  value: form,
  fix: 'write $$ for a $ itself',
});
