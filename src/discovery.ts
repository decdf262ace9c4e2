import { Worker } from 'node:worker_threads';
import type { Order } from './discovery/message.js';
import { remoteProvider } from './discovery/remote.js';
import { makers, type ConfiguredProvider, type DiscoveryConfig } from './providers.js';

export interface Discovery {
  readonly configured: readonly ConfiguredProvider[];
  /** There is a table: connections come first from here on. */
  giveWay(): void;
  /** Ends the thread. Its providers have been stopped by the signals of their watches. */
  stop(): Promise<void>;
}

/**
 * The providers, in a thread of their own: what they read, and the garbage that is left of it, would hold
 * up the connections. An error in the thread that is no provider's is a bug, and thrown here.
 */
export function startDiscovery({ providers, entryPoints }: DiscoveryConfig): Discovery {
  const all = makers({ providers, entryPoints });
  if (all.length === 0) return { configured: [], giveWay() {}, stop: () => Promise.resolve() };
  const workerData: DiscoveryConfig = { providers, entryPoints };
  const worker = new Worker(new URL('discovery-thread.js', import.meta.url), {
    name: 'discovery',
    workerData,
  });
  let isOver = false;
  worker.on('error', (error) => {
    // It ends now, which is no second bug.
    isOver = true;
    throw error;
  });
  worker.on('exit', (code) => {
    if (!isOver) throw new Error(`the thread of the providers ended by itself: ${code}`);
  });
  return {
    configured: all.map(({ name, endpoint, type }) => ({
      provider: remoteProvider(name, worker),
      endpoint,
      type,
    })),
    giveWay: () => worker.postMessage({ kind: 'giveWay' } satisfies Order),
    async stop() {
      isOver = true;
      await worker.terminate();
    },
  };
}
