import type { EntryPointConfig } from '../config/static.js';
import { byText } from '../config/name-map.js';

/** What routing has to know of an entry point. */
export type EntryPointInfo = Pick<
  EntryPointConfig,
  'name' | 'protocol' | 'asDefault' | 'sniffTimeout'
>;

/**
 * The entry points of a router that names none (AGG-11): those flagged `asDefault`, or else all, but
 * never UDP and never `traefik`. A flag on a UDP entry point means nothing (BUG-12).
 */
export function defaultEntryPoints(all: readonly EntryPointInfo[]): readonly string[] {
  const tcp = all.filter(({ protocol }) => protocol === 'tcp');
  const areFlagged = tcp.some(({ asDefault }) => asDefault);
  return tcp
    .filter(({ name, asDefault }) => name !== 'traefik' && (asDefault || !areFlagged))
    .map(({ name }) => name)
    .sort(byText);
}
