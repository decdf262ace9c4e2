import { Instances } from '../../providers/consul/instances.js';
import { listing } from '../../providers/consul/listing.js';
import type { Instance } from '../../providers/consul/registered.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { consulConfig, instance } from '../support/consul.js';
import {
  assertAsTraefik,
  assertOurs,
  outcomeOf,
  type Outcome,
  type OurOutcome,
  type RawOutcome,
} from './support/compare.js';
import { conform } from './support/vectors.js';

/** As it is registered with the agent. */
interface Registration {
  readonly ID: string;
  readonly Name: string;
  readonly Kind?: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags?: readonly string[];
  readonly status?: string;
}

interface Input {
  readonly services: readonly Registration[];
  readonly provider?: Partial<ConsulCatalogConfig>;
}

/** What we decided otherwise, by id. */
const OURS: Readonly<Record<string, OurOutcome>> = {
  'no-port': {
    routers: { 'r@consulcatalog': 'enabled → web' },
    services: { 'web@consulcatalog': 'enabled' },
    said: ['warning no-port web1'],
  },
  'unknown-key': {
    routers: { 'r@consulcatalog': 'disabled → web' },
    services: { 'web@consulcatalog': 'enabled 192.0.2.1:80' },
    said: ['error unknown-key r'],
  },
  'bad-value': {
    routers: { 'q@consulcatalog': 'disabled → web', 'r@consulcatalog': 'enabled → web' },
    services: { 'web@consulcatalog': 'enabled 192.0.2.1:80' },
    said: ['error bad-value q'],
  },
  'not-exposed-enable-1': {
    routers: { 'r@consulcatalog': 'enabled → web' },
    services: { 'web@consulcatalog': 'enabled 192.0.2.1:80' },
    said: [],
  },
  // A server joins only while all routers of its owner for that service are in force (D10).
  'instances-one-bad': {
    routers: { 'r@consulcatalog': 'enabled → web' },
    services: { 'web@consulcatalog': 'enabled 192.0.2.1:80' },
    said: ['error unknown-key r'],
  },
  'seed-tag': {
    routers: { 'r@consulcatalog': 'disabled → Service01' },
    services: { 'Service01@consulcatalog': 'enabled 192.0.2.1:80' },
    said: ['error unknown-reference Service01@consulcatalog'],
  },
  'connect-proxy': {
    routers: { 'r@consulcatalog': 'enabled → web' },
    services: { 'web@consulcatalog': 'enabled 192.0.2.1:80' },
    said: [],
  },
};

const PROVIDER = 'consulcatalog';

function registered(service: Registration, createIndex: number): Instance {
  return instance(service.Tags ?? [], {
    service: service.Name,
    id: service.ID,
    kind: service.Kind ?? '',
    address: service.Address,
    port: service.Port,
    createIndex,
    checks: [{ id: `service:${service.ID}`, status: service.status ?? 'passing' }],
  });
}

function outcome({ services, provider }: Input): Outcome {
  const known = new Instances(consulConfig(provider), PROVIDER);
  const all = services.map(registered);
  for (const name of new Set(all.map(({ service }) => service))) {
    known.set(
      listing(name, 'direct'),
      all.filter(({ service }) => service === name),
    );
  }
  return outcomeOf(new Map([[PROVIDER, known.snapshot()]]));
}

conform<Input, RawOutcome>('consul', ({ id, input, traefik, sluice }) => {
  if (sluice) assertOurs(outcome(input), OURS[id]);
  else assertAsTraefik(outcome(input), traefik);
});
