import type { SwarmConfig } from '../../../src/config/static.js';
import type { Trial } from '../../../src/config/trial.js';
import { EngineError } from '../api.js';
import { answered, openedEvents, reached, refusedBy, tried } from '../permissions.js';
import type { SwarmApi } from './api.js';
import { connectSwarm } from './client.js';

type Connect = (config: SwarmConfig, signal: AbortSignal) => Promise<SwarmApi>;

/** Asks a manager each question once that discovery asks. */
export async function* trySwarm(
  config: SwarmConfig,
  signal: AbortSignal,
  connect: Connect = connectSwarm,
): AsyncGenerator<Trial> {
  const { api, trial } = await reached(config, () => connect(config, signal));
  yield trial;
  if (api === undefined) return;
  for (const what of ['services', 'tasks', 'nodes', 'networks'] as const) {
    try {
      yield answered(what, `${(await api[what](signal)).length} ${what}`);
    } catch (error) {
      yield refusedBy(config, what, error);
      // One that is no manager refuses all of them.
      if (error instanceof EngineError && error.status !== 403 && error.fix !== undefined) return;
    }
  }
  yield await tried(config, 'events', () => openedEvents(api, signal));
}
