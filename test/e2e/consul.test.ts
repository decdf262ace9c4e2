import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { eventually, timed } from '../support/eventually.js';
import { echo, saying, startServer } from '../support/servers.js';
import { Agent } from './support/consul.js';
import { ask, startSluice, type Finding, type Sluice } from './support/sluice.js';

const tags = (entryPoint: string) => [
  'traefik.tcp.routers.db.rule=HostSNI(`*`)',
  `traefik.tcp.routers.db.entrypoints=${entryPoint}`,
];

const service = (id: string, port: number, more: object = {}) => ({
  ID: id,
  Name: 'db',
  Address: '127.0.0.1',
  Port: port,
  Tags: tags('db'),
  ...more,
});

async function start(
  t: TestContext,
  more: readonly string[] = [],
): Promise<{ agent: Agent; sluice: Sluice }> {
  const agent = await Agent.start(t);
  const flags = [`--providers.consulcatalog.endpoint.address=${agent.address}`, ...more];
  return { agent, sluice: await startSluice(t, ['db', 'second'], flags) };
}

const answers = (port: number, says: string) => async () =>
  (await ask(port)) === says ? true : undefined;

test('a service is routed when it is registered, and gone when it is deregistered', async (t) => {
  const { agent, sluice } = await start(t);
  const server = await startServer(t, saying('one'));
  await agent.register(service('db1', server.port));
  await timed('the route of a new instance', answers(sluice.port('db'), 'one'));
  await agent.deregister('db1');
  await timed('no route after the deregistration', answers(sluice.port('db'), ''));
});

test('an instance whose check fails gets no connections, and is shown', async (t) => {
  const { agent, sluice } = await start(t);
  const server = await startServer(t, saying('one'));
  await agent.register(service('db1', server.port, { Check: { TTL: '10m', Status: 'passing' } }));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  await agent.check('db1', 'fail');
  await timed('no route while the check fails', answers(sluice.port('db'), ''));
  const findings = await sluice.api<Finding[]>('/api/diagnostics');
  assert.equal(findings.find(({ code }) => code === 'unhealthy')?.at['instance'], 'db1');
  await agent.check('db1', 'pass');
  await timed('the route once it passes', answers(sluice.port('db'), 'one'));
});

test('changed tags, and a changed port alone, are followed; a connection is not concerned', async (t) => {
  const { agent, sluice } = await start(t);
  const [first, second] = [await startServer(t, echo), await startServer(t, saying('two'))];
  await agent.register(service('db1', first.port));
  const client = await eventually('a connection', async () => {
    const one = new Client(t, sluice.port('db'));
    await one.send('first ').gets('first ');
    return one;
  });
  await agent.register(service('db1', second.port));
  await timed('the new port', answers(sluice.port('db'), 'two'));
  await agent.register(service('db1', second.port, { Tags: tags('second') }));
  await timed('the new entry point', answers(sluice.port('second'), 'two'));
  await timed('the old one is free', answers(sluice.port('db'), ''));
  await agent.deregister('db1');
  await timed('nothing is routed', answers(sluice.port('second'), ''));
  await client.send('still').gets('first still');
});

test('an agent that is killed and comes back with a smaller index is followed', async (t) => {
  const { agent, sluice } = await start(t);
  const [first, second] = [
    await startServer(t, saying('one')),
    await startServer(t, saying('two')),
  ];
  for (let count = 0; count < 20; count += 1)
    await agent.register(service('db1', first.port, { Meta: { count: String(count) } }));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  const index = await agent.index();
  await agent.kill();
  await timed('the loss is visible', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'provider-lost'),
  );
  assert.equal(await ask(sluice.port('db')), 'one');
  await agent.resume();
  await timed('what it forgot is gone', answers(sluice.port('db'), ''));
  await agent.register(service('db2', second.port));
  await timed('the new instance', answers(sluice.port('db'), 'two'));
  assert.ok((await agent.index()) < index, 'the index went backwards');
  await agent.register(service('db2', first.port));
  await timed('the next change', answers(sluice.port('db'), 'one'));
});

interface Health {
  readonly ready: boolean;
  readonly providers: readonly { readonly ageSeconds: number; readonly failingSince?: string }[];
}

test('readiness ends when what a lost source said is too old, and comes back with it', async (t) => {
  const { agent, sluice } = await start(t, ['--api.maxDiscoveryAge=2s', '--ping']);
  const server = await startServer(t, saying('one'));
  await agent.register(service('db1', server.port));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  const at = (path: string) => fetch(`http://127.0.0.1:${sluice.port('traefik')}${path}`);
  const health = async () => {
    const answer = await at('/api/health');
    return { status: answer.status, ...((await answer.json()) as Health) };
  };
  const { status, ready } = await health();
  assert.deepEqual([status, ready], [200, true]);
  await agent.kill();
  const lost = await timed('the loss is visible', async () => {
    const seen = await health();
    return seen.providers[0]?.failingSince === undefined ? undefined : seen;
  });
  // Lost, and not yet too old: what it knew is as good as before.
  if ((lost.providers[0]?.ageSeconds ?? 0) < 2) assert.equal(lost.status, 200);
  const old = await timed('it is not ready any more', async () => {
    const seen = await health();
    return seen.status === 503 ? seen : undefined;
  });
  assert.equal(old.ready, false);
  assert.ok((old.providers[0]?.ageSeconds ?? 0) >= 2);
  assert.equal(await ask(sluice.port('db')), 'one');
  // As in Traefik, /ping says that the program lives, whatever it knows (PNG-1).
  assert.equal((await at('/ping')).status, 200);
  await agent.resume();
  await timed('it is ready again', async () =>
    (await health()).status === 200 ? true : undefined,
  );
});
