import { statSync } from 'node:fs';
import type { DockerConfig } from '../../src/config/static.js';
import { failed, type Trial } from '../../src/config/trial.js';
import { EngineError, type DockerApi } from './api.js';
import { connectDocker } from './client.js';

type Connect = (config: DockerConfig, signal: AbortSignal) => Promise<DockerApi>;

/** Nobody has a container of this name: that it is missing is as good an answer as any. */
const NOBODY = 'sluice-preflight';

/** All that discovery asks, and what a proxy like tecnativa/docker-socket-proxy calls it. */
const PERMISSIONS = {
  version: ['GET /version', 'VERSION=1'],
  list: ['GET /containers/json', 'CONTAINERS=1'],
  inspect: ['GET /containers/{id}/json', 'CONTAINERS=1'],
  events: ['GET /events', 'EVENTS=1'],
} as const;

type Permission = keyof typeof PERMISSIONS;

/** Asks an engine each question once that discovery asks. */
export async function* tryDocker(
  config: DockerConfig,
  signal: AbortSignal,
  connect: Connect = connectDocker,
): AsyncGenerator<Trial> {
  let api: DockerApi;
  try {
    api = await connect(config, signal);
  } catch (error) {
    yield refusedBy(config, 'version', error);
    return;
  }
  yield answered('version', 'it answers, in a version of its API that is understood');
  let known = NOBODY;
  yield await tried(config, 'list', async () => {
    const listed = await api.list(signal);
    known = listed[0]?.id ?? NOBODY;
    return `${listed.length} containers`;
  });
  yield await tried(config, 'inspect', async () => {
    const found = await api.inspect(known, signal);
    return found === undefined ? 'it answers' : `it tells of ${found.name}`;
  });
  yield await tried(config, 'events', async () => {
    const events = await api.events(signal);
    events.on('error', () => {});
    events.destroy();
    return 'the stream opens';
  });
}

async function tried(
  config: DockerConfig,
  permission: Permission,
  attempt: () => Promise<string>,
): Promise<Trial> {
  try {
    return answered(permission, await attempt());
  } catch (error) {
    return refusedBy(config, permission, error);
  }
}

const answered = (permission: Permission, detail: string): Trial => ({
  need: PERMISSIONS[permission][0],
  ok: true,
  detail,
});

function refusedBy(config: DockerConfig, permission: Permission, error: unknown): Trial {
  const [need, variable] = PERMISSIONS[permission];
  return failed(need, error, fixFor(config, need, variable, error));
}

function fixFor(
  { endpoint, tls, section }: DockerConfig,
  need: string,
  variable: string,
  error: unknown,
): string | undefined {
  if (error instanceof EngineError) {
    if (error.status === 403) {
      return `allow ${need} in the socket proxy (tecnativa/docker-socket-proxy: ${variable})`;
    }
    if (error.status === 401) return `see username and password of ${section}`;
    // Go's words, to a client that speaks in clear.
    const isTlsMissing = error.status === 400 && /HTTPS/.test(error.message) && tls === undefined;
    return isTlsMissing ? 'write https:// in front of the endpoint, or its tls' : undefined;
  }
  const isForbidden = error instanceof Error && 'code' in error && error.code === 'EACCES';
  const group = isForbidden ? groupOf(endpoint.replace(/^unix:\/\//, '')) : undefined;
  return group === undefined
    ? undefined
    : `the socket belongs to group ${group}: start with it (Compose: group_add: ["${group}"]; Docker: --group-add ${group})`;
}

function groupOf(path: string): number | undefined {
  try {
    return statSync(path).gid;
  } catch {
    return undefined;
  }
}
