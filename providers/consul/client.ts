import { EventEmitter } from 'node:events';
import { z } from 'zod';
import { withTimeout } from '../../src/async/delay.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import { connectionTo } from './endpoint.js';
import type { Instance } from './instance.js';

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
 * The part of Consul's API that discovery uses. With an index other than 0 a query waits at the agent
 * for a change. Every query is bounded in time.
 */
export interface ConsulApi {
  services(index: number, signal: AbortSignal): Promise<Answer<Services>>;
  instances(
    service: string,
    index: number,
    signal: AbortSignal,
  ): Promise<Answer<readonly Instance[]>>;
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
    call: (options: object) => Promise<unknown>,
    index: number,
    signal: AbortSignal,
    what: string,
  ): Promise<Reply> => {
    // The agent adds up to a sixteenth.
    const timeout = (index === 0 ? 0 : wait + wait / 16) + SLACK_MS;
    const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
    const options = { ...common, index: String(index), wait: `${wait}ms`, timeout, ctx };
    try {
      const found = await withTimeout(call(options), timeout, signal, `${endpoint.address}${what}`);
      return replySchema.parse(found);
    } catch (error) {
      throw refusalOf(error, what) ?? error;
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
    close: () => client.destroy(),
  };
}

/** The agent answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** Of HTTP. */
  readonly status: number;

  constructor(message: string, status: number, cause: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** Of a longer answer, such as a page of HTML, nobody reads more. */
const MOST_CHARACTERS = 300;

/** What the agent says when it refuses; the package leaves it out if it is long. */
function refusalOf(error: unknown, what: string): Error | undefined {
  const { success, data } = refusalSchema.safeParse(error);
  if (!success) return undefined;
  const { statusCode, body } = data.response;
  const text = String(body ?? '').trim();
  const message = `${what}: ${statusCode} ${text.slice(0, MOST_CHARACTERS)}`.trim();
  return new RefusedError(message, statusCode, error);
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

const servicesSchema = z.record(z.string(), z.array(z.string()));

const instancesSchema = z.array(
  z
    .object({
      Node: z.object({ Node: z.string(), Address: z.string().default('') }),
      Service: z.object({
        ID: z.string(),
        Service: z.string(),
        Kind: z.string().default(''),
        Tags: z.array(z.string()).nullish(),
        Address: z.string().default(''),
        Port: z.number().default(0),
        CreateIndex: z.number().default(0),
        Weights: z
          .object({ Passing: z.number().default(1), Warning: z.number().default(1) })
          .nullish(),
      }),
      Checks: z.array(z.object({ CheckID: z.string(), Status: z.string() })).nullish(),
    })
    .transform(({ Node, Service, Checks }): Instance => ({
      node: Node.Node,
      nodeAddress: Node.Address,
      service: Service.Service,
      id: Service.ID,
      kind: Service.Kind,
      tags: Service.Tags ?? [],
      address: Service.Address,
      port: Service.Port,
      createIndex: Service.CreateIndex,
      weights: { passing: Service.Weights?.Passing ?? 1, warning: Service.Weights?.Warning ?? 1 },
      checks: (Checks ?? []).map(({ CheckID, Status }) => ({ id: CheckID, status: Status })),
    })),
);

function understood<S extends z.ZodType>(schema: S, [, body]: Reply, what: string): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`${what}: this is not the answer of a Consul agent`, { cause: parsed.error });
}

function positionOf([{ headers }]: Reply, what: string) {
  const index = Number(headers['x-consul-index'] ?? NaN);
  if (!Number.isFinite(index)) throw new Error(`${what}: the answer has no X-Consul-Index`);
  return { index, hasLeader: headers['x-consul-knownleader'] !== 'false' };
}
