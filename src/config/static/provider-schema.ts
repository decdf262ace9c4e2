import { z } from 'zod';
import { traits } from '../model.js';
import { duration, foreign, SECOND, secret, section, strings } from './fields.js';

/** CFG-21: all that Traefik knows, strongest first (BUG-10). */
const PRECEDENCE = [
  'kubernetesgateway',
  'kubernetescrd',
  'kubernetes',
  'kubernetesingressnginx',
  'swarm',
  'docker',
  'file',
  'redis',
  'knative',
  'consul',
  'consulcatalog',
  'nomad',
  'etcd',
  'ecs',
  'http',
  'zookeeper',
  'rest',
] as const;

const tls = z.strictObject({
  ca: z.string().register(traits, { pem: true }).default('').describe('who signs its certificate'),
  cert: z.string().register(traits, { pem: true }).default('').describe('our certificate'),
  key: z
    .string()
    .register(traits, { pem: true, secret: true })
    .default('')
    .describe('the key of our certificate'),
  insecureSkipVerify: z.boolean().default(false).describe('believe any certificate'),
});

/** What every provider of labels or tags has. */
const labelled = {
  exposedByDefault: z.boolean().describe('also what does not say enable=true').default(true),
  constraints: z.string().describe('an expression that chooses what counts').default(''),
  allowPrivilegedLabels: z
    .boolean()
    .register(traits, { ours: true })
    .default(false)
    .describe('labels may name paths and insecureSkipVerify'),
  defaultRule: foreign(),
};

/** How an engine is reached. */
const engine = {
  endpoint: z
    .string()
    .default('')
    .describe('where the engine answers; DOCKER_HOST, else unix:///var/run/docker.sock'),
  username: z.string().default('').describe('for Basic authentication'),
  password: secret().default('').describe('for Basic authentication'),
  tls: tls.optional(),
  httpClientTimeout: duration().default(0).describe('per request; 0 is none'),
};

/** What holds for one engine's containers alone. */
const machine = {
  network: z.string().default('').describe('the network to reach containers on'),
  hostAddress: z
    .string()
    .register(traits, { ours: true })
    .default('')
    .describe("the machine's address, for published ports and the host network"),
};

/** How containers are read: what a host leaves out is as `docker` has it. */
const reading = {
  exposedByDefault: labelled.exposedByDefault,
  constraints: labelled.constraints,
  allowEmptyServices: z
    .boolean()
    .describe('keep the service of an unhealthy container, without it')
    .default(false),
  useBindPortIP: z.boolean().describe('use published addresses and ports').default(false),
  watch: z.boolean().describe('follow changes').default(true),
};

const dockerHost = section({
  ...engine,
  endpoint: z.string().default('').describe('where this engine answers'),
  ...machine,
  exposedByDefault: reading.exposedByDefault.unwrap().optional(),
  constraints: reading.constraints.unwrap().optional(),
  allowEmptyServices: reading.allowEmptyServices.unwrap().optional(),
  useBindPortIP: reading.useBindPortIP.unwrap().optional(),
  watch: reading.watch.unwrap().optional(),
  allowPrivilegedLabels: labelled.allowPrivilegedLabels,
  defaultRule: foreign(),
});

const docker = section({
  ...engine,
  ...machine,
  ...reading,
  allowPrivilegedLabels: labelled.allowPrivilegedLabels,
  defaultRule: foreign(),
  hosts: z
    .record(z.string(), dockerHost.describe('another engine, as provider docker-<name>'))
    .register(traits, { ours: true })
    .optional(),
});

const swarm = section({
  ...engine,
  network: machine.network.describe('the network to reach tasks on'),
  ...reading,
  allowEmptyServices: reading.allowEmptyServices.describe('keep a service that runs no task'),
  useBindPortIP: reading.useBindPortIP.describe('use ports that are published in host mode'),
  refreshSeconds: duration()
    .default(15 * SECOND)
    .describe('at most this between two readings, besides those after events'),
  allowPrivilegedLabels: labelled.allowPrivilegedLabels,
  defaultRule: foreign(),
});

const consulEndpoint = z.strictObject({
  address: z
    .string()
    .default('')
    .describe('where an agent answers; CONSUL_HTTP_ADDR, else 127.0.0.1:8500'),
  scheme: z
    .enum(['http', 'https'])
    .describe('http unless CONSUL_HTTP_SSL says otherwise')
    .optional(),
  datacenter: z.string().default('').describe("the agent's own if empty"),
  token: secret().default('').describe('an ACL token; CONSUL_HTTP_TOKEN'),
  endpointWaitTime: duration().default(0).describe('how long one query waits for a change'),
  httpAuth: z
    .strictObject({
      username: z.string().default('').describe('for Basic authentication; CONSUL_HTTP_AUTH'),
      password: secret().default('').describe('for Basic authentication'),
    })
    .register(traits, { secret: true })
    .optional(),
  tls: tls.optional(),
});

const consulCatalog = section({
  endpoint: consulEndpoint.prefault({}),
  prefix: z.string().default('traefik').describe('what tags begin with'),
  refreshInterval: duration()
    .default(15 * SECOND)
    .describe('between two readings when watch is false'),
  requireConsistent: z.boolean().default(false).describe('read from the leader, confirmed'),
  stale: z.boolean().default(false).describe('read from any server'),
  cache: z.boolean().default(false).describe("read from the agent's cache"),
  ...labelled,
  connectAware: z.boolean().default(false).describe('know Consul Connect'),
  connectByDefault: z.boolean().default(false).describe('every service is on Connect'),
  serviceName: z.string().default('traefik').describe('our own name on Connect'),
  watch: z.boolean().default(true).describe('follow changes'),
  strictChecks: strings()
    .default(['passing', 'warning'])
    .describe('states of checks in which an instance is used'),
  namespaces: strings().default([]).describe('one provider for each'),
});

const file = z.strictObject({
  directory: z.string().default('').describe('a folder of YAML and TOML files'),
  filename: z.string().default('').describe('one file'),
  watch: z.boolean().default(true).describe('follow changes'),
  debugLogGeneratedTemplate: foreign(),
});

/** Control-plane 1.5, and D8, D32. */
export const providersSchema = z.strictObject({
  providersThrottleDuration: duration()
    .default(50)
    .describe('at most one change of the routes in this time; 0 is off'),
  precedence: z
    .array(z.enum(PRECEDENCE))
    .default([...PRECEDENCE])
    .describe('whose routers win a tie, strongest first'),
  docker: docker.describe('labels of Docker containers').optional(),
  swarm: swarm.describe('labels of Swarm services').optional(),
  consulCatalog: consulCatalog.describe('tags of Consul services').optional(),
  file: file.optional(),
});
