import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { eventually } from '../support/eventually.js';
import { Engine, PrivateEngine, routed } from './support/engine.js';
import { ask, holdOpen, startSluice, type Finding } from './support/sluice.js';

const engine = new Engine();

/** `--providers.docker`, blind to the containers of other tests. */
const watching = (stack: string, host = engine.host) => [
  `--providers.docker.endpoint=${host}`,
  `--providers.docker.constraints=Label(\`stack\`, \`${stack}\`)`,
];

const answers = (port: number, says: string) => async () =>
  (await ask(port)).trim() === says ? true : undefined;

test('a labelled container is reachable, and gone when it stops', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('one'));
  const name = await engine.start(t, {
    says: 'one',
    labels: { ...routed('pg', 'pg'), stack: 'one' },
  });
  await eventually('the route', answers(sluice.port('pg'), 'one'));
  await engine.remove(name);
  await eventually('no route', answers(sluice.port('pg'), ''));
});

test('a second container of the same service shares the connections', async (t) => {
  const labels = { ...routed('pg', 'pg'), stack: 'two' };
  const sluice = await startSluice(t, ['pg'], watching('two'));
  await engine.start(t, { says: 'a', labels });
  await engine.start(t, { says: 'b', labels });
  await eventually('both servers', async () => {
    const said = await Promise.all([1, 2, 3, 4].map(() => ask(sluice.port('pg'))));
    return new Set(said.map((text) => text.trim())).size === 2 ? true : undefined;
  });
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
  interface Service {
    readonly loadBalancer: { readonly servers: readonly { readonly address: string }[] };
  }
  await eventually('its address on that network', async () => {
    const service = await sluice.api<Service>('/api/tcp/services/pg@docker');
    return service.loadBalancer.servers[0]?.address === `${address}:7000` ? true : undefined;
  });
});

test('a container whose health is starting is kept out, and shown', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('health'));
  const labels = { ...routed('pg', 'pg'), stack: 'health' };
  const flags = [
    '--health-cmd',
    'test -e /tmp/ok',
    '--health-interval',
    '300ms',
    '--health-retries',
    '1',
    '--health-start-period',
    '0s',
  ];
  const name = await engine.start(t, { says: 'well', labels, flags });
  const finding = await eventually('the finding', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'unhealthy'),
  );
  assert.equal(finding.at['container'], name);
  assert.equal(await ask(sluice.port('pg')), '');
  await engine.docker('exec', name, 'sh', '-c', 'echo > /tmp/ok');
  await eventually('the route', answers(sluice.port('pg'), 'well'));
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

test('an established connection survives what happens to others, and to its own container list', async (t) => {
  const sluice = await startSluice(t, ['pg'], watching('live'));
  const labels = { ...routed('pg', 'pg'), stack: 'live' };
  await engine.start(t, { command: 'cat', labels });
  const socket = await eventually('the route', async () => {
    const client = await holdOpen(t, sluice.port('pg'));
    client.write('first\n');
    const said = await Promise.race([
      once(client, 'data').then(String),
      once(client, 'close').then(() => ''),
    ]);
    return said === 'first\n' ? client : undefined;
  });
  const second = await engine.start(t, { says: 'second', labels });
  await eventually('the second server', answers(sluice.port('pg'), 'second'));
  await engine.start(t, { labels: { stack: 'live', 'traefik.tcp.routers.x.nonsense': '1' } });
  await engine.remove(second);
  await eventually('the finding', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'unknown-key'),
  );
  socket.write('still\n');
  const said = await once(socket, 'data').then(String);
  assert.equal(said, 'still\n');
});

test('routes stay while the engine is away, and are right again when it is back', async (t) => {
  const own = await PrivateEngine.start(t);
  const labels = routed('pg', 'pg');
  const first = await own.start(t, { says: 'first', labels });
  const sluice = await startSluice(t, ['pg'], [`--providers.docker.endpoint=${own.host}`]);
  await eventually('the route', answers(sluice.port('pg'), 'first'));
  await own.kill();
  await eventually('the loss is visible', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'provider-lost'),
  );
  assert.equal((await ask(sluice.port('pg'))).trim(), 'first');
  await own.resume();
  await own.remove(first);
  await own.start(t, { says: 'second', labels });
  await eventually('the route is right again', answers(sluice.port('pg'), 'second'));
  // The second container may have got the first one's address, and so be reached before it is known.
  await eventually('nothing is lost any more', async () => {
    const findings = await sluice.api<Finding[]>('/api/diagnostics');
    return findings.some(({ code }) => code === 'provider-lost') ? undefined : true;
  });
});
