import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { Engine, routed } from '../e2e/support/engine.js';
import { ask, type Finding } from '../e2e/support/sluice.js';
import { Client } from '../support/clients.js';
import { eventually, until } from '../support/eventually.js';
import { BESIDE, IMAGE, ROOT, Stack } from './support/stack.js';

/**
 * docker-compose.yml as it stands, Sluice behind the socket proxy. The entry point that README adds is
 * there for the containers that tests start beside it, and is reached at Sluice's own address.
 */
const PG = 5_432;
const stack = await Stack.start({
  sluice: { environment: { SLUICE_ENTRYPOINTS_PG_ADDRESS: `:${PG}` } },
});
after(() => stack.stop());
const engine = new Engine();
const DEFAULT = stack.network('default');
const SLUICE = (await stack.inspect('sluice', '{{.Name}}')).slice(1);

interface Example {
  readonly services: {
    readonly postgres: { readonly labels: Readonly<Record<string, string>> };
  };
}

interface Service {
  readonly loadBalancer: { readonly servers?: readonly { readonly address: string }[] };
}

const findings = () => stack.api<readonly Finding[]>('/api/diagnostics');

/** What is said about a container. */
const about = async (container: string, code: string) =>
  (await findings()).find(
    (finding) => finding.code === code && finding.at['container'] === container,
  );

const addressOn = (network: string, container: string) =>
  engine.docker(
    'inspect',
    '-f',
    `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`,
    container,
  );

/** Where the servers of a service are; undefined if it has none. */
const serversOf = async (service: string) =>
  (await stack.api<Service>(`/api/tcp/services/${service}@docker`)).loadBalancer.servers?.map(
    ({ address }) => address,
  );

/** Starts a container beside the stack, on that entry point. */
const beside = (t: TestContext, name: string, network: string, labels = {}) =>
  engine.start(t, {
    says: name,
    labels: { ...routed(name, 'pg'), ...BESIDE, 'traefik.enable': 'true', ...labels },
    flags: ['--network', network],
  });

const isReached = (name: string) => async () =>
  (await ask(PG, '', await stack.address())).trim() === name;

test('each service is reached through Sluice in its container', async (t) => {
  await eventually('redis', async () => {
    const client = new Client(t, await stack.port(6379)).send('PING\r\n');
    await client.gets('+PONG');
    return client.finish();
  });
  await eventually('mail, which speaks first', async () => {
    const client = new Client(t, await stack.port(2525));
    await client.gets('220 ');
    return client.finish();
  });
  await until('greeter, which only Consul knows', async () => {
    const response = await fetch(`http://127.0.0.1:${await stack.port(7000)}/`);
    return (await response.text()).includes('hello from consul');
  });
  const { providers } = await stack.api<{ providers: readonly string[] }>('/api/overview');
  assert.deepEqual(providers, ['Docker', 'ConsulCatalog']);
});

test('a stack that is right gives no warning and no error', async () => {
  assert.deepEqual(
    (await findings()).filter(({ severity }) => severity !== 'info'),
    [],
  );
});

test('the page is in the image', async () => {
  const response = await fetch(`http://127.0.0.1:${await stack.port(8080)}/`);
  assert.equal(new URL(response.url).pathname, '/dashboard/');
  assert.match(await response.text(), /<script type="module" src="main.js">/);
});

test("the README's example of a service of one's own is reached", async (t) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, example = ''] = /```yaml\n(services:\n {2}postgres:\n[^]*?)```/.exec(readme) ?? [];
  const { services } = parse(example) as Example;
  const labels = { ...services.postgres.labels, ...BESIDE };
  await engine.start(t, { says: 'pg', port: 5_432, labels, flags: ['--network', DEFAULT] });
  await until('the route', isReached('pg'));
});

test('a container that starts and stops is followed through the socket proxy', async (t) => {
  const name = await beside(t, 'followed', DEFAULT);
  await until('the route', isReached('followed'));
  await engine.remove(name);
  await until('no route', isReached(''));
});

