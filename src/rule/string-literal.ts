import { problem, type Checked } from './problem.js';

export interface Literal {
  readonly value: string;
  /** Offset behind the closing quote. */
  readonly end: number;
}

/** Go's raw string: everything up to the next back quote but carriage returns. */
export function rawString(text: string, start: number): Checked<Literal> {
  const close = text.indexOf('`', start + 1);
  if (close === -1) {
    return problem({
      code: 'unclosed',
      offset: start,
      reason: 'the back quote is not closed',
      fix: 'write ` behind the value',
    });
  }
  const value = text.slice(start + 1, close).replaceAll('\r', '');
  return { ok: true, value: { value, end: close + 1 } };
}

const SINGLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
]);

/** `\x41`, `\101`, `\u0041`, `\U00000041`, right behind the backslash. */
const NUMERIC = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y;

/** Go's interpreted string. */
export function quotedString(text: string, start: number): Checked<Literal> {
  let value = '';
  for (let at = start + 1; at < text.length;) {
    const char = text.charAt(at);
    if (char === '"') return { ok: true, value: { value, end: at + 1 } };
    if (char === '\n') break;
    if (char !== '\\') {
      value += char;
      at += 1;
      continue;
    }
    const escape = escapeAt(text, at + 1);
    if (escape === undefined) return badEscape(text, at);
    value += escape.value;
    at = escape.end;
  }
  return problem({
    code: 'unclosed',
    offset: start,
    reason: 'the double quote is not closed',
    fix: 'write " behind the value, on the same line',
  });
}

function escapeAt(text: string, at: number): Literal | undefined {
  const single = SINGLE.get(text.charAt(at));
  if (single !== undefined) return { value: single, end: at + 1 };
  NUMERIC.lastIndex = at;
  const match = NUMERIC.exec(text);
  if (!match) return undefined;
  const [whole, byte, short, long, octal] = match;
  const code = octal === undefined ? parseInt(byte ?? short ?? long ?? '', 16) : parseInt(octal, 8);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!isCharacter || (octal !== undefined && code > 0xff)) return undefined;
  return { value: String.fromCodePoint(code), end: at + whole.length };
}

function badEscape(text: string, at: number): Checked<Literal> {
  return problem({
    code: 'bad-escape',
    offset: at,
    reason: `"${text.slice(at, at + 2)}" is no escape sequence`,
    fix: 'put the value between back quotes, where a backslash is a backslash',
  });
}
