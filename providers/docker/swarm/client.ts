import type { EngineConfig } from '../../../src/config/static.js';
import { connectEngine } from '../engine.js';
import type { SwarmApi } from './api.js';
import { SWARM_EVENTS } from './event.js';
import { readNetworks, readNodes, readServices, readTasks } from './read.js';

/** What the engine is to show: those that have ended are kept for a while. */
const MEANT_TO_RUN = JSON.stringify({ 'desired-state': ['running'] });

/** What discovery asks a manager of its Swarm. */
export async function connectSwarm(config: EngineConfig, signal: AbortSignal): Promise<SwarmApi> {
  const engine = await connectEngine(config, signal);
  return {
    services: async (until) => readServices(await engine.ask('/services', {}, until)),
    tasks: async (until) => readTasks(await engine.ask('/tasks', { filters: MEANT_TO_RUN }, until)),
    nodes: async (until) => readNodes(await engine.ask('/nodes', {}, until)),
    networks: async (until) => readNetworks(await engine.ask('/networks', {}, until)),
    events: (until) => engine.events(SWARM_EVENTS, until),
  };
}
