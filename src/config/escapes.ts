/** The bytes of a text, or where it cannot be read. */
export type Unescaped =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly offset: number };

const SINGLE: ReadonlyMap<string, string> = new Map([
  ['r', '\r'],
  ['n', '\n'],
  ['t', '\t'],
  ['0', '\0'],
  ['\\', '\\'],
  ['"', '"'],
]);

/**
 * Text as UTF-8, with `\r`, `\n`, `\t`, `\0`, `\\`, `\"` and `\xHH` (one byte) as in C: labels and tags
 * have no other way to say a line's end.
 */
export function unescape(text: string): Unescaped {
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', done)) {
    parts.push(Buffer.from(text.slice(done, at)));
    const single = SINGLE.get(text[at + 1] ?? '');
    const [, hex] = /^\\x([0-9a-fA-F]{2})/.exec(text.slice(at, at + 4)) ?? [];
    if (single === undefined && hex === undefined) return { ok: false, offset: at };
    parts.push(single === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(single));
    done = at + (single === undefined ? 4 : 2);
  }
  parts.push(Buffer.from(text.slice(done)));
  return { ok: true, bytes: Buffer.concat(parts) };
}
