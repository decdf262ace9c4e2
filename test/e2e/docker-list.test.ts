import assert from 'node:assert/strict';
import test from 'node:test';
import { connectDocker } from '../../providers/docker/client.js';
import { dockerProvider } from '../../providers/docker/docker.js';
import { dockerConfig } from '../support/docker.js';
import { eventually, timed, until } from '../support/eventually.js';
import { follow } from '../support/following.js';
import { Engine, routed } from './support/engine.js';
import { socketProxy } from './support/socket-proxy.js';
import { ask, freePort, startSluice } from './support/sluice.js';

const engine = new Engine();
const { signal } = new AbortController();

const healthCheck = (command: string) => [
  ...['--health-cmd', command, '--health-interval', '200ms', '--health-retries', '1'],
];

test('of a container that runs the list tells what an inspection tells, but for its life', async (t) => {
  const network = await engine.network(t);
  const other = await engine.network(t);
  const start = (...flags: readonly string[]) => engine.start(t, { flags });
  const startAt = (port: number, ...flags: readonly string[]) => engine.start(t, { port, flags });
  const plain = await start();
  const several = await start('--network', network);
  await engine.docker('network', 'connect', other, several);
  const renamed = await start();
  await engine.docker('rename', renamed, `${renamed}-2`);
  t.after(() => engine.remove(`${renamed}-2`));
  const names = [
    plain,
    several,
    `${renamed}-2`,
    await start('--expose', '5432', '--expose', '53/udp', '--expose', '80'),
    await start('-p', '127.0.0.1::5432', '-p', '8080', '-p', '1000-1002/udp', '--expose', '99'),
    await startAt(await freePort(), '--network', 'host', '--expose', '7'),
    await start('--network', 'none'),
    await startAt(7001, '--network', `container:${plain}`),
    await start('--link', `${plain}:alias`),
    await start('--no-healthcheck'),
    await start(...healthCheck('true')),
    await start(...healthCheck('false')),
    await start('--health-cmd', 'true', '--health-interval', '1h'),
    await start('--label', 'a=b', '--label', 'traefik.enable=true'),
  ];
  const api = await connectDocker(dockerConfig({ endpoint: engine.host }), signal);
  const healths = async () => {
    const listed = await api.list(signal);
    const ours = listed.flatMap(({ read }) => read() ?? []);
    return ours.filter(({ name }) => names.includes(name)).map(({ health }) => health);
  };
  await eventually('each health', async () => {
    const seen = await healths();
    return ['healthy', 'unhealthy', 'starting', ''].every((one) => seen.includes(one));
  });
  const listed = new Map(
    (await api.list(signal)).map(({ read }) => [read()?.name, read()] as const),
  );
  for (const name of names) {
    const inspected = await api.inspect(name, signal);
    assert.ok(inspected?.life?.startedAt !== undefined, name);
    assert.deepEqual(listed.get(name), { ...inspected, life: undefined }, name);
  }
});

test('of one that does not run it does not tell enough', async (t) => {
  const [paused, stopped] = [await engine.start(t, {}), await engine.start(t, {})];
  await engine.docker('pause', paused);
  await engine.stop(stopped);
  const api = await connectDocker(dockerConfig({ endpoint: engine.host }), signal);
  const listed = await api.list(signal);
  for (const name of [paused, stopped]) {
    const found = await api.inspect(name, signal);
    const line = listed.find(({ id }) => id === found?.id);
    assert.ok(line !== undefined && line.read() === undefined, name);
  }
});

test('containers that were there before Sluice are routed without one inspection', async (t) => {
  await engine.start(t, { says: 'here', labels: { ...routed('pg', 'pg'), stack: 'list' } });
  const endpoint = await socketProxy(t, /\/containers\/[^/]+\/json/);
  const sluice = await startSluice(
    t,
    ['pg'],
    [
      `--providers.docker.endpoint=${endpoint}`,
      '--providers.docker.constraints=Label(`stack`, `list`)',
    ],
  );
  await timed('its answer', async () =>
    (await ask(sluice.port('pg'))).trim() === 'here' ? true : undefined,
  );
});

test('who has run longest keeps a name, not who was created first (D10)', async (t) => {
  const labels = (port: string) => ({
    ...routed('pg', 'pg'),
    'traefik.tcp.services.pg.loadbalancer.proxyprotocol.version': port,
    stack: 'ages',
  });
  const first = await engine.start(t, { says: 'a', labels: labels('1') });
  const second = await engine.start(t, { says: 'b', labels: labels('2') });
  await engine.docker('restart', '-t', '0', first);
  const sluice = await startSluice(
    t,
    ['pg'],
    [
      `--providers.docker.endpoint=${engine.host}`,
      '--providers.docker.constraints=Label(`stack`, `ages`)',
    ],
  );
  const owners = await eventually('the conflict', async () => {
    const found =
      await sluice.api<readonly { code: string; severity: string; at: { container?: string } }[]>(
        '/api/diagnostics',
      );
    const newcomers = found.filter(
      ({ code, severity }) => code === 'conflict' && severity === 'error',
    );
    return newcomers.length > 0 ? newcomers.map(({ at }) => at.container) : undefined;
  });
  assert.deepEqual(owners, [first]);
  assert.notEqual(first, second);
});

test('who is restarted is not taken for one that is about to end, though all are at once', async (t) => {
  const names = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      engine.start(t, { labels: { ...routed(`r${n}`, 'pg'), stack: 'restart' } }),
    ),
  );
  const config = dockerConfig({
    endpoint: engine.host,
    constraints: 'Label(`stack`, `restart`)',
  });
  const { latest } = follow(t, dockerProvider(config));
  const owners = () => latest()?.parts.map(({ owner }) => owner) ?? [];
  await until('the list', () => owners().length === names.length);
  await Promise.all(names.map((name) => engine.docker('restart', '-t', '0', name)));
  // Whatever was told of before this one has been looked into when this one is there.
  const last = { ...routed('last', 'pg'), stack: 'restart' };
  await engine.start(t, { labels: last });
  await until('the last one', () => owners().length === names.length + 1);
  assert.deepEqual(
    owners().filter(({ isLeaving }) => isLeaving === true),
    [],
  );
});
