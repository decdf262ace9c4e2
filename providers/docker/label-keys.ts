import { meantRoot } from '../../src/config/decode/label-root.js';

/** Written by Compose; read in exactly this case (DKR-9). */
export const COMPOSE_PROJECT = 'com.docker.compose.project';
export const COMPOSE_SERVICE = 'com.docker.compose.service';

/** The same of `docker stack deploy`. */
const STACK = 'com.docker.stack.namespace';

/** What stands in front of the names of its networks that are short in its file. */
export const projectOf = (labels: ReadonlyMap<string, string>): string | undefined =>
  labels.get(COMPOSE_PROJECT) ?? labels.get(STACK);

/** The roots of our labels, the one that counts most first (D37). */
const ROOTS = ['sluice', 'traefik'];

/** True if a container with such a label may concern us; also a misspelt one, so that it can be said. */
export const isOurs = (key: string): boolean => meantRoot(key) !== undefined;

/** The key as written that says the first of `paths`, such as `docker.network`; its usual spelling if none does. */
export function writtenKey(
  labels: ReadonlyMap<string, string>,
  ...paths: readonly string[]
): string {
  for (const path of paths) {
    for (const root of ROOTS) {
      const wanted = `${root}.${path}`;
      const key = [...labels.keys()].find((written) => written.toLowerCase() === wanted);
      if (key !== undefined) return key;
    }
  }
  return `traefik.${paths[0] ?? ''}`;
}
