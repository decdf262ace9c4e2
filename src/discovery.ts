import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StaticConfig } from './config/static.js';
import { remoteProvider } from './discovery/remote.js';
import type { ConfiguredProvider } from './providers.js';

export type DiscoveryConfig = Pick<StaticConfig, 'providers' | 'entryPoints'>;

export type Discovered = readonly (Pick<ConfiguredProvider, 'endpoint' | 'type'> & {
  readonly name: string;
})[];

export interface Discovery {
  readonly configured: readonly ConfiguredProvider[];
  /** Ends the thread. Its providers have been stopped by the signals of their watches. */
  stop(): Promise<void>;
}

/**
 * The providers, in a thread of their own: what they read, and the garbage that is left of it, would hold
 * up the connections. An error in the thread that is no provider's is a bug, and thrown here.
 */
export async function startDiscovery({
  providers,
  entryPoints,
}: DiscoveryConfig): Promise<Discovery> {
  const { docker, swarm, consulCatalog, file } = providers;
  if (docker.length === 0 && !swarm && !consulCatalog && !file) {
    return { configured: [], stop: () => Promise.resolve() };
  }
  const workerData: DiscoveryConfig = { providers, entryPoints };
  const worker = new Worker(new URL('discovery-thread.js', import.meta.url), {
    name: 'discovery',
    workerData,
  });
  let isStopping = false;
  const [discovered] = (await once(worker, 'message')) as [Discovered];
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('exit', (code) => {
    if (!isStopping) throw new Error(`the thread of the providers ended by itself: ${code}`);
  });
  return {
    configured: discovered.map(({ name, endpoint, type }) => ({
      provider: remoteProvider(name, worker),
      endpoint,
      type,
    })),
    async stop() {
      isStopping = true;
      await worker.terminate();
    },
  };
}
