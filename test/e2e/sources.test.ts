import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, timed } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { saying, startServer } from '../support/servers.js';
import { Agent } from './support/consul.js';
import { Engine, routed } from './support/engine.js';
import { ask, freePort, startSluice, type Finding } from './support/sluice.js';

const TRANSPORT = `
tcp:
  serversTransports:
    mytransport: {dialTimeout: "30s", dialKeepAlive: "20s", terminationDelay: "200ms"}
`;

const route = (address: string) => `
tcp:
  routers:
    own: {rule: "HostSNI(\`*\`)", entryPoints: [file], service: own}
  services:
    own: {loadBalancer: {serversTransport: mytransport, servers: [{address: "${address}"}]}}
`;

const answers = (port: number, says: string) => async () =>
  (await ask(port)).trim() === says ? true : undefined;

const USES = 'loadbalancer.serversTransport';

test('an engine, an agent and a folder make one table, and labels and tags use a transport of the folder', async (t) => {
  const engine = new Engine();
  const agent = await Agent.start(t);
  const [fromFile, fromConsul] = [
    await startServer(t, saying('file')),
    await startServer(t, saying('consul')),
  ];
  const folder = folderWith(t, {
    'transport.yml': TRANSPORT,
    'route.yml': route(fromFile.address),
  });
  const sluice = await startSluice(
    t,
    ['docker', 'consul', 'file'],
    [
      `--providers.docker.endpoint=${engine.host}`,
      '--providers.docker.constraints=Label(`stack`, `sources`)',
      `--providers.consulCatalog.endpoint.address=${agent.address}`,
      `--providers.file.directory=${folder}`,
    ],
  );
  const container = await engine.start(t, {
    says: 'docker',
    labels: {
      ...routed('d', 'docker'),
      stack: 'sources',
      [`traefik.tcp.services.d.${USES}`]: 'mytransport',
    },
  });
  await agent.register({
    ID: 'c1',
    Name: 'c',
    Address: '127.0.0.1',
    Port: fromConsul.port,
    Tags: [
      'traefik.tcp.routers.c.rule=HostSNI(`*`)',
      'traefik.tcp.routers.c.entrypoints=consul',
      `traefik.tcp.services.c.${USES}=mytransport`,
    ],
  });
  for (const source of ['docker', 'consul', 'file']) {
    await eventually(`the route of ${source}`, answers(sluice.port(source), source));
  }
  interface Service {
    readonly loadBalancer: { readonly serversTransport: string };
  }
  for (const name of ['d@docker', 'c@consulcatalog', 'own@file']) {
    const service = await sluice.api<Service>(`/api/tcp/services/${name}`);
    assert.equal(service.loadBalancer.serversTransport, 'mytransport@file', name);
  }
  const findings = await sluice.api<Finding[]>('/api/diagnostics');
  assert.deepEqual(
    findings
      .map(({ code, severity, object }) => `${severity} ${code} ${object?.name ?? ''}`)
      .sort(),
    ['info guessed c@consulcatalog', 'info guessed d@docker'],
  );
  const guess = findings.find(({ object }) => object?.name === 'd@docker');
  assert.equal(guess?.at['container'], container);

  // Never served with less than was asked for.
  rmSync(join(folder, 'transport.yml'));
  for (const source of ['docker', 'consul', 'file']) {
    await timed(`no route of ${source} without its transport`, answers(sluice.port(source), ''));
  }
});

test('sources that are down at the start hold up nobody, and are found when they come', async (t) => {
  const server = await startServer(t, saying('file'));
  const folder = folderWith(t, { 'transport.yml': TRANSPORT, 'route.yml': route(server.address) });
  const port = await freePort();
  const sluice = await startSluice(
    t,
    ['file', 'consul'],
    [
      `--providers.docker.endpoint=unix://${folder}/no.sock`,
      `--providers.consulCatalog.endpoint.address=127.0.0.1:${port}`,
      `--providers.file.directory=${folder}`,
    ],
  );
  await timed('the route of the file', answers(sluice.port('file'), 'file'));
  const lost = async () =>
    (await sluice.api<Finding[]>('/api/diagnostics'))
      .filter(({ code }) => code === 'provider-lost')
      .map(({ object }) => object?.name)
      .sort();
  assert.deepEqual(await lost(), ['consulcatalog', 'docker']);
  const agent = await Agent.start(t, port);
  await agent.register({
    ID: 'c1',
    Name: 'c',
    Address: '127.0.0.1',
    Port: server.port,
    Tags: ['traefik.tcp.routers.c.rule=HostSNI(`*`)', 'traefik.tcp.routers.c.entrypoints=consul'],
  });
  await timed('the route of the late agent', answers(sluice.port('consul'), 'file'));
  assert.deepEqual(await lost(), ['docker']);
});
