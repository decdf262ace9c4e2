import type { ConnectPeer } from './connect.js';
import type { Diagnostic, Finding, Place } from './diagnostic.js';
import {
  isBroken,
  type Declared,
  type DynamicConfig,
  type RouterConfig,
  type ServiceConfig,
} from './model.js';
import { tight } from './tight.js';

/** Where the server of a container or instance is, why it is withheld, or why there is none. */
export type ServerAddress =
  | {
      readonly kind: 'address';
      readonly address: string;
      /** Where the source itself knows one; a label's own counts before it. */
      readonly weight?: number;
      /** Whom it must prove to be, on Consul Connect. */
      readonly connect?: ConnectPeer;
      /** What had to be guessed for it. */
      readonly findings?: readonly Finding[];
    }
  /** Known, and not to be used now: not running, not healthy. */
  | { readonly kind: 'withheld' }
  | { readonly kind: 'none'; readonly finding: Finding };

export interface Labelled {
  readonly provider: string;
  /** Of the service that is made where the labels declare none (DKR-20). */
  readonly serviceName: string;
  /** The container or instance as a whole. */
  readonly at: Place;
  /** The server's address for the port that a label of the service says, if any says one. */
  readonly serverAt: (port: string | undefined, at: Place, service: string) => ServerAddress;
}

/**
 * What labels leave out: the service of a container without one, the servers' addresses, and the
 * service of a router that names none (DKR-18 to DKR-22). The same for Docker and Consul.
 */
export function completeLabelled(
  config: DynamicConfig,
  labelled: Labelled,
): { readonly config: DynamicConfig; readonly diagnostics: readonly Diagnostic[] } {
  if (config.routers.size === 0 && config.services.size === 0) return { config, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const services = new Map<string, Declared<ServiceConfig>>();
  for (const [name, service] of withAutoService(config, labelled)) {
    const completed = withServer(service, labelled);
    services.set(name, completed);
    diagnostics.push(...completed.diagnostics.slice(service.diagnostics.length));
  }
  const routers = new Map<string, Declared<RouterConfig>>();
  for (const [name, router] of config.routers) {
    const linked = withService(router, [...services.keys()], labelled);
    routers.set(name, linked);
    diagnostics.push(...linked.diagnostics.slice(router.diagnostics.length));
  }
  return { config: { ...config, services, routers }, diagnostics };
}

/**
 * DKR-20. Where all routers name other services it is made only if nothing has to be guessed for it:
 * such a container needs no port (D12, BUG-32).
 */
function withAutoService(
  config: DynamicConfig,
  { provider, serviceName, at, serverAt }: Labelled,
): ReadonlyMap<string, Declared<ServiceConfig>> {
  if (config.services.size > 0) return config.services;
  const ownNames = [undefined, '', serviceName, `${serviceName}@${provider}`];
  const isNeeded = [...config.routers.values()].some(({ config: { service } }) =>
    ownNames.includes(service),
  );
  const found = isNeeded ? undefined : serverAt(undefined, at, serviceName);
  const isPlain = found?.kind === 'address' && (found.findings ?? []).length === 0;
  if (!isNeeded && !isPlain) return config.services;
  const service: Declared<ServiceConfig> = {
    name: serviceName,
    config: { loadBalancer: {} },
    at,
    places: new Map(),
    diagnostics: [],
  };
  return new Map([[serviceName, service]]);
}

/** DKR-21: each service gets this container's server. */
function withServer(service: Declared<ServiceConfig>, labelled: Labelled): Declared<ServiceConfig> {
  const { loadBalancer } = service.config;
  if (loadBalancer === undefined) return service;
  const { port, ...server } = loadBalancer.servers?.[0] ?? {};
  const at = service.places.get('loadBalancer.servers[0].port') ?? labelled.at;
  const found = labelled.serverAt(port === '' ? undefined : port, at, service.name);
  // BUG-31: no address, no server.
  const servers =
    found.kind === 'address'
      ? [
          {
            ...(found.weight !== undefined && { weight: found.weight }),
            ...server,
            address: found.address,
            ...(found.connect && { connect: found.connect }),
          },
        ]
      : [];
  const config = { ...service.config, loadBalancer: { ...loadBalancer, servers } };
  // It is shown with what could be read, and has an error to mend already (D9).
  if (isBroken(service)) return { ...service, config };
  const object = { kind: 'service', name: service.name } as const;
  const findings = findingsOf(found).map((finding) => ({
    provider: labelled.provider,
    object,
    ...finding,
  }));
  return { ...service, config, diagnostics: tight([...service.diagnostics, ...findings]) };
}

function findingsOf(found: ServerAddress): readonly Finding[] {
  if (found.kind === 'none') return [found.finding];
  return found.kind === 'address' ? (found.findings ?? []) : [];
}

/** DKR-22. */
function withService(
  router: Declared<RouterConfig>,
  services: readonly string[],
  { provider }: Labelled,
): Declared<RouterConfig> {
  if (router.config.service !== undefined && router.config.service !== '') return router;
  const [only, ...others] = services;
  if (only !== undefined && others.length === 0) {
    return { ...router, config: { ...router.config, service: only } };
  }
  const finding: Diagnostic = {
    code: 'missing',
    severity: 'error',
    provider,
    object: { kind: 'router', name: router.name },
    at: router.at,
    message: `the router names no service, and there are several: ${services.join(', ')}`,
    fix: `write traefik.tcp.routers.${router.name}.service=NAME`,
    suggestions: services,
  };
  return { ...router, diagnostics: [...router.diagnostics, finding] };
}

/** DKR-24: runs of anything but letters and numbers become one `-`. */
export function normalise(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join('-');
}
