import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { echo } from '../support/servers.js';
import { responseMessage, trustDomain } from '../support/svids.js';
import { startTlsServer } from '../support/tls-servers.js';
import { startAgent } from '../support/workload-api.js';
import { ask, startSluice, type Finding, type Sluice } from './support/sluice.js';

interface Health {
  readonly spiffe?: {
    readonly status: string;
    readonly reason?: string;
    readonly spiffeId?: string;
    readonly expiresAt?: string;
  };
}

const ours = trustDomain('example.org');

const stateOf = async (sluice: Sluice) => (await sluice.api<Health>('/api/health')).spiffe;

const losses = async (sluice: Sluice) =>
  (await sluice.api<readonly Finding[]>('/api/diagnostics')).filter(
    ({ code }) => code === 'identity-lost',
  );

test('start-up does not wait for the agent, and what it says can be seen in log and API', async (t) => {
  const path = join(folderWith(t), 'agent.sock');
  const sent = ours.svid('/proxy');
  const agent = await startAgent(t, { kind: 'serve', message: responseMessage([sent]) }, { path });
  await agent.die();
  const sluice = await startSluice(t, [], [`--spiffe.workloadAPIAddr=unix://${path}`]);
  await until('the loss', async () => (await stateOf(sluice))?.reason === 'unreachable');
  const [loss] = await losses(sluice);
  assert.deepEqual(loss?.at, { kind: 'endpoint', url: `unix://${path}` });

  await agent.start();
  const ready = await eventually('the identity', async () => {
    const state = await stateOf(sluice);
    return state?.status === 'ready' ? state : undefined;
  });
  assert.equal(ready.spiffeId, 'spiffe://example.org/proxy');
  assert.ok(Date.parse(ready.expiresAt ?? '') > Date.now());
  assert.deepEqual(await losses(sluice), []);
  assert.match(sluice.output(), /spiffe:\/\/example\.org\/proxy/);

  // The key is nowhere to be seen.
  const key = sent.key?.toString('base64').slice(-40) ?? '';
  assert.ok(!sluice.output().includes(key));
  assert.equal(await sluice.stop(), 0);
  await until('the stream is closed', () => agent.streams === 0);
});

test('a server is reached by SPIFFE, and another that has its address is not', async (t) => {
  const agent = await startAgent(t, { kind: 'status', code: 7, message: 'no identity issued' });
  const { address } = agent;
  const api = address.kind === 'tcp' ? `tcp://127.0.0.1:${address.port}` : '';
  const shows = (path: string) => {
    const { cert, key } = ours.issue(path);
    return { cert, key, ca: ours.ca.cert, requestCert: true, rejectUnauthorized: true };
  };
  const db = await startTlsServer(t, echo, shows('/db'));
  const web = await startTlsServer(t, echo, shows('/web'));
  const routed = (name: string, port: number) => ({
    routers: { [name]: { rule: 'HostSNI(`*`)', entryPoints: [name], service: name } },
    services: {
      [name]: {
        loadBalancer: { servers: [{ address: `127.0.0.1:${port}` }], serversTransport: 'mesh' },
      },
    },
  });
  const config = {
    tcp: {
      routers: { ...routed('db', 0).routers, ...routed('web', 0).routers },
      services: { ...routed('db', db.port).services, ...routed('web', web.port).services },
      serversTransports: { mesh: { spiffe: { ids: ['spiffe://example.org/db'] } } },
    },
  };
  const path = folderWith(t, { 'all.yml': JSON.stringify(config) });
  const flags = [`--providers.file.filename=${path}/all.yml`, `--spiffe.workloadAPIAddr=${api}`];
  const sluice = await startSluice(t, ['db', 'web'], flags);

  const reached = (name: string) => ask(sluice.port(name), 'hello').catch(() => 'reset');
  await until('the route', async () => (await reached('db')) === 'reset');
  agent.serve(responseMessage([ours.svid('/proxy')]));
  await until('the server is reached', async () => (await reached('db')) === 'hello');
  assert.equal(await reached('web'), 'reset');
  await until('the reason is in the log', () => sluice.output().includes('wrong-id'));

  await agent.die();
  await until('the loss', async () => (await losses(sluice)).length > 0);
  assert.equal(await reached('db'), 'hello');
});

test('the variable of the standard turns it on as well, and a stop does not wait for the agent', async (t) => {
  const agent = await startAgent(t, { kind: 'silent' });
  const { address } = agent;
  const port = address.kind === 'tcp' ? address.port : 0;
  const env = { SPIFFE_ENDPOINT_SOCKET: `tcp://127.0.0.1:${port}` };
  const sluice = await startSluice(t, [], [], { env });
  await until('the call', () => agent.calls.length > 0);
  assert.equal((await stateOf(sluice))?.status, 'waiting');
  assert.equal(await sluice.stop(), 0);
});
