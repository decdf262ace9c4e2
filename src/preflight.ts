import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { providerName } from '../providers/consul/naming.js';
import type { PreflightCommand } from './cli/command.js';
import { formatTrials, type NamedTrial } from './cli/trials.js';
import type { EntryPointConfig, StaticConfig } from './config/static.js';
import { failed, type Trial } from './config/trial.js';
import { formatPlace } from './config/diagnostic.js';
import { connectFeed } from './connect.js';
import { look } from './look.js';
import { LISTEN_FIXES } from './listen-fixes.js';
import { listen } from './net/listen.js';
import { configuredProviders } from './providers.js';
import { connectWords, workloadApiWords } from './spiffe/finding.js';
import { tryIdentity } from './spiffe/trial.js';
import { urlOf } from './spiffe/workload-api.js';
import { workloadApiFeed } from './spiffe/workload-api-feed.js';
import { isAnswer, wantedConfig, type Answer, type Surroundings } from './sources.js';

/** `sluice preflight`: 0 if all that is needed to run can be had, else 1; 2 for a bad configuration. */
export async function preflight(command: PreflightCommand, around: Surroundings): Promise<Answer> {
  const wanted = wantedConfig(command, around);
  if (isAnswer(wanted)) return wanted;
  const trials: NamedTrial[] = [];
  for await (const trial of allTrials(wanted.config, command.only.length === 0)) trials.push(trial);
  const text = command.isJson ? `${JSON.stringify(trials, null, 2)}\n` : formatTrials(trials);
  return { text, code: trials.every(({ ok }) => ok) ? 0 : 1 };
}

const LEAF = 'GET /v1/agent/connect/ca/leaf/{service}';

/** `isWhole`: not of single sources alone. */
async function* allTrials(config: StaticConfig, isWhole: boolean): AsyncGenerator<NamedTrial> {
  const { signal } = new AbortController();
  const { docker, swarm, consulCatalog } = config.providers;
  if (docker.length > 0) {
    const { tryDocker } = await import('../providers/docker/trial.js');
    for (const engine of docker) {
      const where = `${engine.provider} ${engine.endpoint}`;
      for await (const trial of tryDocker(engine, signal)) yield { where, ...trial };
    }
  }
  if (swarm) {
    const { trySwarm } = await import('../providers/docker/swarm/trial.js');
    const where = `${swarm.provider} ${swarm.endpoint}`;
    for await (const trial of trySwarm(swarm, signal)) yield { where, ...trial };
  }
  if (consulCatalog) {
    const { tryConsul } = await import('../providers/consul/trial.js');
    const { namespaces, endpoint } = consulCatalog;
    for (const namespace of namespaces.length > 0 ? namespaces : ['']) {
      const inside = namespace === '' ? '' : ` namespace ${namespace}`;
      const where = `consul ${endpoint.address}${inside}`;
      for await (const trial of tryConsul(consulCatalog, namespace, signal)) {
        yield { where, ...trial };
      }
      if (!consulCatalog.connectAware) continue;
      const words = connectWords(providerName(namespace), endpoint.address);
      yield { where, ...(await tryIdentity(LEAF, connectFeed(consulCatalog, namespace), words)) };
    }
  }
  if (!isWhole) return;
  if (config.spiffe) {
    const { address } = config.spiffe;
    const words = workloadApiWords(address);
    const where = `spiffe ${urlOf(address)}`;
    yield { where, ...(await tryIdentity('X509-SVID', workloadApiFeed(address), words)) };
  }
  yield* fileTrials(config);
  for (const entryPoint of config.entryPoints.values()) {
    if (entryPoint.protocol !== 'tcp') continue;
    yield { where: `entry point ${entryPoint.name}`, ...(await portTrial(entryPoint)) };
  }
}

/** Dynamic files, the PEM files that they name, and the files of logs. */
async function* fileTrials(config: StaticConfig): AsyncGenerator<NamedTrial> {
  const { file, docker } = config.providers;
  const alone = { ...config.providers, docker: [], swarm: undefined, consulCatalog: undefined };
  const configured = await configuredProviders({ ...config, providers: alone }, process.env);
  const { diagnostics } = await look({
    config,
    findings: [],
    configured,
    inferEntryPoints: false,
    pending: ['docker', ...docker.map(({ provider }) => provider), 'swarm', 'consulcatalog'],
  });
  const unread = diagnostics.filter(
    ({ code, severity }) => code === 'unreadable' && severity === 'error',
  );
  for (const { at, message, fix } of unread) {
    const detail = `${formatPlace(at)}: ${message}`;
    yield { where: 'files', need: 'read', ok: false, detail, ...(fix !== undefined && { fix }) };
  }
  if (file && unread.length === 0) {
    const detail = file.directory ?? file.filename ?? '';
    yield { where: 'files', need: 'read', ok: true, detail };
  }
  for (const path of [config.log.filePath, config.accessLog?.filePath ?? '']) {
    if (path !== '') yield { where: `log ${path}`, ...writeTrial(path) };
  }
}

function writeTrial(path: string): Trial {
  const need = 'write';
  try {
    accessSync(path, constants.W_OK);
    return { need, ok: true, detail: 'it can be written' };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) return failed(need, error, 'let the user that Sluice runs as write it');
  }
  try {
    accessSync(dirname(path), constants.W_OK);
    return { need, ok: true, detail: 'it can be made' };
  } catch (error) {
    return failed(need, error, 'make its folder, and let the user that Sluice runs as write there');
  }
}

async function portTrial({ host, port, reusePort, address }: EntryPointConfig): Promise<Trial> {
  const need = `listen on ${address}`;
  const listening = await listen({ host, port, reusePort }, (socket) => socket.destroy());
  if (!listening.ok) {
    const { reason, detail } = listening;
    return { need, ok: false, detail: `${reason} (${detail})`, fix: LISTEN_FIXES[reason] };
  }
  await new Promise((resolve) => listening.server.close(resolve));
  return { need, ok: true, detail: 'the port is free' };
}
