import { statSync } from 'node:fs';
import type { DockerConfig } from '../../src/config/static.js';
import { failed, type Trial } from '../../src/config/trial.js';
import { EngineError, type DockerApi } from './api.js';

/** All that discovery asks, and what a proxy like tecnativa/docker-socket-proxy calls it. */
const PERMISSIONS = {
  version: ['GET /version', 'VERSION=1'],
  list: ['GET /containers/json', 'CONTAINERS=1'],
  inspect: ['GET /containers/{id}/json', 'CONTAINERS=1'],
  events: ['GET /events', 'EVENTS=1'],
  services: ['GET /services', 'SERVICES=1'],
  tasks: ['GET /tasks', 'TASKS=1'],
  nodes: ['GET /nodes', 'NODES=1'],
  networks: ['GET /networks', 'NETWORKS=1'],
} as const;

type Permission = keyof typeof PERMISSIONS;

/** `attempt` says what was found. */
export async function tried(
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

/** The API that the trials after this first one ask; undefined: there is none. */
export async function reached<Api>(
  config: DockerConfig,
  connect: () => Promise<Api>,
): Promise<{ readonly api: Api | undefined; readonly trial: Trial }> {
  try {
    const api = await connect();
    const detail = 'it answers, in a version of its API that is understood';
    return { api, trial: answered('version', detail) };
  } catch (error) {
    return { api: undefined, trial: refusedBy(config, 'version', error) };
  }
}

export async function openedEvents(
  api: Pick<DockerApi, 'events'>,
  signal: AbortSignal,
): Promise<string> {
  const events = await api.events(signal);
  events.on('error', () => {});
  events.destroy();
  return 'the stream opens';
}

export const answered = (permission: Permission, detail: string): Trial => ({
  need: PERMISSIONS[permission][0],
  ok: true,
  detail,
});

export function refusedBy(config: DockerConfig, permission: Permission, error: unknown): Trial {
  const [need, variable] = PERMISSIONS[permission];
  return failed(need, error, fixFor(config, need, variable, error));
}

const forbiddenFix = (need: string, variable: string) =>
  `allow ${need} in the socket proxy (tecnativa/docker-socket-proxy: ${variable})`;

/** What helps where a request is forbidden. */
export function fixForPath(path: string): string {
  const asked = `GET ${path}`;
  const known = Object.values(PERMISSIONS).find(([need]) => need === asked);
  const [need, variable] = known ?? PERMISSIONS.inspect;
  return forbiddenFix(need, variable);
}

function fixFor(
  { endpoint, tls, section }: DockerConfig,
  need: string,
  variable: string,
  error: unknown,
): string | undefined {
  if (error instanceof EngineError) {
    if (error.status === 403) return forbiddenFix(need, variable);
    if (error.fix !== undefined) return error.fix;
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
