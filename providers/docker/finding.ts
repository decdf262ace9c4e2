import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import type { Container } from './inspected.js';

/** What was found about a container; who it concerns is added where that is known. */
export type Finding = Omit<Diagnostic, 'provider' | 'object'>;

/** One label of a container; an empty key: the container as a whole. */
export function placeOf({ id, name }: Container, key = ''): Place {
  return { kind: 'label', container: name, containerId: id, key };
}
