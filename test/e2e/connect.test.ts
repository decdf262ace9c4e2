import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { Client } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { echo, startServer } from '../support/servers.js';
import { NativeServer, trustDomainOf } from './support/connect.js';
import { Agent, CONSUL } from './support/consul.js';
import { ask, freePort, startSluice, type Finding, type Sluice } from './support/sluice.js';

const TAGS = [
  'traefik.tcp.routers.web.rule=HostSNI(`*`)',
  'traefik.tcp.routers.web.entrypoints=web',
  'traefik.consulcatalog.connect=true',
];

const aware = (agent: Agent) => [
  `--providers.consulcatalog.endpoint.address=${agent.address}`,
  '--providers.consulcatalog.connectAware=true',
  '--providers.consulcatalog.serviceName=sluice',
];

const native = (port: number) => ({
  ID: 'web1',
  Name: 'web',
  Address: '127.0.0.1',
  Port: port,
  Tags: TAGS,
  Connect: { Native: true },
});

/** After a rotation an agent takes up to half a minute for its leaves, so that thousands do not come at once. */
const SPREAD_MS = 45_000;

async function start(t: TestContext, flags?: (agent: Agent) => readonly string[]) {
  const agent = await Agent.start(t);
  const domain = await trustDomainOf(agent);
  const sluice = await startSluice(t, ['web'], (flags ?? aware)(agent));
  return { agent, domain, sluice };
}

const echoed = (sluice: Sluice, text = 'hello') =>
  eventually('an answer', async () =>
    (await ask(sluice.port('web'), text)) === text ? true : undefined,
  );

const findings = (sluice: Sluice) => sluice.api<Finding[]>('/api/diagnostics');

test('a Connect-native service is reached as ourselves, and only its own certificate is believed', async (t) => {
  const { agent, domain, sluice } = await start(t);
  const server = await NativeServer.start(t, agent, 'web');
  await agent.register(native(server.port));
  await echoed(sluice);
  assert.equal(server.clients[0], `spiffe://${domain}/ns/default/dc/dc1/svc/sluice`);
  assert.deepEqual(
    (await findings(sluice)).filter(({ severity }) => severity !== 'info'),
    [],
  );
  const stranger = await NativeServer.start(t, agent, 'stranger');
  await agent.register(native(stranger.port));
  await eventually('the stranger is refused', async () =>
    (await ask(sluice.port('web'), 'x').catch(() => '')) === '' &&
    sluice.output().includes('wrong-id')
      ? true
      : undefined,
  );
});

test('the proxy beside a service is reached in its place', async (t) => {
  const { agent, sluice } = await start(t);
  const { port } = await startServer(t, echo);
  const side = await freePort();
  await agent.register({
    ...native(port),
    Connect: { SidecarService: { Port: side, Proxy: { LocalServiceAddress: '127.0.0.1' } } },
  });
  const proxy = spawn(
    CONSUL,
    ['connect', 'proxy', '-sidecar-for=web1', `-http-addr=${agent.address}`],
    { stdio: 'ignore' },
  );
  t.after(async () => {
    proxy.kill('SIGKILL');
    await once(proxy, 'exit');
  });
  await echoed(sluice);
  const { loadBalancer } = await sluice.api<{
    loadBalancer: { servers: readonly { address: string }[] };
  }>('/api/tcp/services/web@consulcatalog');
  assert.deepEqual(
    loadBalancer.servers.map(({ address }) => address),
    [`127.0.0.1:${side}`],
  );
});

test('a rotated authority costs no connection, and an agent that is gone takes no identity away', async (t) => {
  const { agent, sluice } = await start(t);
  const server = await NativeServer.start(t, agent, 'web');
  await agent.register(native(server.port));
  await echoed(sluice);
  const client = new Client(t, sluice.port('web'));
  await client.send('before ').gets('before ');
  const before = server.fingerprints.at(-1);
  await agent.rotateAuthority();
  // Not by its expiry: what is rotated within a second of its issue expires in the same one.
  const isOther = async () => {
    await server.renew();
    await ask(sluice.port('web'), 'x').catch(() => '');
    return server.fingerprints.at(-1) === before ? undefined : true;
  };
  await eventually('another leaf', isOther, SPREAD_MS, SPREAD_MS);
  await echoed(sluice, 'after the rotation');
  await client.send('after').gets('before after');
  await agent.kill();
  await eventually('the loss is seen', async () =>
    (await findings(sluice)).some(({ code }) => code === 'provider-lost') ? true : undefined,
  );
  await echoed(sluice, 'without the agent');
});

test('without an identity nobody is reached, least of all in clear', async (t) => {
  const agent = await Agent.start(t, undefined, [
    '-hcl=acl { enabled = true default_policy = "deny" }',
  ]);
  const management = await agent.bootstrap();
  const token = await agent.token(
    management,
    'reads',
    'service_prefix "" { policy = "read" } node_prefix "" { policy = "read" }',
  );
  const { port } = await startServer(t, echo);
  const service = native(port);
  await agent.register(service, management);
  const sluice = await startSluice(
    t,
    ['web'],
    [...aware(agent), `--providers.consulcatalog.endpoint.token=${token}`],
  );
  const finding = await eventually('it is said', async () =>
    (await findings(sluice)).find(({ code }) => code === 'identity-lost'),
  );
  assert.deepEqual(finding.at, { kind: 'endpoint', url: agent.address });
  await eventually('the router is there', async () => {
    const { status } = await sluice.api<{ status?: string }>('/api/tcp/routers/web@consulcatalog');
    return status === 'enabled' ? true : undefined;
  });
  assert.equal(await ask(sluice.port('web'), 'in clear').catch(() => ''), '');
});

test('an instance that is not on Connect is reached directly, beside one that is', async (t) => {
  const { agent, sluice } = await start(t);
  const { port } = await startServer(t, echo);
  await agent.register({
    ID: 'plain1',
    Name: 'plain',
    Address: '127.0.0.1',
    Port: port,
    Tags: [
      'traefik.tcp.routers.plain.rule=HostSNI(`*`)',
      'traefik.tcp.routers.plain.entrypoints=web',
    ],
  });
  await echoed(sluice);
});
