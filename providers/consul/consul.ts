import type { Provider } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { TellStory } from '../../src/config/story.js';
import { Catalogue } from './catalogue.js';
import { connectConsul, type ConsulApi } from './client.js';
import { Doubt } from './doubt.js';
import { Instances } from './instances.js';
import { providerName } from './naming.js';

type Connect = (config: ConsulCatalogConfig, namespace: string) => Promise<ConsulApi>;

/** Watches the catalogue of one Consul agent, or of one namespace of it. What is known survives reconnects. */
export function consulProvider(
  config: ConsulCatalogConfig,
  namespace: string,
  connect: Connect = connectConsul,
  tell?: TellStory,
): Provider {
  const name = providerName(namespace);
  const instances = new Instances(config, name, tell);
  const doubt = new Doubt();
  return {
    name,
    async *watch(signal) {
      const api = await connect(config, namespace);
      const life = new AbortController();
      const end = () => life.abort();
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      const options = { api, config, provider: name, instances, doubt, signal: life.signal };
      try {
        yield* new Catalogue(options).snapshots();
      } finally {
        signal.removeEventListener('abort', end);
        life.abort();
        api.close();
      }
    },
  };
}
