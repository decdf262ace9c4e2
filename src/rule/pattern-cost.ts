/**
 * A class, an escape, a repetition, the head of a group, or one character. An open class ends with the
 * text, so that it is not looked for again behind each bracket.
 */
const PIECE =
  /(\[\^?\]?(?:\\(?:[^]|$)|\[:\^?\w+:\]|[^\]\\])*(?:\]|$))|(\\[pPx](?:\{[^}]{0,40}\}|\w)|\\[^])|\{(\d+)(?:(,)(\d*))?\}|(\((?:\?(?:P?<\w*>|[a-zA-Z-]*:?))?)|(\))|[^]/gy;

/** Tables of Unicode are long. */
const UNICODE = /\\[pP]/g;
const UNICODE_COST = 50;

/** No repetition of repetitions gets out of the range of numbers. */
const ENDLESS = 1e9;

/**
 * About how many instructions RE2 makes of an expression, seldom less. It is known before anything is
 * compiled: `a{1000}`, written a few hundred times, takes a second and 200 MB to compile.
 */
export function patternCost(pattern: string): number {
  /** What stands before each open group. */
  const before: number[] = [];
  let cost = 0;
  let last = 0;
  for (const match of pattern.matchAll(PIECE)) {
    const [, charClass, escape, least, comma, most, open, close] = match;
    if (open !== undefined) {
      before.push(cost);
      cost = 2;
    } else if (close !== undefined) {
      last = cost;
      cost += before.pop() ?? 0;
    } else if (least !== undefined) {
      const copies = copiesOf(Number(least), comma !== undefined, most ?? '');
      const repeated = Math.min(copies, ENDLESS) * last;
      cost += Math.min(repeated, ENDLESS) - last;
      last = Math.min(repeated, ENDLESS);
    } else {
      const tables = (charClass ?? escape ?? '').match(UNICODE)?.length ?? 0;
      last = 1 + tables * UNICODE_COST;
      cost += last;
    }
  }
  return before.reduce((sum, each) => sum + each, cost);
}

/** A copy that may be left out takes an instruction more; so that `x{0,n}` counts twice. */
function copiesOf(least: number, isOpen: boolean, most: string): number {
  if (!isOpen) return Math.max(least, 1);
  if (most === '') return least + 1;
  return Math.max(2 * Number(most) - least, 1);
}
