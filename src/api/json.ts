/** What an API answer is made of. A bigint becomes a plain number, however large (API-3). */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON text as Go's encoder writes it (API-3): `&`, `<`, `>` and the two line separators escaped, a
 * newline at the end. Members that are undefined are left out.
 */
export function encode(value: Json): string {
  return `${jsonText(value)}\n`;
}

/** The same without the newline, for what is made piece by piece. */
export function jsonText(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined)
      text += `${text === '' ? '{' : ','}${quoted(key)}:${jsonText(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** ASCII that stands for itself: nearly all there is. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;
const ESCAPED = /[&<>\u2028\u2029]/g;

function quoted(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  return JSON.stringify(value).replace(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
