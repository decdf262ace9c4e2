import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { z } from 'zod';
import { withTimeout } from '../../src/async/delay.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';

const instanceSchema = z.object({
  Node: z.object({ Node: z.string(), Address: z.string().default('') }),
  Service: z.object({
    ID: z.string(),
    Service: z.string(),
    Kind: z.string().default(''),
    Tags: z.array(z.string()).nullable().default([]),
    Address: z.string().default(''),
    Port: z.number().default(0),
    CreateIndex: z.number().default(0),
  }),
  Checks: z.array(z.object({ CheckID: z.string().default(''), Status: z.string() })).default([]),
});

/** One instance of a service, with its checks. */
export type Instance = z.infer<typeof instanceSchema>;

const responseSchema = z.object({ headers: z.record(z.string(), z.unknown()) });
const servicesSchema = z.tuple([responseSchema, z.record(z.string(), z.array(z.string()))]);
const instancesSchema = z.tuple([responseSchema, z.array(instanceSchema)]);

/** What a query found, and where the next one goes on. */
export interface Answer<T> {
  readonly value: T;
  readonly index: number;
  /** False: the cluster has no leader, and what it says may be nothing (D15). */
  readonly hasLeader: boolean;
}

/** The part of Consul's API that discovery uses. With an index other than 0 a query waits for a change. */
export interface ConsulApi {
  services(
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<ReadonlyMap<string, readonly string[]>>>;
  instances(
    service: string,
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<readonly Instance[]>>;
}

/** How long a query waits at the agent for a change. */
const DEFAULT_WAIT_MS = 60_000;
const SLACK_MS = 5_000;

/** The consul package is loaded only here. Its own `watch()` is blind after a restart, so it is not used. */
export async function connectConsul(
  config: ConsulCatalogConfig,
  namespace: string,
): Promise<ConsulApi> {
  const { default: Client } = await import('consul');
  const { endpoint } = config;
  const wait = endpoint.endpointWaitTime > 0 ? endpoint.endpointWaitTime : DEFAULT_WAIT_MS;
  const headers = {
    ...(namespace !== '' && { 'X-Consul-Namespace': namespace }),
    ...(endpoint.httpAuth && {
      Authorization: `Basic ${Buffer.from(`${endpoint.httpAuth.username}:${endpoint.httpAuth.password}`).toString('base64')}`,
    }),
  };
  // The package passes `headers` on, and its types do not know it.
  const options = { ...connectionOf(endpoint), headers };
  const client = new Client(options);
  const common = {
    ...(endpoint.token !== '' && { token: endpoint.token }),
    ...(endpoint.datacenter !== '' && { dc: endpoint.datacenter }),
    ...(config.requireConsistent && { consistent: true }),
    ...(config.stale && { stale: true }),
  };

  /** A query that is bounded in time, and given up when the signal aborts. */
  const ask = async (
    call: (options: object) => Promise<unknown>,
    index: number,
    signal: AbortSignal,
    what: string,
  ): Promise<unknown> => {
    // The agent adds up to a sixteenth; what takes longer is stalled.
    const timeout = (index === 0 ? 0 : wait + wait / 16) + SLACK_MS;
    const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
    const asked = call({
      ...common,
      ...(index > 0 && { index: String(index), wait: `${Math.ceil(wait / 1000)}s` }),
      timeout,
      ctx,
    });
    try {
      return await withTimeout(asked, timeout, signal, `${endpoint.address}: ${what}`);
    } finally {
      ctx.emit('cancel');
    }
  };
  return {
    async services(index, signal) {
      const found = await ask((all) => client.catalog.service.list(all), index, signal, 'services');
      const [response, services] = servicesSchema.parse(found);
      return { ...positionOf(response.headers), value: new Map(Object.entries(services)) };
    },
    async instances(service, index, signal) {
      const found = await ask(
        (all) => client.health.service({ ...all, service }),
        index,
        signal,
        service,
      );
      const [response, instances] = instancesSchema.parse(found);
      return { ...positionOf(response.headers), value: instances };
    },
  };
}

function positionOf(headers: Readonly<Record<string, unknown>>) {
  const index = Number(headers['x-consul-index']);
  if (!Number.isFinite(index)) throw new Error('the answer has no index: is this a Consul agent?');
  return { index, hasLeader: headers['x-consul-knownleader'] !== 'false' };
}

function connectionOf({ address, scheme, tls }: ConsulCatalogConfig['endpoint']) {
  if (address.startsWith('unix://')) {
    throw new Error('a unix socket is no endpoint of this version: name host:port');
  }
  const withScheme = /^https?:\/\//.test(address) ? address : `${scheme}://${address}`;
  const url = new URL(withScheme);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 8500) : Number(url.port);
  if (!secure) return { host, port, agent: new HttpAgent({ keepAlive: true }) };
  const agent = new HttpsAgent({
    keepAlive: true,
    ...(tls?.ca && { ca: readFileSync(tls.ca) }),
    ...(tls?.cert && { cert: readFileSync(tls.cert) }),
    ...(tls?.key && { key: readFileSync(tls.key) }),
    rejectUnauthorized: tls?.insecureSkipVerify !== true,
  });
  return { host, port, secure, agent };
}
