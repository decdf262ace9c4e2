import { nearest } from './nearest.js';

/** The roots of labels (D37). */
const ROOTS = ['traefik', 'sluice'];

export const isRoot = (word: string): boolean => ROOTS.includes(word);

/** How a label of ours goes on, so that a slip in the root is told from the label of another program. */
const OURS = /^tcp\./i;

/**
 * The root that the author of a label had in mind, `traefik` or `sluice`; undefined for a label that is
 * not meant for us. Also of a wrong one, so that it can be said.
 */
export function meantRoot(key: string): string | undefined {
  const dot = key.indexOf('.');
  if (dot <= 0) return undefined;
  const root = key.slice(0, dot).toLowerCase();
  if (ROOTS.includes(root)) return root;
  return OURS.test(key.slice(dot + 1)) ? nearest(root, ROOTS)[0] : undefined;
}
