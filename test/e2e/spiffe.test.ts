import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { responseMessage, trustDomain } from '../support/svids.js';
import { startAgent } from '../support/workload-api.js';
import { startSluice, type Finding, type Sluice } from './support/sluice.js';

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

test('the variable of the standard turns it on as well, and a stop does not wait for the agent', async (t) => {
  const agent = await startAgent(t, { kind: 'silent' });
  const { address } = agent;
  const port = address.kind === 'tcp' ? address.port : 0;
  const env = { SPIFFE_ENDPOINT_SOCKET: `tcp://127.0.0.1:${port}` };
  const sluice = await startSluice(t, [], [], env);
  await until('the call', () => agent.calls.length > 0);
  assert.equal((await stateOf(sluice))?.status, 'waiting');
  assert.equal(await sluice.stop(), 0);
});
