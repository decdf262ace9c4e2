import type { Instance } from '../../providers/consul/registered.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';

/** The provider's options as they are when nobody says anything. */
export const consulConfig = (rest: Partial<ConsulCatalogConfig> = {}): ConsulCatalogConfig => ({
  endpoint: {
    address: '127.0.0.1:8500',
    scheme: 'http',
    datacenter: '',
    token: '',
    endpointWaitTime: 0,
    httpAuth: undefined,
    tls: undefined,
  },
  prefix: 'traefik',
  refreshInterval: 15_000,
  requireConsistent: false,
  stale: false,
  cache: false,
  exposedByDefault: true,
  connectAware: false,
  connectByDefault: false,
  serviceName: 'traefik',
  watch: true,
  strictChecks: ['passing', 'warning'],
  constraints: '',
  namespaces: [],
  allowPrivilegedLabels: false,
  ...rest,
});

/** Instance `web1` of service `web` at 192.0.2.1:80, with these tags. */
export const instance = (tags: readonly string[], rest: Partial<Instance> = {}): Instance => ({
  node: 'node1',
  nodeAddress: '127.0.0.1',
  datacenter: 'dc1',
  namespace: '',
  service: 'web',
  id: 'web1',
  kind: '',
  isNative: false,
  proxied: '',
  tags,
  address: '192.0.2.1',
  port: 80,
  createIndex: 1,
  weights: { passing: 1, warning: 1 },
  checks: [],
  ...rest,
});
