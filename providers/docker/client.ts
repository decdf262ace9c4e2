import type { EngineConfig } from '../../src/config/static.js';
import type { DockerApi } from './api.js';
import { connectEngine } from './engine.js';
import { EVENT_FILTERS } from './event.js';
import { readListed, type Listed } from './inspected.js';

/** What discovery asks an engine of its containers. */
export async function connectDocker(config: EngineConfig, signal: AbortSignal): Promise<DockerApi> {
  const engine = await connectEngine(config, signal);
  return {
    async list(until) {
      const found: Listed[] = [];
      await engine.list('/containers/json', { all: true }, until, (elements) => {
        found.push(...readListed(elements));
      });
      return found;
    },
    inspect: engine.inspect,
    events: (until) => engine.events(EVENT_FILTERS, until),
  };
}
