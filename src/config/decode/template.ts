/** Text with its templates filled in, and the way back to where each character came from. */
export interface Expanded {
  readonly text: string;
  /** Offset into the original for an offset into `text`. */
  readonly original: (offset: number) => number;
  readonly errors: readonly TemplateError[];
}

export interface TemplateError {
  /** Into the original. */
  readonly offset: number;
  readonly template: string;
  readonly reason: 'not-supported' | 'unset';
}

const ENV = /^\{\{-?\s*env\s+(?:"([^"\\]*)"|`([^`]*)`)\s*-?\}\}/;

interface Piece {
  readonly at: number;
  readonly shift: number;
}

/**
 * Fills in `{{ env "NAME" }}` (D25). Any other template is an error: its text is left out, so that
 * what stands around it is not taken for something else.
 */
export function expand(
  source: string,
  env: Readonly<Record<string, string | undefined>>,
): Expanded {
  const pieces: Piece[] = [{ at: 0, shift: 0 }];
  const errors: TemplateError[] = [];
  let text = '';
  let rest = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', rest)) {
    text += source.slice(rest, open);
    const [whole, quoted, raw] = ENV.exec(source.slice(open, open + 300)) ?? [];
    const name = quoted ?? raw;
    const length = whole?.length ?? lengthOf(source, open);
    const value = name === undefined ? undefined : env[name];
    if (value === undefined) {
      const template = source.slice(open, open + Math.min(length, 80)).split('\n', 1)[0] ?? '';
      errors.push({
        offset: open,
        template,
        reason: name === undefined ? 'not-supported' : 'unset',
      });
    }
    text += value ?? '';
    rest = open + length;
    pieces.push({ at: text.length, shift: rest - text.length });
  }
  text += source.slice(rest);
  return { text, errors, original: (offset) => offset + shiftAt(pieces, offset) };
}

function lengthOf(source: string, open: number): number {
  const close = source.indexOf('}}', open);
  return close < 0 ? 2 : close + 2 - open;
}

function shiftAt(pieces: readonly Piece[], offset: number): number {
  return pieces.findLast((piece) => piece.at <= offset)?.shift ?? 0;
}
