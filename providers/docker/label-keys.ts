import { meantRoot } from '../../src/config/decode/label-root.js';

/** Written by Compose; read in exactly this case (DKR-9). */
export const COMPOSE_PROJECT = 'com.docker.compose.project';
export const COMPOSE_SERVICE = 'com.docker.compose.service';

/** The roots of our labels, the one that counts most first (D37). */
const ROOTS = ['sluice', 'traefik'];

/** True if a container with such a label may concern us; also a misspelt one, so that it can be said. */
export const isOurs = (key: string): boolean => meantRoot(key) !== undefined;

/** The key as written that says `path`, such as `docker.network`; the usual spelling if none does. */
export function writtenKey(labels: ReadonlyMap<string, string>, path: string): string {
  for (const root of ROOTS) {
    const wanted = `${root}.${path}`;
    const key = [...labels.keys()].find((written) => written.toLowerCase() === wanted);
    if (key !== undefined) return key;
  }
  return `traefik.${path}`;
}
