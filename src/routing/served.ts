import type { LoadBalancerConfig, RouterConfig } from '../config/model.js';

/** Something that can be written and that this version does not do. */
export interface Lack<T> {
  /** Where it is written below the object. */
  readonly path: string;
  readonly what: string;
  readonly isAsked: (config: T) => boolean;
}

// Later versions make these lists shorter. What stands in the first is never served without (D35); what
// stands in the second is, with a warning.

export const ROUTER_LACKS: readonly Lack<RouterConfig>[] = [
  {
    path: 'middlewares',
    what: 'middlewares',
    isAsked: ({ middlewares = [] }) => middlewares.length > 0,
  },
];

const written = (key: keyof LoadBalancerConfig): Lack<LoadBalancerConfig> => ({
  path: `loadBalancer.${key}`,
  what: key,
  isAsked: (config) => config[key] !== undefined,
});

export const SERVICE_IGNORES: readonly Lack<LoadBalancerConfig>[] = [
  written('healthCheck'),
  written('passiveHealthCheck'),
  written('drain'),
  written('drainOnUnhealthy'),
  written('idleTimeout'),
  written('maxDuration'),
  {
    path: 'loadBalancer.strategy',
    what: 'any strategy but wrr',
    isAsked: ({ strategy = 'wrr' }) => strategy !== 'wrr',
  },
  {
    path: 'loadBalancer.servers[0].backup',
    what: 'backup',
    isAsked: ({ servers = [] }) => servers.some(({ backup }) => backup === true),
  },
  {
    path: 'loadBalancer.servers[0].maxConnections',
    what: 'maxConnections',
    isAsked: ({ servers = [] }) => servers.some(({ maxConnections = 0 }) => maxConnections > 0),
  },
];
