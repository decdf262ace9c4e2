import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { Engine } from '../../e2e/support/engine.js';
import { isReal, lend, standIn, takeBack } from './images.js';

const exec = promisify(execFile);
const engine = new Engine();

export const ROOT = join(import.meta.dirname, '../../../..');
export const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');
const PROJECT = 'sluice-stack';
export const IMAGE = 'sluice-stack:latest';

/** Of containers that a test starts beside the stack, so that the stack's Sluice sees them. */
export const BESIDE = { stack: PROJECT };

interface ComposeFile {
  readonly services: Readonly<Record<string, { readonly image: string }>>;
}

/** Members of a service of Compose. */
export interface SluiceOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface StackOptions {
  /** What is started; all unless said otherwise. With names, without what these depend on. */
  readonly services?: readonly string[];
  /** Added to what the file says of the service `sluice`. */
  readonly sluice?: SluiceOptions;
  /** For the variables that are added so. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The stack of this repository's docker-compose.yml, started by docker-compose. What differs from
 * what a user gets: the ports on this machine are free ones, Sluice's image has a name of its own, it
 * looks at no container of anybody else, its health is asked for more often, and public images may
 * be stand-ins.
 */
export class Stack {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  /** Ids of containers, by service. */
  readonly #containers = new Map<string, string>();
  /** Ports of this machine, by Sluice's port. */
  readonly #ports = new Map<number, number>();
  /** Public names that stand-ins have for now. */
  readonly #lent = new Set<string>();

  private constructor(env: NodeJS.ProcessEnv) {
    this.#folder = mkdtempSync(join(tmpdir(), 'sluice-stack-'));
    this.#env = env;
  }

  static async start({ services = [], sluice = {}, env = {} }: StackOptions = {}): Promise<Stack> {
    await engine.docker('version').catch((error: unknown) => {
      throw new Error('no Docker Engine answers: run test/e2e/support/install.sh', {
        cause: error,
      });
    });
    const stack = new Stack({
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      COMPOSE_PROJECT_NAME: PROJECT,
      DOCKER_BUILDKIT: '0',
      REDIS_PORT: '0',
      SMTP_PORT: '0',
      GREETER_PORT: '0',
      API_PORT: '0',
      ...env,
    });
    try {
      await stack.#up(services, sluice);
      return stack;
    } catch (error) {
      const log = await stack.log('sluice').catch(() => '');
      await stack.stop().catch(() => {});
      throw new Error(`the stack does not start\n${log}`, { cause: error });
    }
  }

  /** Removes everything that was started, and the names that were lent. */
  async stop(): Promise<void> {
    try {
      await this.#down();
    } finally {
      for (const image of this.#lent) await takeBack(image);
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** The id of the container of a service. */
  async container(service: string): Promise<string> {
    const known = this.#containers.get(service);
    if (known !== undefined) return known;
    const labels = [`project=${PROJECT}`, `service=${service}`];
    const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
    const id = await engine.docker('ps', '-aq', '--no-trunc', ...filters);
    if (id !== '') this.#containers.set(service, id);
    return id;
  }

  /** The name of a network of the file. */
  network(name: string): string {
    return `${PROJECT}_${name}`;
  }

  /** Where a port of Sluice is published on this machine. */
  async port(port: number): Promise<number> {
    const known = this.#ports.get(port);
    if (known !== undefined) return known;
    const address = await engine.docker('port', await this.container('sluice'), `${port}/tcp`);
    const published = Number(address.replace(/^.*:/, ''));
    this.#ports.set(port, published);
    return published;
  }

  /**
   * Sluice's own address. Unlike the ports of this machine, behind which a process of the engine
   * passes bytes on, it shows how a connection ends.
   */
  async address(): Promise<string> {
    const network = `(index .NetworkSettings.Networks "${this.network('default')}")`;
    return this.inspect('sluice', `{{${network}.IPAddress}}`);
  }

  /** What Sluice's API answers. */
  async api<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${await this.port(8080)}${path}`);
    return (await response.json()) as T;
  }

  /** What a program prints that is run in the container of a service. */
  async run(service: string, ...command: readonly string[]): Promise<string> {
    return engine.docker('exec', await this.container(service), ...command);
  }

  async inspect(service: string, format: string): Promise<string> {
    return engine.docker('inspect', '-f', format, await this.container(service));
  }

  async log(service: string): Promise<string> {
    return engine.docker('logs', await this.container(service));
  }

  async #up(services: readonly string[], sluice: SluiceOptions): Promise<void> {
    const file = parse(readFileSync(COMPOSE_FILE, 'utf8')) as ComposeFile;
    const constraints = `Label(\`com.docker.compose.project\`, \`${PROJECT}\`) || Label(\`stack\`, \`${PROJECT}\`)`;
    const override = {
      ...sluice,
      image: IMAGE,
      environment: { ...sluice.environment, SLUICE_PROVIDERS_DOCKER_CONSTRAINTS: constraints },
      healthcheck: { interval: '2s' },
    };
    writeFileSync(this.#overrides, JSON.stringify({ services: { sluice: override } }));
    // What a run left that was killed.
    await this.#down();

    for (const [service, { image }] of Object.entries(file.services)) {
      if (service !== 'sluice' && (await lend(image))) this.#lent.add(image);
    }
    await this.#build();
    const alone = services.length === 0 ? [] : ['--no-deps'];
    await this.#compose('up', '--detach', '--no-build', ...alone, ...services);
  }

  async #build(): Promise<void> {
    if (!existsSync(join(ROOT, 'dist/image')))
      await exec('bash', [join(ROOT, 'test/stack/image.sh')]);
    const [, base = ''] =
      /^ARG BASE=(.*)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
    this.#env['SLUICE_BASE'] = (await isReal(base)) ? base : standIn(base);
    const before = await engine.docker('images', '-q', IMAGE);
    await this.#compose('build', 'sluice');
    if (before !== '' && before !== (await engine.docker('images', '-q', IMAGE))) {
      await engine.docker('rmi', before).catch(() => '');
    }
  }

  async #down(): Promise<void> {
    await this.#compose('down', '--timeout', '0', '--volumes', '--remove-orphans');
  }

  get #overrides(): string {
    return join(this.#folder, 'override.json');
  }

  async #compose(...args: readonly string[]): Promise<void> {
    const files = ['-f', COMPOSE_FILE, '-f', this.#overrides];
    await exec('docker-compose', [...files, ...args], { env: this.#env }).catch(
      (error: unknown) => {
        const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        throw isMissing
          ? new Error('docker-compose is missing: run test/e2e/support/install.sh')
          : error;
      },
    );
  }
}
