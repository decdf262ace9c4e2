import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { eventually } from '../support/eventually.js';
import { saying, startServer } from '../support/servers.js';
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

async function start(t: TestContext): Promise<{ agent: Agent; sluice: Sluice }> {
  const agent = await Agent.start(t);
  const flags = [`--providers.consulcatalog.endpoint.address=${agent.address}`];
  return { agent, sluice: await startSluice(t, ['db', 'second'], flags) };
}

const answers = (port: number, says: string) => async () =>
  (await ask(port)) === says ? true : undefined;

test('a service is routed when it is registered, and gone when it is deregistered', async (t) => {
  const { agent, sluice } = await start(t);
  const server = await startServer(t, saying('one'));
  await agent.register(service('db1', server.port));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  await agent.deregister('db1');
  await eventually('no route', answers(sluice.port('db'), ''));
});

test('an instance whose check fails gets no connections, and is shown', async (t) => {
  const { agent, sluice } = await start(t);
  const server = await startServer(t, saying('one'));
  await agent.register(service('db1', server.port, { Check: { TTL: '10m', Status: 'passing' } }));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  await agent.check('db1', 'fail');
  await eventually('no route', answers(sluice.port('db'), ''));
  const findings = await sluice.api<Finding[]>('/api/diagnostics');
  assert.equal(findings.find(({ code }) => code === 'unhealthy')?.at['instance'], 'db1');
  await agent.check('db1', 'pass');
  await eventually('the route again', answers(sluice.port('db'), 'one'));
});

test('changed tags, and a changed port alone, are followed', async (t) => {
  const { agent, sluice } = await start(t);
  const [first, second] = [
    await startServer(t, saying('one')),
    await startServer(t, saying('two')),
  ];
  await agent.register(service('db1', first.port));
  await eventually('the route', answers(sluice.port('db'), 'one'));
  await agent.register(service('db1', second.port));
  await eventually('the new port', answers(sluice.port('db'), 'two'));
  await agent.register(service('db1', second.port, { Tags: tags('second') }));
  await eventually('the new entry point', answers(sluice.port('second'), 'two'));
  await eventually('the old one is free', answers(sluice.port('db'), ''));
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
  await agent.kill();
  await eventually('the loss is visible', async () =>
    (await sluice.api<Finding[]>('/api/diagnostics')).find(({ code }) => code === 'provider-lost'),
  );
  assert.equal(await ask(sluice.port('db')), 'one');
  await agent.resume();
  await agent.register(service('db2', second.port));
  await eventually('the new instance', answers(sluice.port('db'), 'two'));
});
