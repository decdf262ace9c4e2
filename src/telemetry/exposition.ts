import { LongText } from '../async/long-text.js';
import type { Steps } from '../async/slices.js';

/** One value. */
export interface Sample {
  /** Of `labelText`: what tells it from others of its name. */
  readonly labels: string;
  readonly value: number;
  /** Behind the name of the family; of histograms. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** All values of one name. They are made while they are written. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: Iterable<Sample>;
}

/** Of the text format that `exposition` writes. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Prometheus' text format 0.0.4; a family without a value is left out. */
export function* exposition(families: Iterable<Family>): Steps<readonly Buffer[]> {
  const text = new LongText();
  for (const { name, type, help, samples } of families) {
    let isFirst = true;
    for (const { labels, value, suffix = '' } of samples) {
      yield;
      if (isFirst) text.add(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
      isFirst = false;
      text.add(`${name}${suffix}${labels} ${value}\n`);
    }
  }
  return text.end();
}

/** Labels as they are written behind a name. Values may be anything. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** One more label behind those of a text that has some; the value needs no escape. */
export const withLabel = (labels: string, name: string, value: string | number): string =>
  `${labels.slice(0, -1)},${name}="${value}"}`;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
]);

const escaped = (value: string) =>
  value.replace(/[\\"\n]/g, (character) => ESCAPES.get(character) ?? character);