test('of several networks the one that Sluice is on is used', async (t) => {
  // Its name comes before that of the stack.
  const foreign = await engine.network(t, 'a');
  const name = await beside(t, 'shared', foreign);
  await engine.docker('network', 'connect', DEFAULT, name);
  await until('the route', isReached('shared'));
  assert.deepEqual(await serversOf('shared'), [`${await addressOn(DEFAULT, name)}:7000`]);
  assert.equal((await about(name, 'network-chosen'))?.value, DEFAULT);
});

test('a container on no network of Sluice is not used, and the line that is said helps', async (t) => {
  // Its name comes last: the engine publishes ports on the first network, and would move them.
  const foreign = await engine.network(t, 'z');
  const name = await beside(t, 'apart', foreign);
  const finding = await eventually('the finding', () => about(name, 'no-address'));
  assert.equal(finding.severity, 'error');
  assert.equal(finding.fix, `run: docker network connect ${foreign} ${SLUICE}`);
  assert.equal(await serversOf('apart'), undefined);

  await engine.docker(...finding.fix.replace('run: docker ', '').split(' '));
  await until('the route', isReached('apart'));
  assert.equal(await about(name, 'no-address'), undefined);
});

test('a network that a label names and that Sluice is not on is used, with a warning', async (t) => {
  const foreign = await engine.network(t, 'a');
  const name = await beside(t, 'named', foreign, { 'traefik.docker.network': foreign });
  const finding = await eventually('the finding', () => about(name, 'network-chosen'));
  assert.equal(finding.severity, 'warning');
  assert.equal(finding.fix, `run: docker network connect ${foreign} ${SLUICE}`);
  assert.deepEqual(await serversOf('named'), [`${await addressOn(foreign, name)}:7000`]);
});

test("a label may name a network as the Compose file does, without the project's name", async (t) => {
  const foreign = await engine.network(t, 'a');
  const name = await beside(t, 'short', foreign, {
    'traefik.docker.network': 'default',
    'com.docker.compose.project': DEFAULT.replace(/_default$/, ''),
  });
  await engine.docker('network', 'connect', DEFAULT, name);
  await until('the route', isReached('short'));
  assert.equal((await about(name, 'network-chosen'))?.severity, 'info');
});

test('a container that uses the network of another one is reached there', async (t) => {
  const mail = await stack.container('mail');
  await beside(t, 'lodger', `container:${mail}`);
  await until('the route', isReached('lodger'));
  assert.deepEqual(await serversOf('lodger'), [`${await addressOn(DEFAULT, mail)}:7000`]);
});

test('the container is healthy', async () => {
  await until(
    'it',
    async () => (await stack.inspect('sluice', '{{.State.Health.Status}}')) === 'healthy',
  );
});

test('Sluice is not root and can do nothing that only root can', async () => {
  const status = await stack.run('sluice', 'cat', '/proc/1/status');
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  assert.equal(field('Uid'), '65532\t65532\t65532\t65532');
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd'])
    assert.match(field(set) ?? '', /^0+$/);
  assert.equal(field('NoNewPrivs'), '1');
  await assert.rejects(stack.run('sluice', 'touch', '/app/file'), /Read-only file system/);
});

test('a silent client is looked after by the keep-alive of the file (D28)', async (t) => {
  const client = new Client(t, await stack.port(6379)).send('PING\r\n');
  await client.gets('+PONG');
  const sockets = await stack.run('sluice', 'sh', '-c', 'cat /proc/net/tcp*');
  // Local port 6379, established; timer 2 is keep-alive, due in so many hundredths of a second.
  const accepted = [
    ...sockets.matchAll(/:18EB [0-9A-F]+:[0-9A-F]{4} 01 \S+ (\S\S):([0-9A-F]{8})/g),
  ];
  const due = accepted.map(([, timer, ticks = '']) => [
    timer,
    Math.ceil(parseInt(ticks, 16) / 6_000),
  ]);
  assert.deepEqual(due, [['02', 3]]);
  const sysctl = (name: string) =>
    stack.run('sluice', 'cat', `/proc/sys/net/ipv4/tcp_keepalive_${name}`);
  assert.deepEqual(
    [await sysctl('time'), await sysctl('intvl'), await sysctl('probes')],
    ['180', '15', '9'],
  );
});

