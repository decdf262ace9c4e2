import { providerName } from '../providers/consul/naming.js';
import type { Provider } from './config/provider.js';
import type { StaticConfig } from './config/static.js';
import type { TellStory } from './config/story.js';

/** A provider that is on. */
interface Configured {
  readonly name: string;
  /** Where its source is. */
  readonly endpoint: string;
  /** As `/api/overview` calls its type. */
  readonly type: string;
}

/** One that has been made. */
export interface ConfiguredProvider extends Omit<Configured, 'name'> {
  readonly provider: Provider;
}

/** What makes it, its client library included, which is loaded only then. `tell`: it says what it chose, and why. */
interface Maker extends Configured {
  readonly make: (env: NodeJS.ProcessEnv, tell?: TellStory) => Promise<Provider>;
}

/** What of the static configuration says which providers there are, and what they look at. */
export type DiscoveryConfig = Pick<StaticConfig, 'providers' | 'entryPoints'>;

/** The providers that are on. */
export async function configuredProviders(
  config: DiscoveryConfig,
  env: NodeJS.ProcessEnv,
  tell?: TellStory,
): Promise<readonly ConfiguredProvider[]> {
  return Promise.all(
    makers(config).map(async ({ endpoint, type, make }) => ({
      provider: await make(env, tell),
      endpoint,
      type,
    })),
  );
}

/** Loads nothing and asks nobody. */
export function makers({ providers, entryPoints }: DiscoveryConfig): readonly Maker[] {
  const { docker, swarm, consulCatalog, file } = providers;
  const listening = listeningOf(entryPoints);
  const found: Maker[] = docker.map((engine) => ({
    name: engine.provider,
    endpoint: engine.endpoint,
    type: 'Docker',
    async make(_env, tell) {
      const { dockerProvider } = await import('../providers/docker/docker.js');
      return dockerProvider(engine, undefined, tell, listening);
    },
  }));
  if (swarm) {
    found.push({
      name: 'swarm',
      endpoint: swarm.endpoint,
      type: 'Swarm',
      async make(_env, tell) {
        const { swarmProvider } = await import('../providers/docker/swarm/swarm.js');
        return swarmProvider(swarm, undefined, tell);
      },
    });
  }
  if (file) {
    found.push({
      name: 'file',
      endpoint: file.directory ?? file.filename ?? '',
      type: 'File',
      async make(env) {
        const { fileProvider } = await import('../providers/file/file.js');
        return fileProvider({ ...file, env });
      },
    });
  }
  if (consulCatalog) {
    const { namespaces, endpoint } = consulCatalog;
    for (const namespace of namespaces.length > 0 ? namespaces : ['']) {
      found.push({
        name: providerName(namespace),
        endpoint: endpoint.address,
        type: 'ConsulCatalog',
        async make(_env, tell) {
          const { consulProvider } = await import('../providers/consul/consul.js');
          return consulProvider(consulCatalog, namespace, undefined, tell);
        },
      });
    }
  }
  return found;
}

/** Not what is for this machine alone, nor the API, which is best published nowhere. */
const listeningOf = (entryPoints: StaticConfig['entryPoints']) =>
  [...entryPoints.values()].flatMap(({ name, host, port, protocol }) =>
    protocol === 'tcp' && port > 0 && name !== 'traefik' && !isLoopback(host)
      ? [{ entryPoint: name, port }]
      : [],
  );

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
