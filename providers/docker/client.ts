import type { EngineConfig } from '../../src/config/static.js';
import type { DockerApi } from './api.js';
import { Engine } from './engine.js';
import { EVENT_FILTERS } from './event.js';
import { readListed } from './inspected.js';

/** What discovery asks an engine of its containers. */
export async function connectDocker(config: EngineConfig, signal: AbortSignal): Promise<DockerApi> {
  const engine = await Engine.connect(config, signal);
  return {
    list: async (until) =>
      readListed(
        await engine.ask('/containers/json', until, (docker, abortSignal) =>
          docker.listContainers({ all: true, abortSignal }),
        ),
      ),
    inspect: (reference, until) => engine.inspect(reference, until),
    events: (until) => engine.events(EVENT_FILTERS, until),
  };
}
