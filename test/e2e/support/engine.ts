import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'node:test';
import { eventually } from '../../support/eventually.js';

const exec = promisify(execFile);

/** The image that install.sh imports: busybox and nothing else. */
const IMAGE = 'sluice-test:1';

let containers = 0;

/** A Docker engine and the containers that a test starts on it. */
export class Engine {
  readonly host: string;

  constructor(host = 'unix:///var/run/docker.sock') {
    this.host = host;
  }

  async docker(...args: readonly string[]): Promise<string> {
    const { stdout } = await exec('docker', ['-H', this.host, ...args]);
    return stdout.trim();
  }

  /** Starts a container that answers each connection with `says`, and removes it after the test. */
  async start(t: TestContext, options: ContainerOptions): Promise<string> {
    containers += 1;
    const name = options.name ?? `sluice-test-${process.pid}-${containers}`;
    const labels = Object.entries(options.labels ?? {}).flatMap(([key, value]) => [
      '-l',
      `${key}=${value}`,
    ]);
    const says = `nc -ll -p ${options.port ?? 7000} -e ${options.command ?? `echo ${options.says ?? name}`}`;
    // Before the run: what fails half-way must not stay.
    t.after(() => this.remove(name));
    await this.docker(
      'run',
      '-d',
      '--name',
      name,
      ...labels,
      ...(options.flags ?? []),
      IMAGE,
      'sh',
      '-c',
      says,
    );
    return name;
  }

  /** At once: the shell in the image ignores SIGTERM. */
  async stop(name: string): Promise<void> {
    await this.docker('stop', '-t', '0', name);
  }

  async remove(name: string): Promise<void> {
    await this.docker('rm', '-f', name).catch(() => '');
  }

  /** Its name begins with `first`, which decides where the order of names does. */
  async network(t: TestContext, first = 'sluice'): Promise<string> {
    containers += 1;
    const name = `${first}-net-${process.pid}-${containers}`;
    await this.docker('network', 'create', name);
    t.after(() => this.#removeNetwork(name));
    return name;
  }

  /** What was started after it may still be on it. */
  async #removeNetwork(name: string): Promise<void> {
    const format = '{{range $id, $_ := .Containers}}{{$id}} {{end}}';
    const ids = await this.docker('network', 'inspect', '-f', format, name);
    for (const id of ids.split(' ').filter(Boolean)) {
      await this.docker('network', 'disconnect', '-f', name, id).catch(() => '');
    }
    await this.docker('network', 'rm', name).catch(() => '');
  }
}

export interface ContainerOptions {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly says?: string;
  /** 7000 unless said otherwise. */
  readonly port?: number;
  /** Instead of saying something: run this for each connection. */
  readonly command?: string;
  readonly flags?: readonly string[];
}

/** Labels of a plain route on an entry point. */
export const routed = (name: string, entryPoint: string): Readonly<Record<string, string>> => ({
  [`traefik.tcp.routers.${name}.rule`]: 'HostSNI(`*`)',
  [`traefik.tcp.routers.${name}.entrypoints`]: entryPoint,
  [`traefik.tcp.services.${name}.loadbalancer.server.port`]: '7000',
});

/** What each engine in a Swarm has, under the same name, for its tasks' way out. */
const GATEWAY = 'docker_gwbridge';

/** A second engine of the test's own, which can be killed and started again. */
export class PrivateEngine extends Engine {
  readonly #folder: string;
  readonly #bridge: string;
  readonly #flags: readonly string[];
  /** It made the one that there is now. */
  #hasGateway = false;
  #process: ChildProcess | undefined;

  private constructor(folder: string, bridge: string, flags: readonly string[]) {
    super(`unix://${folder}/docker.sock`);
    this.#folder = folder;
    this.#bridge = bridge;
    this.#flags = flags;
  }

  /** With `--live-restore` containers go on while the daemon is away; a Swarm refuses that. */
  static async start(
    t: TestContext,
    flags: readonly string[] = ['--live-restore'],
  ): Promise<PrivateEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-engine-'));
    const bridge = `slc${process.pid % 100_000}`;
    await exec('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await exec('ip', ['addr', 'add', '172.29.77.1/24', 'dev', bridge]);
    await exec('ip', ['link', 'set', bridge, 'up']);
    const engine = new PrivateEngine(folder, bridge, flags);
    t.after(() => engine.#dispose());
    await engine.resume();
    const { stdout } = await exec('sh', [
      '-c',
      `docker save ${IMAGE} | docker -H ${engine.host} load`,
    ]);
    if (!stdout.includes(IMAGE)) throw new Error(`the image was not loaded: ${stdout}`);
    return engine;
  }

  /** Starts the daemon. */
  async resume(): Promise<void> {
    this.#process = spawn(
      'dockerd',
      [
        '-H',
        this.host,
        '--data-root',
        `${this.#folder}/data`,
        '--exec-root',
        `${this.#folder}/exec`,
        '--pidfile',
        `${this.#folder}/pid`,
        '--bridge',
        this.#bridge,
        '--iptables=false',
        ...this.#flags,
      ],
      { stdio: 'ignore' },
    );
    await eventually('the engine answers', () => this.docker('version'));
  }

  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    if (this.#process) await once(this.#process, 'exit');
    // A killed daemon leaves its own and its containerd's traces, and would take the next one for running.
    for (const trace of [
      'pid',
      'exec/containerd/containerd.pid',
      'exec/containerd/containerd.sock',
    ]) {
      rmSync(`${this.#folder}/${trace}`, { force: true });
    }
  }

  /** It becomes the one manager of a Swarm, whose networks are in subnets of their own. */
  async becomeManager(listenPort: number, dataPort: number): Promise<void> {
    this.#hasGateway = !existsSync(`/sys/class/net/${GATEWAY}`);
    await this.docker(
      ...['swarm', 'init', '--advertise-addr=127.0.0.1', `--listen-addr=127.0.0.1:${listenPort}`],
      // Two engines of one machine cannot have the same.
      ...[`--data-path-port=${dataPort}`, '--default-addr-pool=10.211.0.0/16'],
    );
  }

  async #dispose(): Promise<void> {
    await this.docker('swarm', 'leave', '--force').catch(() => '');
    await this.docker('ps', '-aq').then(
      (ids) =>
        Promise.all(
          ids
            .split('\n')
            .filter(Boolean)
            .map((id) => this.remove(id)),
        ),
      () => [],
    );
    if (this.#hasGateway) await this.docker('network', 'rm', GATEWAY).catch(() => '');
    this.#process?.kill('SIGTERM');
    if (this.#process?.exitCode === null) await once(this.#process, 'exit');
    await exec('ip', ['link', 'del', this.#bridge]).catch(() => '');
    // The daemon mounts its data root onto itself, and the networks of containers.
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => path.startsWith(`${this.#folder}/`));
    for (const path of mounted.reverse()) await exec('umount', ['-l', path]).catch(() => '');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
