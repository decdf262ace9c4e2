import { statSync } from 'node:fs';
import type { Stack } from '../providers/docker/compose/stack.js';
import type { Sources } from './cli/command.js';
import { formatDiagnostic, type Place } from './config/diagnostic.js';
import { loadStatic, type LoadedStatic, type StaticSources } from './config/static/load.js';
import type { DockerConfig, ProvidersConfig, StaticConfig } from './config/static.js';
import type { Story, TellStory } from './config/story.js';
import { look, type Look, type LookOptions } from './look.js';
import { configuredProviders } from './providers.js';

/** What a command prints, and with which code it ends. */
export interface Answer {
  readonly text: string;
  readonly code: 0 | 1 | 2;
}

export const isAnswer = (one: object): one is Answer => 'text' in one && 'code' in one;

export type Surroundings = Omit<StaticSources, 'argv'>;

export interface Seen {
  readonly look: Look;
  readonly entryPoints: readonly string[];
  /** The line of a compose file where a label stands; other places as they are. */
  readonly locate: (place: Place, value?: string) => Place;
  /** What the providers chose, and why. */
  readonly stories: readonly Story[];
}

/** Asks the sources of a command once. An answer: there is nothing to look at. */
export async function lookAt(sources: Sources, around: Surroundings): Promise<Seen | Answer> {
  const missing = sources.files.find((path) => statOf(path) === undefined);
  if (missing !== undefined) return { text: `${missing}: there is no such file\n`, code: 2 };
  if (sources.compose.length > 0) return lookAtStack(sources, around);
  const loaded = loadStatic({ ...around, argv: sources.argv });
  if (!loaded.ok) return { text: refusalOf(loaded), code: 2 };
  const { config, diagnostics } = loaded;
  // Files alone say nothing of the ports that Sluice will have.
  const isBare = sources.argv.length === 0 && diagnostics.length === 0 && isUnwritten(config);
  const inferEntryPoints = isBare && sources.files.length > 0;
  const stories = new Map<string, Story>();
  const tell: TellStory = (story) => stories.set(story.id, story);
  const wanted = wantedProviders(config.providers, sources);
  if (isAnswer(wanted)) return wanted;
  const configured = await configuredFor(config, wanted, tell);
  const looks = { config, findings: diagnostics, configured, inferEntryPoints };
  return seen(await look(looks), looks, (place) => place, stories);
}

function seen(
  found: Look,
  { config, inferEntryPoints }: LookOptions,
  locate: Seen['locate'],
  stories: ReadonlyMap<string, Story>,
): Seen {
  const named = [...found.merged.routers.values()].flatMap((each) => each.config.entryPoints ?? []);
  const entryPoints = inferEntryPoints ? [...new Set(named)] : [...config.entryPoints.keys()];
  return { look: found, entryPoints, locate, stories: [...stories.values()] };
}

async function configuredFor(
  config: StaticConfig,
  wanted: readonly ProvidersConfig[],
  tell: TellStory,
) {
  const all = wanted.map((providers) =>
    configuredProviders({ ...config, providers }, process.env, tell),
  );
  return (await Promise.all(all)).flat();
}

/** The static configuration with the providers that a command names, or all of its own. */
export function wantedConfig(
  sources: Pick<Sources, 'only' | 'argv'>,
  around: Surroundings,
): { readonly config: StaticConfig } | Answer {
  const loaded = loadStatic({ ...around, argv: sources.argv });
  if (!loaded.ok) return { text: refusalOf(loaded), code: 2 };
  const { config } = loaded;
  if (sources.only.length === 0) return { config };
  const providers = atLeast(config.providers, sources.only);
  return isAnswer(providers) ? providers : { config: { ...config, providers } };
}

/**
 * A stack is served as its own Sluice says, unless the command line says something else. What that
 * would ask, but for files that this machine has, is unknown.
 */
