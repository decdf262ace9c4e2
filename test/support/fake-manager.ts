import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Cluster, SwarmApi } from '../../providers/docker/swarm/api.js';
import {
  readNetworks,
  readNodes,
  readServices,
  readTasks,
} from '../../providers/docker/swarm/read.js';
import type { Snapshot } from '../../src/config/provider.js';
import type { SwarmConfig } from '../../src/config/static.js';
import { dockerConfig } from './docker.js';
import { folderWith } from './folder.js';
import { NETWORKS, NODES, SERVICES, TASKS } from './swarm-answers.js';

/** The provider's options as they are when nothing is written. */
export const swarmConfig = (rest: Partial<SwarmConfig> = {}): SwarmConfig => ({
  ...dockerConfig({ provider: 'swarm', section: 'providers.swarm' }),
  refreshInterval: 15_000,
  ...rest,
});

type Lists = 'services' | 'tasks' | 'nodes' | 'networks';

/** A manager that lives in the test: what a real one answered, which can be changed. */
export class FakeManager {
  readonly services = structuredClone(SERVICES);
  tasks = structuredClone(TASKS);
  readonly nodes = structuredClone(NODES);
  readonly networks = structuredClone(NETWORKS);
  /** HTTP's status and message, by the path behind the version. */
  readonly refusals = new Map<string, readonly [status: number, message: string]>();
  /** `GET /v1.41/services?…`, in order. */
  readonly requests: string[] = [];
  readonly #streams = new Set<ServerResponse>();

  service(name: string): (typeof SERVICES)[number] {
    const found = this.services.find(({ Spec }) => Spec.Name === name);
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  }

  label(name: string, labels: Readonly<Record<string, string>>): this {
    Object.assign(this.service(name).Spec, { Labels: labels });
    return this;
  }

  tasksOf(name: string): (typeof TASKS)[number][] {
    return this.tasks.filter(({ ServiceID }) => ServiceID === this.service(name).ID);
  }

  /** All of a service, or the one in this slot. */
  setState(name: string, state: string, slot?: number): this {
    for (const task of this.tasksOf(name)) {
      if (slot === undefined || task.Slot === slot) task.Status.State = state;
    }
    return this;
  }

  removeTask(name: string, slot: number): void {
    const gone = this.tasksOf(name).filter((task) => task.Slot === slot);
    this.tasks = this.tasks.filter((task) => !gone.includes(task));
  }

  read(): Cluster {
    return {
      services: readServices(this.services),
      tasks: readTasks(this.tasks),
      nodes: readNodes(this.nodes),
      networks: readNetworks(this.networks),
    };
  }

  /** Without a socket between. */
  readonly api: SwarmApi = {
    services: async () => this.read().services,
    tasks: async () => this.read().tasks,
    nodes: async () => this.read().nodes,
    networks: async () => this.read().networks,
    events: async () => new PassThrough(),
  };

  /** Answers on a socket of its own; where that is. */
  async serve(t: TestContext): Promise<string> {
    const server = createServer(({ url = '', method = '' }, response) => {
      this.requests.push(`${method} ${url}`);
      const path = url.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
      this.#answer(path, response);
    });
    const path = join(folderWith(t), 'manager.sock');
    server.listen({ path });
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return `unix://${path}`;
  }

  #answer(path: string, response: ServerResponse): void {
    const refusal = this.refusals.get(path);
    const send = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (refusal) send({ message: refusal[1] }, refusal[0]);
    else if (path === '/version') send({ ApiVersion: '1.41', MinAPIVersion: '1.12' });
    else if (path === '/events') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
    } else if (isList(path.slice(1))) send(this[path.slice(1) as Lists]);
    else send({ message: 'not here' }, 404);
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Readings of everything so far. */
  get readings(): number {
    return this.requests.filter((request) => request.includes('/services')).length;
  }

  emit(event: object): void {
    for (const stream of this.#streams) stream.write(`${JSON.stringify(event)}\n`);
  }

  hangUp(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

const isList = (name: string) => ['services', 'tasks', 'nodes', 'networks'].includes(name);

/** As an Engine 20.10 sends it. */
export const serviceEvent = (Action: string, name: string) => ({
  Type: 'service',
  Action,
  Actor: { ID: name, Attributes: { name } },
  scope: 'swarm',
  time: 1795631693,
});

/** Labels of a plain route. */
export const routed = (name: string, port: number | null = 7000) => ({
  [`traefik.tcp.routers.${name}.rule`]: 'HostSNI(`*`)',
  ...(port !== null && {
    [`traefik.tcp.services.${name}.loadbalancer.server.port`]: String(port),
  }),
});

/** `web.1 10.0.1.3:7000`, of every server. */
export const serversOf = (snapshot: Snapshot | undefined): readonly string[] =>
  (snapshot?.parts ?? []).flatMap(({ owner, config }) =>
    [...config.services.values()].flatMap(({ config: { loadBalancer } }) =>
      (loadBalancer?.servers ?? []).map(({ address = '' }) => `${owner.name} ${address}`),
    ),
  );
