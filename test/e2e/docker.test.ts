import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { eventually, timed } from '../support/eventually.js';
import { Engine, PrivateEngine, routed } from './support/engine.js';
import { ask, startSluice, type Finding, type Sluice } from './support/sluice.js';

const engine = new Engine();

interface Service {
  readonly loadBalancer: { readonly servers: readonly { readonly address: string }[] };
}

/** `--providers.docker`, blind to the containers of other tests. */
const watching = (stack: string, host = engine.host) => [
  `--providers.docker.endpoint=${host}`,
  `--providers.docker.constraints=Label(\`stack\`, \`${stack}\`)`,
];

const answers = (port: number, says: string) => async () =>
  (await ask(port)).trim() === says ? true : undefined;

test('a labelled container is reachable, gone when it stops, and back when it starts', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('one'));
  const name = await engine.start(t, {
    says: 'one',
    labels: { ...routed('pg', 'pg'), stack: 'one' },
  });
  await timed('the route of a new container', answers(sluice.port('pg'), 'one'));
  await engine.stop(name);
  await timed('no route after the stop', answers(sluice.port('pg'), ''));
  const router = await sluice.api<{ status: string }>('/api/tcp/routers/pg@docker');
  assert.equal(router.status, undefined, 'a stopped container has no router');
  await engine.docker('start', name);
  await timed('the route after the start', answers(sluice.port('pg'), 'one'));
  await engine.remove(name);
  await timed('no route after the removal', answers(sluice.port('pg'), ''));
});

test('a second container of the same service shares the connections, until it stops', async (t) => {
  const labels = { ...routed('pg', 'pg'), stack: 'two' };
  const sluice = await startSluice(t, ['pg'], watching('two'));
  await engine.start(t, { says: 'a', labels });
  const second = await engine.start(t, { says: 'b', labels });
  const round = async () => {
    const said: string[] = [];
    for (let i = 0; i < 4; i += 1) said.push((await ask(sluice.port('pg'))).trim());
    return said.join('');
  };
  await timed('both in turn', async () => (/^(abab|baba)$/.test(await round()) ? true : undefined));
  await engine.stop(second);
  await timed('the first alone', async () => ((await round()) === 'aaaa' ? true : undefined));
});

test('a container that is told to stop gets no new connection, though it still answers (D30)', async (t) => {
  const labels = { ...routed('pg', 'pg'), stack: 'kill' };
  const sluice = await startSluice(t, ['pg'], watching('kill'));
  const flags = ['--stop-timeout', '0'];
  const [first] = [
    await engine.start(t, { says: 'a', labels, flags }),
    await engine.start(t, { says: 'b', labels }),
  ];
  const round = async () => {
    const said: string[] = [];
    for (let i = 0; i < 4; i += 1) said.push((await ask(sluice.port('pg'))).trim());
    return said.join('');
  };
  const bothInTurn = async () => (/^(abab|baba)$/.test(await round()) ? true : undefined);
  await timed('both in turn', bothInTurn);
  // The shell in the image ignores both signals, so that it runs on.
  await engine.docker('kill', '-s', 'HUP', first);
  for (let times = 0; times < 5; times += 1) assert.match(await round(), /^(abab|baba)$/);
  await engine.docker('kill', '-s', 'TERM', first);
  await timed('the other alone', async () => ((await round()) === 'bbbb' ? true : undefined));
  assert.equal(await engine.docker('inspect', '-f', '{{.State.Running}}', first), 'true');
  await eventually('it is used again after its stop timeout and five seconds', bothInTurn);
});

test('with no other server one that is told to stop is still used', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('last'));
  const labels = { ...routed('pg', 'pg'), stack: 'last' };
  const name = await engine.start(t, { says: 'last', labels });
  await timed('the route', answers(sluice.port('pg'), 'last'));
  const swaps = () => sluice.output().split('configuration applied').length;
  const before = swaps();
  await engine.docker('kill', '-s', 'TERM', name);
  await eventually('it is known to leave', () => (swaps() > before ? true : undefined));
  assert.equal((await ask(sluice.port('pg'))).trim(), 'last');
});

test('a container on two networks is reached on the one that its label names', async (t) => {
  const [first, second] = [await engine.network(t), await engine.network(t)];
  const sluice = await startSluice(t, ['pg'], watching('net'));
  const labels = { ...routed('pg', 'pg'), stack: 'net', 'traefik.docker.network': second };
  const name = await engine.start(t, { says: 'net', labels, flags: ['--network', first] });
  await engine.docker('network', 'connect', second, name);
  await eventually('the route', answers(sluice.port('pg'), 'net'));
  const address = await engine.docker(
    'inspect',
    '-f',
    `{{(index .NetworkSettings.Networks "${second}").IPAddress}}`,
    name,
  );
  await eventually('its address on that network', async () => {
    const service = await sluice.api<Service>('/api/tcp/services/pg@docker');
    return service.loadBalancer.servers[0]?.address === `${address}:7000` ? true : undefined;
  });
});

