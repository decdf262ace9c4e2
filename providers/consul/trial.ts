import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { failed, type Trial } from '../../src/config/trial.js';
import { connectConsul, type ConsulApi, type Services } from './client.js';
import { grant } from './refusal.js';

type Connect = (config: ConsulCatalogConfig, namespace: string) => Promise<ConsulApi>;

const CATALOGUE = 'GET /v1/catalog/services';
const HEALTH = 'GET /v1/health/service/{name}';

/**
 * Asks an agent each question once that discovery asks. Where a token may not read, an agent does not
 * refuse: it leaves out, down to nothing.
 */
export async function* tryConsul(
  config: ConsulCatalogConfig,
  namespace: string,
  signal: AbortSignal,
  connect: Connect = connectConsul,
): AsyncGenerator<Trial> {
  const hasToken = config.endpoint.token !== '';
  let api: ConsulApi;
  try {
    api = await connect(config, namespace);
  } catch (error) {
    yield failed(CATALOGUE, error);
    return;
  }
  try {
    const { value: services, hasLeader } = await api.services(0, signal);
    yield catalogueTrial(services, hasLeader, hasToken, namespace);
    const [name] = services.keys();
    if (name !== undefined) yield await healthTrial(api, name, hasToken, signal);
  } catch (error) {
    yield failed(CATALOGUE, error);
  } finally {
    api.close();
  }
}

function catalogueTrial(
  services: Services,
  hasLeader: boolean,
  hasToken: boolean,
  namespace: string,
): Trial {
  if (!hasLeader) {
    const detail = 'the cluster has no leader, and knows nothing for certain';
    return { need: CATALOGUE, ok: false, detail, fix: 'see the servers of the cluster' };
  }
  // The servers are a service themselves, in the namespace that is there by default.
  if (services.size === 0 && namespace === '') {
    const detail = 'the agent shows no service at all, not even itself';
    return { need: CATALOGUE, ok: false, detail, fix: grant(hasToken) };
  }
  return { need: CATALOGUE, ok: true, detail: `${services.size} services` };
}

async function healthTrial(
  api: ConsulApi,
  name: string,
  hasToken: boolean,
  signal: AbortSignal,
): Promise<Trial> {
  try {
    const { value: instances } = await api.instances(name, 0, signal);
    if (instances.length > 0) {
      return { need: HEALTH, ok: true, detail: `${instances.length} of service ${name}` };
    }
    const detail = `service ${name} is listed, and no instance of it is shown`;
    return { need: HEALTH, ok: false, detail, fix: grant(hasToken) };
  } catch (error) {
    return failed(HEALTH, error);
  }
}
