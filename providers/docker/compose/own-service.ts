import type { Place } from '../../../src/config/diagnostic.js';
import { parseFlags } from '../../../src/config/static/flags.js';
import type { ReadFile } from '../../../src/config/static/config-file.js';
import type { StaticSources } from '../../../src/config/static/load.js';
import type { Project } from './project.js';
import type { ComposeService, Mount } from './service.js';

/** The service of a project that is Sluice itself, or a Traefik in whose place it is to stand. */
export interface OwnService {
  readonly name: string;
  /** Its static configuration; undefined: it is in the image or elsewhere, and not known. */
  readonly sources: StaticSources | undefined;
  /** Where a path of its container is on this machine; undefined: not on this machine. */
  readonly onHost: (path: string) => string | undefined;
  /** Flags and variables stand in the compose file. */
  readonly locate: (place: Place) => Place;
}

/** Recognised by its options, else by its image. */
export function ownService({ services }: Project, readFile: ReadFile): OwnService | undefined {
  const all = [...services];
  const [name, service] = all.find(hasOptions) ?? all.find(hasImage) ?? [];
  return name === undefined || service === undefined ? undefined : own(name, service, readFile);
}

type Named = readonly [string, ComposeService];

const hasOptions = ([, { command, environment }]: Named) =>
  (command ?? []).some(({ value }) => /^--?(entrypoints|providers)\./i.test(value)) ||
  [...environment.keys()].some((name) => /^(SLUICE|TRAEFIK)_(ENTRYPOINTS|PROVIDERS)_/.test(name));

const hasImage = ([, { image }]: Named) => /(^|\/)(sluice|traefik)([:@]|$)/.test(image ?? '');

function own(name: string, service: ComposeService, readFile: ReadFile): OwnService {
  const onHost = (path: string) => hostPath(path, service.mounts);
  const words = (service.command ?? []).map(({ value }) => value);
  const argv = words[0] === 'sluice' || words[0] === 'traefik' ? words.slice(1) : words;
  const { configFile } = parseFlags(argv);
  // Through a shell, or a file that the image holds: what it comes to is not known here.
  const isKnown =
    argv.every((word) => word.startsWith('-')) &&
    (configFile === undefined || onHost(configFile) !== undefined);
  const read: ReadFile = (path) => {
    const there = onHost(path);
    return there === undefined ? undefined : readFile(there);
  };
  const env = Object.fromEntries(service.environment);
  return {
    name,
    sources: isKnown ? { argv, env, readFile: read } : undefined,
    onHost,
    locate: (place) => located(place, service),
  };
}

/** Of mounts within each other the inner one counts. */
function hostPath(path: string, mounts: readonly Mount[]): string | undefined {
  const [inner] = mounts
    .filter(({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`))
    .toSorted((a, b) => b.target.length - a.target.length);
  return inner && `${inner.source}${path.slice(inner.target.replace(/\/$/, '').length)}`;
}

function located(place: Place, { at, command = [] }: ComposeService): Place {
  if (place.kind !== 'static') return place;
  const word = command.find(({ value }) => value.split('=', 1)[0] === place.option);
  const there = place.source === 'flag' ? (word?.at ?? at) : at;
  if (there.kind !== 'file' || !['flag', 'environment'].includes(place.source)) return place;
  return { ...place, source: `${there.path}:${there.line}:${there.column}` };
}
