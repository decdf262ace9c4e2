import type { Place } from './answers.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.2 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** Bytes per second. */
export const rateText = (rate: number): string => `${bytesText(Math.round(rate))}/s`;

/** `14 s`, `3 min`, `2 h 5 min`, `4 d 3 h`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

export const countText = (count: number): string => count.toLocaleString('en-US');

/** `1 error`, `3 errors`. */
export const plural = (count: number, word: string): string =>
  `${countText(count)} ${word}${count === 1 ? '' : 's'}`;

/** `db@docker` in two: what it is called, and by whom. */
export function nameParts(name: string): readonly [name: string, provider: string] {
  const at = name.lastIndexOf('@');
  return at <= 0 ? [name, ''] : [name.slice(0, at), name.slice(at)];
}

/** A place in one line, as the log has it. */
export function placeText(place: Place): string {
  switch (place.kind) {
    case 'label':
      return `${place.isService ? 'swarm service' : 'container'} ${place.container}${detail('label', place.key, place.offset)}`;
    case 'tag':
      return `consul ${place.service}/${place.instance} on ${place.node}${detail('tag', place.tag, place.offset)}`;
    case 'file':
      if (place.line === 0) return place.path;
      return `${place.path}:${place.line}${place.column === 0 ? '' : `:${place.column}`}`;
    case 'static':
      return `${place.option} (${place.source})`;
    case 'endpoint':
      return place.url;
  }
}

const detail = (kind: string, key: string, offset: number | undefined) =>
  key === '' ? '' : `: ${kind} ${key}${offset === undefined ? '' : `, character ${offset + 1}`}`;
