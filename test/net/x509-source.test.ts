import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { WorkloadApiAddress } from '../../src/spiffe/workload-api.js';
import { workloadApiFeed } from '../../src/spiffe/workload-api-feed.js';
import { X509Source, type SpiffeState } from '../../src/spiffe/x509-source.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { responseMessage, trustDomain } from '../support/svids.js';
import { startAgent, type Conduct } from '../support/workload-api.js';

const ours = trustDomain('example.org');
const friends = trustDomain('friends.example');

const db = responseMessage([ours.svid('/db')]);
const web = responseMessage([ours.svid('/web')], { 'friends.example': [friends.ca] });
const broken = responseMessage([{ ...ours.svid('/db'), key: Buffer.from('x') }]);

const serve = (message: Buffer): Conduct => ({ kind: 'serve', message });

/** A source that runs until the test ends, and every state that it had. */
function follow(
  t: TestContext,
  address: WorkloadApiAddress,
  { now = Date.now, answer = 60_000 } = {},
) {
  const life = new AbortController();
  const states: SpiffeState[] = [];
  const changed = (state: SpiffeState) => void states.push(state);
  const times = { answer, pingEvery: 60_000, pingAnswer: 60_000 };
  const source = new X509Source({ feed: workloadApiFeed(address, times), changed, now });
  const end = source.run(life.signal);
  t.after(async () => {
    life.abort();
    await end;
  });
  const brief = () => {
    const { status, reason } = source.state();
    return reason === undefined ? status : `${status}: ${reason}`;
  };
  return {
    source,
    states,
    brief,
    /** Waits for a status, with its reason if there is one. */
    becomes: (wanted: string) => until(`${wanted}, not ${brief()}`, () => brief() === wanted),
    id: () => source.current()?.svid.id.text,
    stop: async () => {
      life.abort();
      await end;
    },
  };
}

test('the identity is there as soon as the agent has said it, and nobody waits for it', async (t) => {
  const agent = await startAgent(t, serve(db));
  const before = Date.now();
  const { source, states, becomes, id } = follow(t, agent.address);
  assert.equal(source.current(), undefined);
  assert.equal(source.state().status, 'waiting');
  await becomes('ready');
  const { status, since, reason, spiffeId, expiresAt = 0 } = source.state();
  assert.deepEqual([status, reason], ['ready', undefined]);
  assert.deepEqual([id(), spiffeId], ['spiffe://example.org/db', 'spiffe://example.org/db']);
  assert.ok(since >= before && expiresAt > since);
  assert.deepEqual(
    states.map((state) => state.status),
    ['waiting', 'ready'],
  );
});

test('a rotation replaces all at once, without a restart, and what was handed out stays as it was', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { source, becomes, id } = follow(t, agent.address);
  await becomes('ready');
  const old = source.current();
  agent.serve(web);
  await until('the new identity', () => id() === 'spiffe://example.org/web');
  assert.equal(old?.svid.id.text, 'spiffe://example.org/db');
  assert.equal(old.bundles.size, 1);
  assert.deepEqual(
    [...(source.current()?.bundles.keys() ?? [])],
    ['example.org', 'friends.example'],
  );
  assert.equal(source.state().spiffeId, 'spiffe://example.org/web');
  assert.equal(agent.calls.length, 1);
});

for (const where of ['unix', 'tcp'] as const) {
  test(`an agent that dies is found again over ${where}; what it said stays in use meanwhile`, async (t) => {
    const path = join(folderWith(t), 'agent.sock');
    const agent = await startAgent(t, serve(db), ...(where === 'unix' ? [{ path }] : []));
    const { source, becomes, id } = follow(t, agent.address);
    await becomes('ready');
    const known = source.current();
    await agent.die();
    await becomes('failing: unreachable');
    assert.equal(source.current(), known);
    assert.equal(source.state().spiffeId, 'spiffe://example.org/db');
    agent.conduct = serve(web);
    await agent.start();
    await becomes('ready');
    assert.equal(id(), 'spiffe://example.org/web');
  });
}

test('an agent that comes back with what is known changes nothing', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { source, becomes } = follow(t, agent.address);
  await becomes('ready');
  const known = source.current();
  await agent.die();
  await becomes('failing: unreachable');
  await agent.start();
  await becomes('ready');
  // A TLS context that was made for it can be used on.
  assert.equal(source.current(), known);
});

test('an agent that is not there yet is waited for', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { address } = agent;
  await agent.die();
  const { source, becomes } = follow(t, address);
  await becomes('failing: unreachable');
  assert.equal(source.current(), undefined);
  await agent.start();
  await becomes('ready');
});

