import type { DockerConfig } from '../../src/config/static.js';
import type { Trial } from '../../src/config/trial.js';
import type { DockerApi } from './api.js';
import { connectDocker } from './client.js';
import { openedEvents, reached, tried } from './permissions.js';

type Connect = (config: DockerConfig, signal: AbortSignal) => Promise<DockerApi>;

/** Nobody has a container of this name: that it is missing is as good an answer as any. */
const NOBODY = 'sluice-preflight';

/** Asks an engine each question once that discovery asks. */
export async function* tryDocker(
  config: DockerConfig,
  signal: AbortSignal,
  connect: Connect = connectDocker,
): AsyncGenerator<Trial> {
  const { api, trial } = await reached(config, () => connect(config, signal));
  yield trial;
  if (api === undefined) return;
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
  yield await tried(config, 'events', () => openedEvents(api, signal));
}
