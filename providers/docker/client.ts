import type { EngineConfig } from '../../src/config/static.js';
import type { DockerApi } from './api.js';
import { connectEngine } from './engine.js';
import { EVENT_FILTERS } from './event.js';
import { readListed } from './listed.js';

/** What discovery asks an engine of its containers. */
export async function connectDocker(config: EngineConfig, signal: AbortSignal): Promise<DockerApi> {
  const engine = await connectEngine(config, signal);
  return {
    atOnce: engine.atOnce,
    list: async (until) =>
      readListed(await engine.ask('/containers/json', { all: true }, until), engine.isDocker),
    inspect: engine.inspect,
    events: (until) => engine.events(EVENT_FILTERS, until),
  };
}
