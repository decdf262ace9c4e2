import { stat } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from './discovery/serve.js';
import { configuredProviders, type DiscoveryConfig } from './providers.js';

/**
 * The thread that discovery.ts starts: all providers, with their libraries and their garbage. Once it is to
 * give way, it leaves three quarters of a core that both threads want to the connections.
 */
const NICE = 5;
const NICEST = 19;

if (parentPort === null) throw new Error('this is a thread of Sluice, and no program');
const config = workerData as DiscoveryConfig;
const configured = await configuredProviders(config, process.env);
serve(
  configured.map(({ provider }) => provider),
  parentPort,
  config.providers.providersThrottleDuration,
  () => void giveWay(),
);

/** Linux has a priority for each thread; elsewhere this would be that of the whole process. */
async function giveWay(): Promise<void> {
  if (process.platform !== 'linux') return;
  // Threads that Node starts for both of us at the first such question would get the priority of who asks.
  await stat('/').catch(() => {});
  try {
    setPriority(Math.min(NICEST, getPriority() + NICE));
  } catch {
    // Where that is forbidden both are equal.
  }
}
