import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { eventually } from '../../support/eventually.js';
import { freePort } from './sluice.js';

/** Where install.sh puts Consul if the machine has none. */
const CACHED = 'node_modules/.cache/sluice-tests/consul';
export const CONSUL = existsSync(CACHED) ? CACHED : 'consul';

/** A real agent in development mode: it forgets everything when it ends. */
export class Agent {
  readonly address: string;
  readonly #flags: readonly string[];
  readonly #ports: { readonly http: number; readonly other: readonly number[] };
  #process: ChildProcess | undefined;

  private constructor(http: number, other: readonly number[], flags: readonly string[]) {
    this.#flags = flags;
    this.#ports = { http, other };
    this.address = `127.0.0.1:${http}`;
  }

  /** On a free port, unless one is given. */
  static async start(t: TestContext, port?: number, flags: readonly string[] = []): Promise<Agent> {
    const ports = [await freePort(), await freePort(), await freePort()];
    const agent = new Agent(port ?? (await freePort()), ports, flags);
    t.after(() => agent.kill());
    await agent.resume();
    return agent;
  }

  async resume(): Promise<void> {
    const [server = 0, lan = 0, wan = 0] = this.#ports.other;
    this.#process = spawn(
      CONSUL,
      [
        'agent',
        '-dev',
        '-bind=127.0.0.1',
        `-http-port=${this.#ports.http}`,
        `-server-port=${server}`,
        `-serf-lan-port=${lan}`,
        `-serf-wan-port=${wan}`,
        '-dns-port=-1',
        '-grpc-port=-1',
        ...this.#flags,
      ],
      { stdio: 'ignore' },
    );
    await eventually('the agent has a leader', async () => {
      const response = await fetch(`http://${this.address}/v1/status/leader`);
      return (await response.text()).length > 4 ? true : undefined;
    });
  }

  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  /** How far its catalogue has come. */
  async index(): Promise<number> {
    const response = await fetch(`http://${this.address}/v1/catalog/services`);
    await response.body?.cancel();
    return Number(response.headers.get('x-consul-index'));
  }

  async register(service: object, token = ''): Promise<void> {
    await this.#put('/v1/agent/service/register', JSON.stringify(service), token);
  }

  async deregister(id: string): Promise<void> {
    await this.#put(`/v1/agent/service/deregister/${id}`, '');
  }

  /** Sets a TTL check of a service. */
  async check(id: string, status: 'pass' | 'warn' | 'fail'): Promise<void> {
    await this.#put(`/v1/agent/check/${status}/service:${id}`, '');
  }

  /** The token that may do everything, of an agent with access control. */
  async bootstrap(): Promise<string> {
    const answer: unknown = JSON.parse(await this.#put('/v1/acl/bootstrap', ''));
    return secretOf(answer);
  }

  /** A token with a policy of these rules. */
  async token(management: string, name: string, Rules: string): Promise<string> {
    const policy = JSON.stringify({ Name: name, Rules });
    await this.#put('/v1/acl/policy', policy, management);
    const token = JSON.stringify({ Policies: [{ Name: name }] });
    return secretOf(JSON.parse(await this.#put('/v1/acl/token', token, management)));
  }

  /** What it answers. */
  async read<T>(path: string, token = ''): Promise<T> {
    const headers = { 'X-Consul-Token': token };
    const response = await fetch(`http://${this.address}${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Gives Connect another authority. */
  async rotateAuthority(): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const Config = { PrivateKey: privateKey.export({ type: 'sec1', format: 'pem' }) };
    await this.#put('/v1/connect/ca/configuration', JSON.stringify({ Provider: 'consul', Config }));
  }

  async #put(path: string, body: string, token = ''): Promise<string> {
    const headers = { 'X-Consul-Token': token };
    const response = await fetch(`http://${this.address}${path}`, { method: 'PUT', body, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }
}

function secretOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'SecretID' in answer) {
    return String(answer.SecretID);
  }
  throw new Error('the agent gave no token');
}
