import { problem, short, type RuleProblem } from './problem.js';
import { quotedString, rawString } from './string-literal.js';

export type Token =
  | {
      readonly kind: '(' | ')' | ',' | '&&' | '||' | '!' | 'line end' | 'end' | 'other';
      readonly offset: number;
      readonly text: string;
    }
  | { readonly kind: 'word'; readonly offset: number; readonly text: string }
  /** `text` is its value. */
  | { readonly kind: 'string'; readonly offset: number; readonly text: string }
  | { readonly kind: 'problem'; readonly offset: number; readonly problem: RuleProblem };

/** A blank, a line end, a comment, a word, an operator of two characters, or one character. */
const PIECE =
  /[ \t\r]+|\n|\/\/[^\n]*|\/\*[^]*?\*\/|[\p{L}_][\p{L}\p{Nd}_]*|&&|\|\||[=!<>]=|\/\*|[^]/uy;

/** What typewriters, word processors and shells put in the place of a back quote. */
const WRONG_QUOTES = /^['‘’‚‛“”„«»´]$/u;

/**
 * Go's tokens, as far as rules need them. A line end counts only where Go would end the expression:
 * behind a word, a string or `)`. The last token is `end` or `problem`.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)?.[0] ?? text.charAt(at);
    const offset = at;
    at += piece.length;
    if (piece === '`' || piece === '"') {
      const literal = piece === '`' ? rawString(text, offset) : quotedString(text, offset);
      if (!literal.ok) return [...tokens, { kind: 'problem', offset, problem: literal }];
      tokens.push({ kind: 'string', offset, text: literal.value.value });
      at = literal.value.end;
    } else if (piece === '/*' || WRONG_QUOTES.test(piece)) {
      const wrong = piece === '/*' ? unclosedComment(offset) : wrongQuotes(text, offset);
      return [...tokens, { kind: 'problem', offset, problem: wrong }];
    } else if (isBlank(piece)) {
      if (piece.includes('\n') && endsOperand(tokens.at(-1))) {
        tokens.push({ kind: 'line end', offset, text: piece });
      }
    } else {
      tokens.push(tokenOf(piece, offset));
    }
  }
  tokens.push({ kind: 'end', offset: text.length, text: '' });
  return tokens;
}

const isBlank = (piece: string) => /^[ \t\r\n]|^\/[/*]/.test(piece);

const endsOperand = (token: Token | undefined) =>
  token?.kind === 'word' || token?.kind === 'string' || token?.kind === ')';

function tokenOf(piece: string, offset: number): Token {
  switch (piece) {
    case '(':
    case ')':
    case ',':
    case '&&':
    case '||':
    case '!':
      return { kind: piece, offset, text: piece };
    default:
      return { kind: /^[\p{L}_]/u.test(piece) ? 'word' : 'other', offset, text: piece };
  }
}

function unclosedComment(offset: number): RuleProblem {
  return problem({
    code: 'unclosed',
    offset,
    reason: 'the comment is not closed',
    fix: 'write */',
  });
}

function wrongQuotes(text: string, offset: number): RuleProblem {
  const [, value] = /^.([^'‘’‚‛“”„«»´`"()]*)/u.exec(text.slice(offset)) ?? [];
  return problem({
    code: 'quotes',
    offset,
    reason: `a value does not stand between ${text.charAt(offset)} quotes`,
    fix: 'use back quotes',
    suggestions: value === undefined || value === '' ? [] : short([`\`${value}\``]),
  });
}
