import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { eventually, timed } from '../support/eventually.js';
import { PrivateEngine, routed } from './support/engine.js';
import { ask, callSluice, freePort, startSluice, type Finding } from './support/sluice.js';

const MAIN = join(import.meta.dirname, '../../src/main.js');
const IMAGE = 'sluice-test:1';

interface Loss {
  readonly provider: string;
  readonly fix?: string;
}

interface Health {
  readonly providers: readonly { readonly name: string; readonly error?: string }[];
}

interface Service {
  readonly loadBalancer: { readonly servers: readonly { readonly address: string }[] };
}

interface Answering {
  readonly says?: string;
  readonly port?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One service that answers each connection with the name of its container, or with `says`. */
async function serve(
  engine: PrivateEngine,
  name: string,
  flags: readonly string[],
  { says = '', port = 7000, labels = {} }: Answering = {},
): Promise<void> {
  const all = {
    ...routed(name, name),
    ...labels,
    [`traefik.tcp.services.${name}.loadbalancer.server.port`]: String(port),
  };
  const written = Object.entries(all).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  const command = `nc -ll -p ${port} -e ${says === '' ? 'hostname' : `echo ${says}`}`;
  await engine.docker(
    ...['service', 'create', '--detach', '--no-resolve-image', '--stop-grace-period=0s'],
    ...['--name', name, ...flags, ...written, IMAGE, 'sh', '-c', command],
  );
}

/** The containers of a service and their addresses, as the engine says itself. */
async function containersOf(engine: PrivateEngine, service: string) {
  const label = `label=com.docker.swarm.service.name=${service}`;
  const ids = (await engine.docker('ps', '-q', '--filter', label)).split('\n').filter(Boolean);
  const format = '{{.Config.Hostname}} {{.NetworkSettings.Networks.back.IPAddress}}';
  if (ids.length === 0) return [];
  const lines = (await engine.docker('inspect', '-f', format, ...ids)).split('\n');
  return lines.map((line) => line.split(' ') as [hostname: string, address: string]);
}

/** Sluice in the network of a container, as one that runs in it is. Its port is 5000. */
async function startWithin(
  t: TestContext,
  engine: PrivateEngine,
  container: string,
  flags: readonly string[],
): Promise<void> {
  const pid = await engine.docker('inspect', '-f', '{{.State.Pid}}', container);
  const sluice = spawn(
    'nsenter',
    ['-t', pid, '-n', process.execPath, MAIN, '--entryPoints.db.address=:5000', ...flags],
    { stdio: 'ignore' },
  );
  t.after(async () => {
    sluice.kill('SIGKILL');
    if (sluice.exitCode === null && sluice.signalCode === null) await once(sluice, 'exit');
  });
}

/**
 * Overlay networks work wherever the kernel has vxlan; virtual addresses need IPVS, which the kernel of
 * this machine lacks: of those it is only looked at that they are the servers.
 */
test('a Swarm of one node: tasks, virtual addresses, published ports, changes and a loss (DKR 5.9)', async (t) => {
  const engine = await PrivateEngine.start(t, []);
  await engine.becomeManager(await freePort(), 20_000 + (process.pid % 20_000));
  await engine.docker('network', 'create', '-d', 'overlay', '--attachable', 'back');
  const onHost = await freePort();
  const published = await freePort();
  const back = ['--network', 'back'];
  const publish = `mode=host,target=7000,published=${published}`;
  await Promise.all([
    serve(engine, 'host', ['--network', 'host'], { says: 'of-the-node', port: onHost }),
    serve(engine, 'pub', ['--publish', publish], { says: 'published' }),
    serve(engine, 'db', [...back, '--replicas=2']),
    serve(engine, 'vip', back, { labels: { 'traefik.swarm.lbswarm': 'true' } }),
  ]);
  const swarm = [
    `--providers.swarm.endpoint=${engine.host}`,
    '--providers.swarm.useBindPortIP',
    // What is seen before is seen by events.
    '--providers.swarm.refreshSeconds=60',
  ];
  const names = ['host', 'pub', 'db', 'vip'];
  const sluice = await startSluice(t, names, [...swarm, '--metrics.prometheus']);
  const serversOf = async (name: string) =>
    (await sluice.api<Service>(`/api/tcp/services/${name}@swarm`)).loadBalancer.servers
      .map(({ address }) => address)
      .sort();
  const tasksAre = async (count: number) => {
    const containers = await containersOf(engine, 'db');
    const addresses = containers.map(([, address]) => `${address}:7000`).sort();
    const isSame = (await serversOf('db')).join() === addresses.join();
    return addresses.length === count && isSame ? containers : undefined;
  };

  await timed('a task on the network of its node', async () =>
    (await ask(sluice.port('host'))).trim() === 'of-the-node' ? true : undefined,
  );
  await timed('a task with a published port', async () =>
    (await ask(sluice.port('pub'))).trim() === 'published' ? true : undefined,
  );
  assert.deepEqual(await serversOf('pub'), [`127.0.0.1:${published}`]);
  const first = await timed('two tasks', () => tasksAre(2));
  const virtual = '{{range .Endpoint.VirtualIPs}}{{.Addr}}{{end}}';
  const address = (await engine.docker('service', 'inspect', '-f', virtual, 'vip')).split('/')[0];
  await timed('a virtual address', async () =>
    (await serversOf('vip')).join() === `${address}:7000` ? true : undefined,
  );

  await engine.docker('run', '-d', '--name', 'beside', ...back, IMAGE, 'sleep', '600');
  await startWithin(t, engine, 'beside', swarm);
  const answers = new Set<string>();
  await timed('both tasks, from a container beside them', async () => {
    answers.add(await engine.docker('exec', 'beside', 'nc', '127.0.0.1', '5000'));
    return first.every(([hostname]) => answers.has(hostname)) ? true : undefined;
  });

  await engine.docker('service', 'scale', '-d', 'db=3');
  await timed('a third task', () => tasksAre(3));
  await engine.docker('service', 'scale', '-d', 'db=1');
  await timed('one task again', () => tasksAre(1));
  await engine.docker('service', 'rm', 'vip');
  await timed('a service that is removed', async () => {
    const routers = await sluice.api<{ name: string }[]>('/api/tcp/routers');
    return routers.every(({ name }) => name !== 'vip@swarm') ? true : undefined;
  });

  await engine.docker('service', 'update', '-d', '--label-add=traefik.tcp.routers.db.rul=x', 'db');
  const findings = () => sluice.api<Finding[]>('/api/diagnostics');
  const slip = await eventually('a slip is found', async () =>
    (await findings()).find(({ code }) => code === 'unknown-key'),
  );
  const { container, isService, key } = slip.at;
  assert.deepEqual([container, isService, key], ['db', true, 'traefik.tcp.routers.db.rul']);

  const checked = await callSluice([
    ...['check', '--swarm', '--json', ...names.map((name) => `--entryPoints.${name}.address=:0`)],
    ...swarm,
  ]);
  const seen = JSON.parse(checked.stdout) as { routers: number; diagnostics: Finding[] };
  assert.equal(seen.routers, 3);
  assert.ok(seen.diagnostics.some(({ code }) => code === 'unknown-key'));
  const tried = await callSluice(['preflight', '--swarm', ...swarm]);
  assert.equal(tried.code, 0, tried.stdout);
  const metrics = async () =>
    (await fetch(`http://127.0.0.1:${sluice.port('traefik')}/metrics`)).text();
  assert.match(await metrics(), /^sluice_provider_up\{provider="swarm"\} 1$/m);
  const overview = await sluice.api<{ providers: string[] }>('/api/overview');
  assert.deepEqual(overview.providers, ['Swarm']);

  const known = await serversOf('host');
  await engine.docker('swarm', 'leave', '--force');
  sluice.process.kill('SIGHUP');
  await timed('the loss is visible', async () =>
    (await findings()).find(({ code }) => code === 'provider-lost'),
  );
  assert.deepEqual(await serversOf('host'), known, 'what was known stays');
  assert.match(await metrics(), /^sluice_provider_up\{provider="swarm"\} 0$/m);
  const { providers } = await sluice.api<Health>('/api/health');
  assert.deepEqual(
    providers.map(({ name, error }) => [name, error !== undefined]),
    [['swarm', true]],
  );
});

test('an engine that is in no Swarm is one finding, with what to do', async (t) => {
  const sluice = await startSluice(t, ['a'], ['--providers.swarm']);
  const lost = await eventually('it is found', async () => {
    const found = await sluice.api<Finding[]>('/api/diagnostics');
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual(
    lost.map(({ code, object }) => [code, object?.name]),
    [['provider-lost', 'swarm']],
  );
  const checked = await callSluice(['check', '--swarm', '--json']);
  assert.equal(checked.code, 1);
  const { lost: losses } = JSON.parse(checked.stdout) as { readonly lost: readonly Loss[] };
  assert.deepEqual(
    losses.map(({ provider, fix }) => [provider, fix]),
    [['swarm', lost[0]?.fix]],
  );
});
