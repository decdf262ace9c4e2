import { formatPlace, type Diagnostic, type Place } from '../config/diagnostic.js';
import { excerpt, type LineOf } from './excerpt.js';

/** What was looked at, in numbers. */
export interface Extent {
  readonly routers: number;
  readonly services: number;
  readonly middlewares: number;
  readonly serversTransports: number;
}

const ORDER: Readonly<Record<Diagnostic['severity'], number>> = { error: 0, warning: 1, info: 2 };

const KINDS = ['routers', 'services', 'middlewares', 'serversTransports'] as const;

/** Each finding once, what is worst first. */
export function inOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map(
    found.map((one) => [`${one.code} ${formatPlace(one.at)} ${one.message}`, one]),
  );
  return [...once.values()].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

/** Findings for a reader: place, what is wrong, the text itself, what to write. */
export function report(found: readonly Diagnostic[], extent: Extent, lineOf: LineOf): string {
  const counts = KINDS.filter((what) => extent[what] > 0).map((what) => plural(extent[what], what));
  const of = (severity: Diagnostic['severity']) =>
    found.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [of('error'), of('warning')];
  const verdict =
    errors + warnings === 0
      ? 'nothing is wrong'
      : `${plural(errors, 'errors')}, ${plural(warnings, 'warnings')}`;
  return [
    ...found.flatMap((one) => [...paragraph(one, lineOf), '']),
    `${counts.length === 0 ? 'nothing is declared' : counts.join(', ')}: ${verdict}`,
    '',
  ].join('\n');
}

const plural = (count: number, what: string) =>
  `${count} ${count === 1 ? what.slice(0, -1) : what}`;

/** One finding: what, where, the text, what to write. */
export function paragraph(
  { severity, code, object, at, message, value, fix, related = [] }: Diagnostic,
  lineOf: LineOf,
): readonly string[] {
  const about = object === undefined ? '' : ` (${object.kind} ${object.name})`;
  const isSaid = value === undefined || value === '' || message.includes(value);
  return [
    `${severity}[${code}] ${formatPlace(at)}${about}`,
    `  ${message}${isSaid ? '' : `: ${printable(value)}`}`,
    ...excerpt(at, value, lineOf),
    ...related.map((place) => `  see ${formatPlace(place)}`),
    ...(fix === undefined ? [] : [`  -> ${fix}`]),
  ];
}

const LONGEST = 200;

/** Labels are untrusted: no control characters on a terminal. */
export const printable = (text: string) => {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}]/gu, '�');
};

/** With its places where `locate` says. */
export const located = (
  one: Diagnostic,
  locate: (place: Place, value?: string) => Place,
): Diagnostic => ({
  ...one,
  at: locate(one.at, one.value),
  ...(one.related && { related: one.related.map((place) => locate(place)) }),
});
