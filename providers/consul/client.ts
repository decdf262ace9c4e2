import { EventEmitter } from 'node:events';
import { z } from 'zod';
import { withTimeout } from '../../src/async/delay.js';
import type { ConnectMaterial } from '../../src/config/connect.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { connectionTo } from './endpoint.js';
import type { Instance } from './registered.js';
import { get, type Question } from './papi.js';
import { NoAgent, RefusedError } from './refusal.js';
import { instancesSchema, leafSchema, rootsSchema, servicesSchema, type Roots } from './schemas.js';

/** What a query found, and where the next one goes on. */
export interface Answer<T> {
  readonly value: T;
  readonly index: number;
  /** False: the cluster has no leader, and what it says may be nothing (D15). */
  readonly hasLeader: boolean;
}

/** A service's name and the tags of all its instances together. */
export type Services = ReadonlyMap<string, readonly string[]>;

/**
 * The part of Consul's API that is used here. With an index other than 0 a query waits at the agent
 * for a change. Every query is bounded in time.
 */
export interface ConsulApi {
  services(index: number, signal: AbortSignal): Promise<Answer<Services>>;
  instances(
    service: string,
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<readonly Instance[]>>;
  /** Who speaks for the service on Connect: its Connect-native instances, proxies, gateways. */
  onConnect(
    service: string,
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<readonly Instance[]>>;
  /** Of Connect's authority. */
  roots(index: number, signal: AbortSignal): Promise<Answer<Roots>>;
  /** Our own certificate on Connect, as this service. */
  leaf(
    service: string,
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<ConnectMaterial['leaf']>>;
  /** Closes pooled connections. */
  close(): void;
}

/** How long a query waits at the agent for a change: a stalled one is noticed soon after. */
const DEFAULT_WAIT_MS = 30_000;
const SLACK_MS = 5_000;

/** Connects to nothing yet. The consul package is loaded only here. */
export async function connectConsul(
  config: ConsulCatalogConfig,
  namespace: string,
): Promise<ConsulApi> {
  const { default: Client } = await import('consul');
  const { endpoint } = config;
  const wait = endpoint.endpointWaitTime > 0 ? endpoint.endpointWaitTime : DEFAULT_WAIT_MS;
  const connection = connectionTo(endpoint, namespace);
  const client = new Client({ ...connection, ...(config.cache && { encoders: CACHED }) });
  const common = {
    ...(endpoint.token !== '' && { token: endpoint.token }),
    ...(endpoint.datacenter !== '' && { dc: endpoint.datacenter }),
    ...(config.requireConsistent && { consistent: true }),
    ...(config.stale && { stale: true }),
  };

  const ask = async (
    call: (options: Question) => Promise<unknown>,
    index: number,
    signal: AbortSignal,
    what: string,
  ): Promise<Reply> => {
    // The agent adds up to a sixteenth.
    const timeout = (index === 0 ? 0 : wait + wait / 16) + SLACK_MS;
    const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
    const options: Question = {
      ...common,
      index: String(index),
      wait: `${wait}ms`,
      timeout,
      ctx,
    };
    try {
      const found = await withTimeout(call(options), timeout, signal, `${endpoint.address}${what}`);
      return replySchema.parse(found);
    } catch (error) {
      throw refusalOf(error, what, endpoint.token !== '') ?? error;
    } finally {
      ctx.emit('cancel');
    }
  };
  return {
    async services(index, signal) {
      const what = '/v1/catalog/services';
      const reply = await ask(
        (options) => client.catalog.service.list(options),
        index,
        signal,
        what,
      );
      const services = understood(servicesSchema, reply, what);
      return { ...positionOf(reply, what), value: new Map(Object.entries(services)) };
    },
    async instances(service, index, signal) {
      const what = `/v1/health/service/${service}`;
      const reply = await ask(
        (options) => client.health.service({ ...options, service }),
        index,
        signal,
        what,
      );
      const value = understood(instancesSchema, reply, what);
      return { ...positionOf(reply, what), value };
    },
    async onConnect(service, index, signal) {
      const what = `/v1/health/connect/${service}`;
      const path = '/health/connect/{service}';
      const reply = await ask(
        (options) => get(client, path, { ...options, params: { service } }),
        index,
        signal,
        what,
      );
      const value = understood(instancesSchema, reply, what);
      return { ...positionOf(reply, what), value };
    },
    async roots(index, signal) {
      const what = '/v1/agent/connect/ca/roots';
      const path = '/agent/connect/ca/roots';
      const reply = await ask(
        (options) => get(client, path, ofTheAgent(options)),
        index,
        signal,
        what,
      );
      return { ...positionOf(reply, what), value: understood(rootsSchema, reply, what) };
    },
    async leaf(service, index, signal) {
      const what = `/v1/agent/connect/ca/leaf/${service}`;
      const path = '/agent/connect/ca/leaf/{service}';
      const reply = await ask(
        (options) => get(client, path, { ...ofTheAgent(options), params: { service } }),
        index,
        signal,
        what,
      );
      return { ...positionOf(reply, what), value: understood(leafSchema, reply, what) };
    },
    close: () => client.destroy(),
  };
}

/** The agent answers for itself: it is asked for no other datacenter, and has one way of reading. */
const ofTheAgent = ({ token, index, wait, timeout, ctx }: Question): Question => ({
  ...(token !== undefined && { token }),
  index,
  wait,
  timeout,
  ctx,
});

/** Of a longer answer, such as a page of HTML, nobody reads more. */
const MOST_CHARACTERS = 300;

/** What the agent says when it refuses; the package leaves it out if it is long. */
function refusalOf(error: unknown, what: string, hasToken: boolean): RefusedError | undefined {
  const { success, data } = refusalSchema.safeParse(error);
  if (!success) return undefined;
  const { statusCode, body } = data.response;
  const text = String(body ?? '').trim();
  const message = `${what}: ${statusCode} ${text.slice(0, MOST_CHARACTERS)}`.trim();
  return new RefusedError(message, statusCode, hasToken, error);
}

const refusalSchema = z.object({
  response: z.object({
    statusCode: z.number(),
    body: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  }),
});

/** The package drops the option `cached`, so it is added where the query is made. */
const CACHED = {
  'application/x-www-form-urlencoded': (query: Readonly<Record<string, string>>) =>
    `${new URLSearchParams(query).toString()}&cached`,
};

const replySchema = z.tuple([
  z.object({ headers: z.record(z.string(), z.unknown()) }),
  z.unknown(),
]);
type Reply = z.infer<typeof replySchema>;

function understood<S extends z.ZodType>(schema: S, [, body]: Reply, what: string): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new NoAgent(`${what}: this is not the answer of a Consul agent`, { cause: parsed.error });
}

function positionOf([{ headers }]: Reply, what: string) {
  const index = Number(headers['x-consul-index'] ?? NaN);
  if (!Number.isFinite(index)) throw new NoAgent(`${what}: the answer has no X-Consul-Index`);
  return { index, hasLeader: headers['x-consul-knownleader'] !== 'false' };
}
