import type { Place } from '../config/diagnostic.js';

/** The line of a file (from 1), if it can be read. */
export type LineOf = (path: string, line: number) => string | undefined;

/** Longer lines are cut around the caret. */
const WIDTH = 100;

/**
 * What stands at a place, and a caret below it: the line of a file, or a label or tag as received.
 * An option of the static configuration is shown where its file says it. Nothing where the place names
 * no text.
 */
export function excerpt(at: Place, value: string | undefined, lineOf: LineOf): readonly string[] {
  switch (at.kind) {
    case 'file': {
      const line = at.line > 0 ? lineOf(at.path, at.line) : undefined;
      if (line === undefined) return [];
      const start = Math.max(at.column - 1, 0);
      const isThere = value !== undefined && value !== '' && line.startsWith(value, start);
      return marked(line, start, isThere ? value.length : lengthAt(line, start), `${at.line}`);
    }
    case 'label':
    case 'tag': {
      const text = at.kind === 'label' ? at.key : at.tag;
      if (text === '') return [];
      const [start, length] = at.offset === undefined ? [0, text.length] : [at.offset, 1];
      // The offset of a label counts into its value, which is not at hand as a whole.
      return at.kind === 'label' && at.offset !== undefined && value !== undefined
        ? marked(value, start, length, '')
        : marked(text, start, length, '');
    }
    case 'static': {
      const [, path, line, column] = /^(.+):(\d+):(\d+)$/s.exec(at.source) ?? [];
      if (path === undefined) return [];
      const there = { path, line: Number(line), column: Number(column) };
      return excerpt({ kind: 'file', ...there }, value, lineOf);
    }
    case 'endpoint':
      return [];
  }
}

/** Up to the end of the word. */
const lengthAt = (line: string, start: number) =>
  /^[^\s:=,[\]{}"'`]+/.exec(line.slice(start))?.[0].length ?? 1;

function marked(line: string, start: number, length: number, number: string): readonly string[] {
  const from = start > WIDTH - 20 ? start - 20 : 0;
  const text = line.slice(from, from + WIDTH).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  const margin = ' '.repeat(number.length);
  const room = Math.max(1, Math.min(length, text.length - (start - from)));
  return [`  ${number} | ${text}`, `  ${margin} | ${' '.repeat(start - from)}${'^'.repeat(room)}`];
}
