import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Discovered, DiscoveryConfig } from './discovery.js';
import { serve } from './discovery/serve.js';
import { configuredProviders } from './providers.js';

/**
 * The thread that discovery.ts starts: all providers, with their libraries and their garbage. Where both
 * threads want the same core, it leaves three quarters to the connections.
 */
const NICE = 5;

if (parentPort === null) throw new Error('this is a thread of Sluice, and no program');
// Linux has a priority for each thread; elsewhere this would be that of the whole process.
if (process.platform === 'linux') setPriority(NICE);
const configured = await configuredProviders(workerData as DiscoveryConfig, process.env);
const providers = configured.map(({ provider }) => provider);
serve(providers, parentPort);
const discovered: Discovered = configured.map(({ provider: { name }, endpoint, type }) => ({
  name,
  endpoint,
  type,
}));
parentPort.postMessage(discovered);