/** A program that sends requests byte for byte, and prints the status of each answer, 0 for none. */
const asking = (host: string, port: number, requests: readonly (readonly [string, string])[]) => `
  const { request } = require('node:http');
  const ask = ([method, path]) => new Promise((resolve) => {
    const target = { host: '${host}', port: ${port}, method, path, agent: false, timeout: 1_000 };
    const asked = request(target, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(0)).end();
  });
  Promise.all(${JSON.stringify(requests)}.map(ask)).then((all) => console.log(JSON.stringify(all)));
`;

test('the socket proxy lets through what discovery asks for, and nothing else', async () => {
  const id = await stack.container('redis');
  const allowed = [
    ['GET', '/version'],
    ['GET', '/v1.41/events'],
    ['GET', '/v1.41/containers/json?all=true'],
    ['GET', `/v1.41/containers/${id}/json`],
    ['GET', `/containers/${SLUICE}/json`],
  ] as const;
  const refused = [
    ['POST', '/v1.41/containers/create'],
    ['POST', `/v1.41/containers/${id}/stop`],
    ['POST', '/version'],
    ['DELETE', `/v1.41/containers/${id}`],
    ['PUT', `/v1.41/containers/${id}/archive?path=/`],
    ['HEAD', `/v1.41/containers/${id}/archive?path=/`],
    ['GET', `/v1.41/containers/${id}/archive?path=/etc/passwd`],
    ['GET', `/v1.41/containers/${id}/export`],
    ['GET', `/v1.41/containers/${id}/logs?stdout=1`],
    ['GET', `/v1.41/containers/${id}/attach/ws`],
    ['GET', '/v1.41/containers/../images/json'],
    ['GET', '/v1.41/containers/%2e%2e/images/json'],
    ['GET', '/v1.41/containers/../json'],
    ['GET', '//v1.41/images/json'],
    ['GET', '/v1.41/images/json'],
    ['GET', '/v1.41/info'],
    ['GET', '/v1.41/secrets'],
    ['GET', '/v1.41/exec/1/json'],
  ] as const;
  const ask = async (requests: readonly (readonly [string, string])[]) =>
    JSON.parse(
      await stack.run('sluice', 'node', '-e', asking('docker-socket-proxy', 2375, requests)),
    ) as unknown;
  assert.deepEqual(
    await ask(allowed),
    allowed.map(() => 200),
  );
  assert.deepEqual(
    await ask(refused),
    refused.map(() => 403),
  );
});

test('no other service of the file reaches the socket proxy', async () => {
  const ask = (host: string, port: number, path: string) =>
    engine.docker(
      ...['run', '--rm', '--network', DEFAULT, '--entrypoint', 'node', IMAGE, '-e'],
      asking(host, port, [['GET', path]]),
    );
  const proxy = await stack.container('docker-socket-proxy');
  const address = await addressOn(stack.network('docker'), proxy);
  assert.equal(await ask('consul', 8500, '/v1/status/leader'), '[200]');
  assert.equal(await ask('docker-socket-proxy', 2375, '/version'), '[0]');
  assert.equal(await ask(address, 2375, '/version'), '[0]');
});

test('docker stop lets an open connection end by itself, and Sluice exits with 0', async (t) => {
  // The engine waits for longer than Sluice does.
  assert.equal(await stack.inspect('sluice', '{{.Config.StopTimeout}}'), '15');
  const client = new Client(t, await stack.port(6379)).send('PING\r\n');
  await client.gets('+PONG\r\n');
  const stopped = engine.docker('stop', await stack.container('sluice'));
  await until('it stops', async () => (await stack.log('sluice')).includes('"why":"SIGTERM"'));
  client.send('PING\r\n');
  await client.gets('+PONG\r\n+PONG\r\n');
  assert.equal(await stack.inspect('sluice', '{{.State.Status}}'), 'running');
  client.finish();
  await stopped;
  assert.equal(await client.ended, 'fin');
  assert.equal(await stack.inspect('sluice', '{{.State.ExitCode}}'), '0');
  assert.match(await stack.log('sluice'), /"cut":0,"msg":"stopped"/);
});
