import type { Provider } from './config/provider.js';
import type { StaticConfig } from './config/static.js';
import type { TellStory } from './config/story.js';

/** A configured provider and where its source is. */
export interface ConfiguredProvider {
  readonly provider: Provider;
  readonly endpoint: string;
  /** As `/api/overview` calls its type. */
  readonly type: string;
}

/**
 * The providers that are on. Their client libraries are loaded only here. `tell`: they say what they
 * chose, and why.
 */
export async function configuredProviders(
  { providers, entryPoints }: Pick<StaticConfig, 'providers' | 'entryPoints'>,
  env: NodeJS.ProcessEnv,
  tell?: TellStory,
): Promise<readonly ConfiguredProvider[]> {
  const { docker, swarm, consulCatalog, file } = providers;
  const configured: ConfiguredProvider[] = [];
  if (docker.length > 0) {
    const { dockerProvider } = await import('../providers/docker/docker.js');
    const listening = listeningOf(entryPoints);
    for (const engine of docker) {
      const provider = dockerProvider(engine, undefined, tell, listening);
      configured.push({ provider, endpoint: engine.endpoint, type: 'Docker' });
    }
  }
  if (swarm) {
    const { swarmProvider } = await import('../providers/docker/swarm/swarm.js');
    const provider = swarmProvider(swarm, undefined, tell);
    configured.push({ provider, endpoint: swarm.endpoint, type: 'Swarm' });
  }
  if (file) {
    const { fileProvider } = await import('../providers/file/file.js');
    const endpoint = file.directory ?? file.filename ?? '';
    configured.push({ provider: fileProvider({ ...file, env }), endpoint, type: 'File' });
  }
  if (consulCatalog) {
    const { consulProvider } = await import('../providers/consul/consul.js');
    const endpoint = consulCatalog.endpoint.address;
    const namespaces = consulCatalog.namespaces.length > 0 ? consulCatalog.namespaces : [''];
    for (const namespace of namespaces) {
      configured.push({
        provider: consulProvider(consulCatalog, namespace, undefined, tell),
        endpoint,
        type: 'ConsulCatalog',
      });
    }
  }
  return configured;
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
