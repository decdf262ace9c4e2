import type { Response } from '../../support/http.js';

/** What was answered, as the vectors write it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON, where the text is not given as it is. */
  readonly body?: unknown;
  readonly noNewline?: true;
  readonly text?: string;
}

/** What tells clients something: how the bytes are framed is not it, nor whom a page may embed. */
const HEADERS = ['content-type', 'x-content-type-options', 'x-next-page', 'location'] as const;

/** Of a text that holds JSON, what a vector holds: errors and messages count by their presence. */
function bodyOf(text: string): unknown {
  const exact = text.replace(/("priority":)(-?\d{16,})/g, '$1"$2"');
  return JSON.parse(exact, (key, value: unknown) => {
    if (key === 'startDate') return Number.isNaN(Date.parse(String(value))) ? value : '{time}';
    if (key === 'error') return Array.isArray(value) ? value.length > 0 : value;
    if (key === 'message') return value !== '';
    if (isChecked(value)) return { ...value, serverStatus: asJustBuilt(value.serverStatus) };
    return isMiddleware(value) ? { ...value, usedBy: undefined } : value;
  });
}

interface Checked {
  readonly serverStatus: Readonly<Record<string, string>>;
}

/** Ours are checked at once (D19); Traefik was asked before its first check. */
const isChecked = (value: unknown): value is Checked =>
  typeof value === 'object' &&
  value !== null &&
  'serverStatus' in value &&
  'loadBalancer' in value &&
  typeof value.loadBalancer === 'object' &&
  value.loadBalancer !== null &&
  'healthCheck' in value.loadBalancer;

const asJustBuilt = (status: Checked['serverStatus']) =>
  Object.fromEntries(Object.keys(status).map((address) => [address, 'UP']));

/** Traefik never fills in who uses a middleware (BUG-9). */
const isMiddleware = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  ['inFlightConn', 'ipAllowList', 'ipWhiteList'].some((kind) => Object.hasOwn(value, kind));

/** A response with the members that the other answer has. */
export function comparable({ status, headers, text }: Response, like: Answer): Answer {
  return plain({
    status,
    headers: shown(headers),
    ...(like.body !== undefined && { body: bodyOf(text) }),
    ...(like.body !== undefined && !text.endsWith('\n') && { noNewline: true }),
    ...(like.text !== undefined && { text }),
  });
}

const plain = (answer: Answer) => JSON.parse(JSON.stringify(answer)) as Answer;

/** Of headers, those that are compared. */
export function shown(
  headers: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const said = HEADERS.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(said.map((name) => [name, String(headers[name])]));
}