async function lookAtStack(sources: Sources, around: Surroundings): Promise<Seen> {
  const { readStack } = await import('../providers/docker/compose/stack.js');
  const { compose: paths, profiles, files, argv } = sources;
  const stack = readStack({ ...around, paths, profiles, readFile: around.readFile });
  const { own, locate } = stack;
  const stories = new Map<string, Story>();
  const tell: TellStory = (story) => stories.set(story.id, story);
  const isOwn = argv.length === 0;
  const written = isOwn ? own?.sources : { ...around, argv };
  const loaded = written && loadStatic(written);
  const isKnown = loaded?.ok === true && !isUnwritten(loaded.config);
  const config = loaded?.ok ? loaded.config : standard([]);
  const isHidden = isOwn && !isKnown;
  const { file, swarm, consulCatalog } = config.providers;
  const { docker: engines } =
    config.providers.docker.length > 0
      ? config.providers
      : standard(['--providers.docker']).providers;
  // The stack runs on one engine, which is most likely that of the same machine.
  const isNear = ({ provider, endpoint }: DockerConfig) =>
    provider === 'docker' || endpoint.startsWith('unix:');
  const docker = engines.find(isNear) ?? engines[0];
  if (docker === undefined) throw new Error('Docker has no defaults');
  const there = isOwn ? onThisMachine(file, own) : file;
  const isFileUnheard = files.length === 0 && (isHidden || (file && !there));
  const looks: LookOptions = {
    config,
    findings: [...stack.diagnostics, ...(loaded?.diagnostics ?? [])],
    configured: [
      {
        provider: stack.provider(docker, tell),
        endpoint: paths.join(', '),
        type: 'Docker',
      },
      ...(await configuredFor(
        config,
        [
          ...(files.length > 0
            ? ofFiles(files, config.providers)
            : [{ ...none(config.providers), file: there && { ...there, watch: false } }]),
        ],
        tell,
      )),
    ],
    inferEntryPoints: isHidden,
    pending: [
      ...(isFileUnheard ? ['file'] : []),
      ...(isHidden || swarm ? ['swarm'] : []),
      ...(isHidden || consulCatalog ? ['consulcatalog'] : []),
      ...engines.map(({ provider }) => provider).filter((name) => name !== docker.provider),
    ],
    ...(isOwn && own && { onHost: own.onHost }),
  };
  return seen(await look(looks), looks, locate, stories);
}

/** A file provider's paths, where the container that it runs in sees folders of this machine. */
function onThisMachine(file: ProvidersConfig['file'], own: Stack['own']): ProvidersConfig['file'] {
  if (file === undefined || own === undefined) return undefined;
  const directory = file.directory && own.onHost(file.directory);
  const filename = file.filename && own.onHost(file.filename);
  return directory === undefined && filename === undefined
    ? undefined
    : { ...file, directory, filename };
}

/** Nothing was written: there is only the entry point that is there by default. */
const isUnwritten = ({ entryPoints, providers }: StaticConfig) =>
  entryPoints.size <= 1 &&
  providers.docker.length === 0 &&
  !providers.swarm &&
  !providers.consulCatalog &&
  !providers.file;

const none = (providers: ProvidersConfig): ProvidersConfig => ({
  ...providers,
  docker: [],
  swarm: undefined,
  consulCatalog: undefined,
  file: undefined,
});

const ofFiles = (files: readonly string[], providers: ProvidersConfig) =>
  files.map((path): ProvidersConfig => {
    const isFolder = statOf(path) === 'folder';
    const [directory, filename] = isFolder ? [path, undefined] : [undefined, path];
    return { ...none(providers), file: { directory, filename, watch: false } };
  });

/** Each is one set of providers to be asked; none of them watches. */
function wantedProviders(
  providers: ProvidersConfig,
  { files, only }: Sources,
): readonly ProvidersConfig[] | Answer {
  if (files.length > 0) return ofFiles(files, providers);
  const chosen = only.length > 0 ? atLeast(providers, only) : providers;
  if (isAnswer(chosen)) return chosen;
  const { docker, swarm, consulCatalog, file } = chosen;
  return [
    {
      ...none(providers),
      docker: docker.map((engine) => ({ ...engine, watch: false })),
      swarm: swarm && { ...swarm, watch: false },
      consulCatalog,
      file: file && { ...file, watch: false },
    },
  ];
}

/** These alone; with their defaults where they are not configured. */
function atLeast(providers: ProvidersConfig, only: Sources['only']): ProvidersConfig | Answer {
  const flags = {
    docker: '--providers.docker',
    swarm: '--providers.swarm',
    consul: '--providers.consulCatalog',
  };
  const argv = only.map((name) => flags[name]);
  const loaded = loadStatic({ argv, env: process.env, readFile: () => undefined });
  if (!loaded.ok) return { text: refusalOf(loaded), code: 2 };
  const defaults = loaded.config.providers;
  return {
    ...providers,
    docker: !only.includes('docker')
      ? []
      : providers.docker.length > 0
        ? providers.docker
        : defaults.docker,
    swarm: only.includes('swarm') ? (providers.swarm ?? defaults.swarm) : undefined,
    consulCatalog: only.includes('consul')
      ? (providers.consulCatalog ?? defaults.consulCatalog)
      : undefined,
    file: undefined,
  };
}

/** What is in force where nothing else is said. */
function standard(argv: readonly string[]): StaticConfig {
  const loaded = loadStatic({ argv, env: {}, readFile: () => undefined });
  if (!loaded.ok) throw new Error(refusalOf(loaded));
  return loaded.config;
}

function statOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

const refusalOf = ({ diagnostics }: LoadedStatic) =>
  diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((one) => `sluice: ${formatDiagnostic(one)}\n`)
    .join('');