for (const [code, reason] of [
  [7, 'permission-denied'],
  [3, 'invalid-argument'],
  [12, 'refused'],
] as const) {
  test(`${reason}, and then granted: asked again without a restart`, async (t) => {
    const agent = await startAgent(t, { kind: 'status', code, message: 'no identity issued' });
    const { source, becomes } = follow(t, agent.address);
    await becomes(`failing: ${reason}`);
    assert.match(source.state().detail ?? '', /no identity issued/);
    agent.serve(db);
    await becomes('ready');
    assert.equal(source.state().detail, undefined);
  });
}

test('an identity that is taken away is said, and given back', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { becomes, id } = follow(t, agent.address);
  await becomes('ready');
  agent.refuse(7, 'no identity issued');
  await becomes('failing: permission-denied');
  assert.equal(id(), 'spiffe://example.org/db');
  agent.conduct = serve(web);
  await becomes('ready');
  assert.equal(id(), 'spiffe://example.org/web');
});

test('a bad message keeps what was known, is said, and the next one on the same stream is read', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { source, becomes, id } = follow(t, agent.address);
  await becomes('ready');
  const known = source.current();
  agent.serve(broken);
  await becomes('failing: bad-key');
  assert.equal(source.current(), known);
  assert.equal(source.state().detail, 'spiffe://example.org/db');
  agent.serve(Buffer.of(0x0a));
  await becomes('failing: malformed');
  agent.serve(web);
  await becomes('ready');
  assert.equal(id(), 'spiffe://example.org/web');
  assert.equal(agent.calls.length, 1);
});

test('a bad message is no identity', async (t) => {
  const agent = await startAgent(t, serve(broken));
  const { source, becomes } = follow(t, agent.address);
  await becomes('failing: bad-key');
  assert.equal(source.current(), undefined);
  assert.equal(source.state().spiffeId, undefined);
});

test('an agent that hangs is said, and asked again', async (t) => {
  const agent = await startAgent(t, { kind: 'silent' });
  const { becomes } = follow(t, agent.address, { answer: 300 });
  await becomes('failing: timeout');
  agent.conduct = serve(db);
  await becomes('ready');
});

test('garbage is said, and asked again', async (t) => {
  const agent = await startAgent(t, { kind: 'raw', chunks: [Buffer.alloc(4096, 0xff)] });
  const { becomes } = follow(t, agent.address);
  await becomes('failing: bad-answer');
  agent.conduct = serve(db);
  await becomes('ready');
});

test('an SVID that expires is said, and the agent asked anew', async (t) => {
  const notAfter = new Date('2030-01-01T00:00:00Z');
  const agent = await startAgent(t, serve(responseMessage([ours.svid('/db', { notAfter })])));
  const ahead = notAfter.getTime() - 200 - Date.now();
  const { source, becomes, id } = follow(t, agent.address, { now: () => Date.now() + ahead });
  await becomes('ready');
  await becomes('failing: svid-expired');
  assert.equal(source.state().expiresAt, notAfter.getTime());
  await until('a second call', () => agent.calls.length === 2);
  // What it says is still the same.
  assert.equal(source.state().reason, 'svid-expired');
  const later = new Date('2030-01-02T00:00:00Z');
  agent.serve(responseMessage([ours.svid('/web', { notAfter: later })]));
  await becomes('ready');
  assert.equal(id(), 'spiffe://example.org/web');
});

test('an SVID that was expired when it came is said at once', async (t) => {
  const past = responseMessage([ours.svid('/db', { notAfter: new Date(Date.now() - 1_000) })]);
  const agent = await startAgent(t, serve(past));
  const { states, becomes } = follow(t, agent.address);
  await becomes('failing: svid-expired');
  assert.ok(!states.some(({ status }) => status === 'ready'));
  assert.equal(agent.calls.length, 1);
});

test('after the abort there is no identity, no call and nothing that keeps the program', async (t) => {
  const agent = await startAgent(t, serve(db));
  const { source, becomes, stop } = follow(t, agent.address);
  await becomes('ready');
  await stop();
  assert.equal(source.current(), undefined);
  assert.equal(source.state().status, 'off');
  await until('the stream is closed', () => agent.streams === 0);
});

test('many failures of one kind are one change', async (t) => {
  const agent = await startAgent(t, { kind: 'status', code: 7, message: 'no identity issued' });
  const { states } = follow(t, agent.address);
  await until('some calls', () => agent.calls.length >= 4);
  assert.deepEqual(
    states.map(({ status }) => status),
    ['waiting', 'failing'],
  );
});
