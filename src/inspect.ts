import { readFileSync, statSync } from 'node:fs';
import type { CheckCommand, RouteCommand, Sources } from './cli/command.js';
import type { LineOf } from './cli/excerpt.js';
import { inOrder, report, type Extent } from './cli/report.js';
import { explainRoute } from './cli/route.js';
import { formatDiagnostic } from './config/diagnostic.js';
import { loadStatic, type LoadedStatic, type StaticSources } from './config/static/load.js';
import type { ProvidersConfig, StaticConfig } from './config/static.js';
import { look, type Look } from './look.js';
import { configuredProviders } from './providers.js';

/** What a command prints, and with which code it ends. */
export interface Answer {
  readonly text: string;
  readonly code: 0 | 1 | 2;
}

type Surroundings = Omit<StaticSources, 'argv'>;

/** `sluice check`: 2 if something is wrong, 1 if a source does not answer, else 0. */
export async function check(command: CheckCommand, around: Surroundings): Promise<Answer> {
  const seen = await lookAt(command, around);
  if ('text' in seen) return seen;
  const { merged, diagnostics, lost } = seen.look;
  const found = inOrder(diagnostics);
  const extent: Extent = {
    routers: merged.routers.size,
    services: merged.services.size,
    middlewares: merged.middlewares.size,
    serversTransports: merged.serversTransports.size,
  };
  const isWrong = found.some(({ severity }) => severity === 'error');
  const text = command.isJson
    ? `${JSON.stringify({ ...extent, lost, diagnostics: found }, null, 2)}\n`
    : `${lossesOf(seen.look)}${report(found, extent, lineOf())}`;
  return { text, code: isWrong ? 2 : lost.length > 0 ? 1 : 0 };
}

/** `sluice route`: 0 if such a connection would reach a server, else 1. */
export async function route(command: RouteCommand, around: Surroundings): Promise<Answer> {
  const seen = await lookAt(command, around);
  if ('text' in seen) return seen;
  const { compiled } = seen.look;
  const { entryPoint, ip } = command;
  if (!seen.entryPoints.includes(entryPoint)) {
    const known = seen.entryPoints.join(', ');
    return { text: `there is no entry point ${entryPoint}: there are ${known}\n`, code: 2 };
  }
  const tls = command.isTls ? { serverName: command.sni, alpn: command.alpn } : undefined;
  const imagined = { entryPoint, ip, tls };
  const { lines, isServed } = explainRoute(
    compiled.table.of(entryPoint),
    compiled.runtime,
    imagined,
  );
  return { text: `${lossesOf(seen.look)}${lines.join('\n')}\n`, code: isServed ? 0 : 1 };
}

const lossesOf = ({ lost }: Look) =>
  lost
    .map(({ provider, endpoint, why }) => `${provider} does not answer at ${endpoint}: ${why}\n`)
    .join('');

interface Seen {
  readonly look: Look;
  readonly entryPoints: readonly string[];
}

async function lookAt(sources: Sources, around: Surroundings): Promise<Seen | Answer> {
  const loaded = loadStatic({ ...around, argv: sources.argv });
  if (!loaded.ok) return { text: refusalOf(loaded), code: 2 };
  const { config, diagnostics } = loaded;
  const missing = sources.files.find((path) => statOf(path) === undefined);
  if (missing !== undefined) return { text: `${missing}: there is no such file\n`, code: 2 };
  // Files alone say nothing of the ports that Sluice will have.
  const isBare = sources.argv.length === 0 && diagnostics.length === 0 && isUnwritten(config);
  const inferEntryPoints = isBare && sources.files.length > 0;
  const wanted = wantedProviders(config.providers, sources);
  const looks = {
    config,
    findings: diagnostics,
    configured: await Promise.all(
      wanted.map((providers) => configuredProviders({ ...config, providers }, process.env)),
    ).then((all) => all.flat()),
    inferEntryPoints,
  };
  const seen = await look(looks);
  const named = [...seen.merged.routers.values()].flatMap((each) => each.config.entryPoints ?? []);
  const entryPoints = inferEntryPoints ? [...new Set(named)] : [...config.entryPoints.keys()];
  return { look: seen, entryPoints };
}

/** Nothing was written: there is only the entry point that is there by default. */
const isUnwritten = ({ entryPoints, providers }: StaticConfig) =>
  entryPoints.size <= 1 && !providers.docker && !providers.consulCatalog && !providers.file;

/** Each is one set of providers to be asked; none of them watches. */
function wantedProviders(
  providers: ProvidersConfig,
  { files, only }: Sources,
): readonly ProvidersConfig[] {
  const none = { ...providers, docker: undefined, consulCatalog: undefined, file: undefined };
  if (files.length > 0) {
    return files.map((path) => {
      const isFolder = statOf(path) === 'folder';
      const [directory, filename] = isFolder ? [path, undefined] : [undefined, path];
      return { ...none, file: { directory, filename, watch: false } };
    });
  }
  const { docker, consulCatalog, file } = only.length > 0 ? atLeast(providers, only) : providers;
  return [
    {
      ...none,
      docker: docker && { ...docker, watch: false },
      consulCatalog,
      file: file && { ...file, watch: false },
    },
  ];
}

/** These alone; with their defaults where they are not configured. */
function atLeast(providers: ProvidersConfig, only: Sources['only']): ProvidersConfig {
  const flags = { docker: '--providers.docker', consul: '--providers.consulCatalog' };
  const standard = loadStatic({
    argv: only.map((name) => flags[name]),
    env: process.env,
    readFile: () => undefined,
  });
  const defaults = standard.ok ? standard.config.providers : undefined;
  return {
    ...providers,
    docker: only.includes('docker') ? (providers.docker ?? defaults?.docker) : undefined,
    consulCatalog: only.includes('consul')
      ? (providers.consulCatalog ?? defaults?.consulCatalog)
      : undefined,
    file: undefined,
  };
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

/** Reads each file once. */
function lineOf(): LineOf {
  const files = new Map<string, readonly string[]>();
  return (path, line) => {
    let lines = files.get(path);
    if (lines === undefined) {
      lines = linesOf(path);
      files.set(path, lines);
    }
    return lines[line - 1];
  };
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