test('a container is kept out, and shown, while its health is starting or unhealthy', async (t) => {
  const sluice = await startSluice(t, ['pg', 'slow'], watching('health'));
  const health = (interval: string) => [
    ...['--health-cmd', 'test -e /tmp/ok', '--health-interval', interval],
    ...['--health-retries', '1', '--health-timeout', '5s'],
  ];
  const slow = await engine.start(t, {
    labels: { ...routed('slow', 'slow'), stack: 'health' },
    flags: health('1h'),
  });
  const name = await engine.start(t, {
    says: 'well',
    labels: { ...routed('pg', 'pg'), stack: 'health' },
    flags: health('300ms'),
  });
  const shown = (container: string, value: string) => async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(
      ({ code, at, value: found }) =>
        code === 'unhealthy' && at['container'] === container && found === value,
    );
  await timed('"starting" is shown', shown(slow, 'starting'));
  await timed('"unhealthy" is shown', shown(name, 'unhealthy'));
  assert.equal(await ask(sluice.port('slow')), '');
  assert.equal(await ask(sluice.port('pg')), '');
  await engine.docker('exec', name, 'sh', '-c', 'echo > /tmp/ok');
  await timed('the route once it is healthy', answers(sluice.port('pg'), 'well'));
  await engine.docker('exec', name, 'sh', '-c', 'mv /tmp/ok /tmp/no');
  await timed('no route once it is not', answers(sluice.port('pg'), ''));
  assert.equal(await ask(sluice.port('slow')), '');
});

test('a bad label disables its object only, and the finding names container, label and fix', async (t) => {
  const sluice = await startSluice(t, ['pg', 'other'], watching('bad'));
  const labels = {
    ...routed('pg', 'pg'),
    stack: 'bad',
    'traefik.tcp.routers.wrong.rule': 'HostSNI(`*`)',
    'traefik.tcp.routers.wrong.entrypoint': 'other',
    'traefik.tcp.routers.wrong.service': 'pg',
  };
  const name = await engine.start(t, { says: 'good', labels });
  await eventually('the good route', answers(sluice.port('pg'), 'good'));
  const findings = await sluice.api<Finding[]>('/api/diagnostics');
  const finding = findings.find(({ code }) => code === 'unknown-key');
  assert.deepEqual(
    { ...finding?.at, suggestions: finding?.suggestions },
    {
      kind: 'label',
      container: name,
      containerId: finding?.at['containerId'],
      key: 'traefik.tcp.routers.wrong.entrypoint',
      suggestions: ['entryPoints'],
    },
  );
  const wrong = await sluice.api<{ status: string }>('/api/tcp/routers/wrong@docker');
  assert.equal(wrong.status, 'disabled');
  assert.equal(await ask(sluice.port('other')), '');
});

/** A connection to a server that echoes. */
async function talking(t: TestContext, sluice: Sluice): Promise<Client> {
  return eventually('a connection that is answered', async () => {
    const client = new Client(t, sluice.port('pg'));
    await client.send('first\n').gets('first\n');
    return client;
  });
}

test('an established connection survives what happens to others, and what happens to its service', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('live'));
  const labels = { ...routed('pg', 'pg'), stack: 'live' };
  const own = await engine.start(t, { command: 'cat', labels });
  const client = await talking(t, sluice);
  const second = await engine.start(t, { says: 'second', labels });
  await eventually('the second server', answers(sluice.port('pg'), 'second'));
  await engine.start(t, { labels: { stack: 'live', 'traefik.tcp.routers.x.nonsense': '1' } });
  await eventually('the finding', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'unknown-key'),
  );
  // Its container is on one network more, and renamed; the other server is gone.
  const network = await engine.network(t);
  await engine.docker('network', 'connect', network, own);
  await engine.docker('rename', own, `${own}-renamed`);
  t.after(() => engine.remove(`${own}-renamed`));
  await engine.stop(second);
  await eventually('the second server is gone', async () => {
    const service = await sluice.api<Service>('/api/tcp/services/pg@docker');
    return service.loadBalancer.servers.length === 1 ? true : undefined;
  });
  await client.send('still\n').gets('still\n');
  assert.equal(client.received, 'first\nstill\n');
  await engine.docker('network', 'disconnect', '-f', network, `${own}-renamed`);
  await client.send('and still\n').gets('and still\n');
});

test('while the engine is away routes and connections stay, and all is right again when it is back', async (t) => {
  const own = await PrivateEngine.start(t);
  await own.start(t, { command: 'cat', labels: routed('pg', 'pg') });
  const doomed = await own.start(t, { says: 'doomed', labels: routed('other', 'other') });
  const pid = Number(await own.docker('inspect', '-f', '{{.State.Pid}}', doomed));
  const sluice = await startSluice(
    t,
    ['pg', 'other', 'late'],
    [`--providers.docker.endpoint=${own.host}`],
  );
  const client = await talking(t, sluice);
  await eventually('the other route', answers(sluice.port('other'), 'doomed'));
  const isLost = async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).some(({ code }) => code === 'provider-lost');
  await own.kill();
  await timed('the loss is visible', async () => (await isLost()) || undefined);
  assert.equal((await ask(sluice.port('other'))).trim(), 'doomed');
  await client.send('away\n').gets('away\n');
  // What happens meanwhile, no event will tell.
  process.kill(pid, 'SIGKILL');
  await own.resume();
  await timed('the engine is found again', async () => !(await isLost()) || undefined);
  await timed('what died meanwhile is gone', async () => {
    const routers = await sluice.api<{ name: string }[]>('/api/tcp/routers');
    return routers.some(({ name }) => name === 'other@docker') ? undefined : true;
  });
  await own.start(t, { says: 'late', labels: routed('late', 'late') });
  await timed('what starts now is routed', answers(sluice.port('late'), 'late'));
  await client.send('back\n').gets('back\n');
  assert.equal(client.received, 'first\naway\nback\n');
});
