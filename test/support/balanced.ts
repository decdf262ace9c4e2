import type { TestContext } from 'node:test';
import type { MergedService } from '../../src/config/merged.js';
import type { LoadBalancerConfig, ServerConfig } from '../../src/config/model.js';
import type { Compiled, CompileOptions } from '../../src/routing/compile.js';
import type { Client } from './clients.js';
import { Generations } from './compiled.js';
import { router, service, type Objects } from './merged.js';
import { startProxy, type RunningProxy } from './proxy.js';
import { startServer } from './servers.js';

/** A server that says who it is to everybody, and stays. */
export async function named(t: TestContext, name: string): Promise<string> {
  const { address } = await startServer(t, (socket) => {
    socket.write(`${name};`);
    socket.resume().on('end', () => socket.end());
  });
  return address;
}

/** `db@docker` with these servers. */
export function written(
  servers: readonly ServerConfig[],
  settings: Omit<LoadBalancerConfig, 'servers'> = {},
  name = 'db@docker',
): MergedService {
  const base = service(
    name,
    servers.map(({ address = '' }) => address),
    settings,
  );
  return {
    ...base,
    servers: base.servers.map((each, i) => ({ ...each, server: { ...servers[i] } })),
  };
}

/** A proxy whose configuration can be changed. */
export class Balanced {
  readonly running: RunningProxy;
  readonly #generations: Generations;
  #compiled: Compiled | undefined;

  constructor(running: RunningProxy, options: Partial<CompileOptions> = {}) {
    this.running = running;
    this.#generations = new Generations(options);
  }

  /** One router, to `db`. */
  swap(...services: readonly MergedService[]): void {
    this.apply({ services });
  }

  apply(objects: Objects): void {
    const routers = [router('r@docker', { rule: 'HostSNI(`*`)', service: 'db' })];
    this.#compiled = this.#generations.next({ routers, ...objects });
    this.running.proxy.apply(this.#compiled.table);
  }

  /** What is said about the configuration, by code. */
  findings(): readonly string[] {
    return (this.#compiled?.diagnostics ?? []).map(({ code }) => code);
  }

  /** Of the servers of `db`, in their order, as the API shows it. */
  status(): string {
    const view = this.#compiled?.runtime.services.get('db@docker');
    return [...(view?.serverStatus?.().values() ?? [])].join(' ');
  }

  /** What checks have found of the servers of all services, in their order. */
  known(): readonly (string | undefined)[] {
    const checked = this.#compiled?.table.checked ?? [];
    return checked.flatMap(({ members }) => members.map(({ server }) => server.health.status));
  }

  /** Connects, and says who answered; the connection stays open. */
  async visit(): Promise<{ readonly client: Client; readonly by: string }> {
    const client = this.running.client();
    await client.gets(';');
    return { client, by: client.received.replace(';', '') };
  }

  async visits(count: number): Promise<string> {
    const seen: string[] = [];
    for (let i = 0; i < count; i += 1) seen.push((await this.visit()).by);
    return seen.join(' ');
  }
}

export const balanced = async (
  t: TestContext,
  options?: Partial<CompileOptions>,
): Promise<Balanced> => new Balanced(await startProxy(t), options);
