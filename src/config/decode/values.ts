/** Text read as a value, or why it cannot be and at which character. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (reason: string, offset: number): Parsed<never> => ({ ok: false, reason, offset });

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Go's strconv.ParseBool (control-plane 3.4). */
export function parseBoolean(text: string): Parsed<boolean> {
  if (TRUE.has(text)) return good(true);
  return FALSE.has(text) ? good(false) : bad('expected true or false', 0);
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** Sign and digits of 2^63; anything longer is out of range, and is not turned into a number first. */
const LONGEST_INTEGER = 64;

export function parseInt64(text: string): Parsed<bigint> {
  if (!/^[+-]?\d+$/.test(text)) {
    return bad('expected a whole number', Math.max(0, text.search(/(?!^[+-])\D/)));
  }
  const outOfRange = bad('expected a whole number of at most 64 bits', 0);
  if (text.length > LONGEST_INTEGER) return outOfRange;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > INT64_MAX || value < INT64_MIN ? outOfRange : good(value);
}

/** A whole number that a JavaScript number holds exactly. */
export function parseInteger(text: string): Parsed<number> {
  const parsed = parseInt64(text);
  if (!parsed.ok) return parsed;
  const value = Number(parsed.value);
  return Number.isSafeInteger(value) ? good(value) : bad('expected a smaller number', 0);
}

export function parseNumber(text: string): Parsed<number> {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? good(Number(text)) : bad('expected a number', 0);
}

/** A number of a file as text (FIL-5): a whole one without a fraction, another with six digits of it. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? String(BigInt(value)) : value.toFixed(6);
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Go's int64 of nanoseconds, in milliseconds. */
const LONGEST_DURATION = Number(INT64_MAX) / 1e6;

/**
 * A duration in milliseconds: Go's syntax (`1m30s`, `-1.5h`), or a bare integer of seconds (LBL-17).
 */
export function parseDuration(text: string): Parsed<number> {
  const expected = 'expected a duration such as 500ms, 30s or 1m30s';
  if (/^[+-]?\d+$/.test(text)) return inRange(Number(text) * 1000);
  const sign = text.startsWith('-') ? -1 : 1;
  const start = /^[+-]/.test(text) ? 1 : 0;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let sum = 0;
  let at = start;
  while (at < text.length) {
    part.lastIndex = at;
    const [whole, amount = '', unit = ''] = part.exec(text) ?? [];
    if (whole === undefined) return bad(expected, at);
    sum += Number(amount) * (UNIT_MS.get(unit) ?? 0);
    at += whole.length;
  }
  return at === start ? bad(expected, 0) : inRange(sign * sum);
}

const inRange = (ms: number): Parsed<number> =>
  Math.abs(ms) <= LONGEST_DURATION ? good(ms) : bad('expected a duration below 292 years', 0);

/** Milliseconds as Go prints a duration: `1m30s`, `100ms`, `1.5s`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const nanoseconds = BigInt(Math.round(Math.abs(ms) * 1e6));
  if (nanoseconds < 1_000n) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${sign}${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${sign}${decimal(nanoseconds, 6)}ms`;
  const minute = 60_000_000_000n;
  const hours = nanoseconds / (60n * minute);
  const minutes = (nanoseconds / minute) % 60n;
  const seconds = decimal(nanoseconds % minute, 9);
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`;
  return `${sign}${minutes > 0n ? `${minutes}m` : ''}${seconds}s`;
}

/** `value` divided by 10^places, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const rest = String(value % unit)
    .padStart(places, '0')
    .replace(/0+$/, '');
  return `${value / unit}${rest === '' ? '' : `.${rest}`}`;
}

/** A comma-separated list: items trimmed, empty ones kept; empty text is no list (3.4). */
export function parseList(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}
