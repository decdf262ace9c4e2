import type { Place } from '../config/diagnostic.js';
import type { Unplaced } from './finding.js';

/** Why something cannot be used; those who refer to it repeat it. */
export interface Trouble {
  readonly code: 'unknown-reference' | 'broken-reference' | 'unresolved';
  /** Goes on after "it": `is disabled`. */
  readonly text: string;
  readonly at: Place;
}

/** What is said about a reference that names nothing. */
export function unknownReference(
  what: string,
  reference: string,
  provider: string,
  suggestions: readonly string[],
): Unplaced {
  return {
    code: 'unknown-reference',
    severity: 'error',
    message: `there is no ${what} "${reference}"${placesOf(reference, provider)}`,
    value: reference,
    fix: fixFor(reference, suggestions),
    suggestions,
  };
}

/** Where it was looked for (D7). */
function placesOf(reference: string, provider: string): string {
  if (reference.includes('@')) return '';
  return provider === 'file' ? ' in file' : ` in ${provider}, nor in file`;
}

/** The providers that there are, and what switches them on. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['docker', 'providers.docker'],
  ['swarm', 'providers.swarm'],
  ['file', 'providers.file'],
  ['consulcatalog', 'providers.consulCatalog'],
]);

function optionOf(provider: string): string | undefined {
  const host = /^docker-(.+)$/.exec(provider)?.[1];
  return host === undefined ? OPTIONS.get(provider) : `providers.docker.hosts.${host}`;
}

function fixFor(reference: string, suggestions: readonly string[]): string {
  // D15: Traefik calls its provider so in some places, and `@consul` is another one there.
  if (reference.endsWith('@consul')) return 'the provider is called consulcatalog';
  const [first] = suggestions;
  const option = optionOf(reference.slice(reference.indexOf('@') + 1));
  if (first !== undefined) return `did you mean "${first}"?`;
  if (option !== undefined) return `see that ${option} is on, and that somebody declares it there`;
  return reference.includes('@')
    ? 'write the name of one that exists, with its provider behind @'
    : 'declare it, or write its provider behind @';
}

export function unresolvedReference(what: string, reference: string, provider: string): Unplaced {
  return {
    code: 'unresolved',
    severity: 'info',
    message: `${what} "${reference}" is not looked up before ${provider} has delivered`,
    value: reference,
  };
}

/** D7: said, because the name means something else once the own provider has it. */
export function foundInFile(what: string, reference: string): Unplaced {
  return {
    code: 'guessed',
    severity: 'info',
    message: `${what} "${reference}" is taken from file`,
    value: reference,
    fix: `write ${reference}@file to say so`,
  };
}

/** The reference names something that cannot be used. Its own finding says what to mend. */
export function brokenReference(what: string, name: string, trouble: Trouble): Unplaced {
  return {
    code: trouble.code === 'unknown-reference' ? 'broken-reference' : trouble.code,
    severity: 'info',
    message: `${what} "${name}" ${trouble.text}`,
    related: [trouble.at],
    value: name,
  };
}
