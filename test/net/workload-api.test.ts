import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import { WorkloadApiError } from '../../src/spiffe/workload-api-error.js';
import {
  x509SvidMessages,
  type WorkloadApiAddress,
  type WorkloadApiTimes,
} from '../../src/spiffe/workload-api.js';
import { until } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { ignore } from '../support/sockets.js';
import { frame, startAgent, type Conduct } from '../support/workload-api.js';

const PATIENT: WorkloadApiTimes = { answer: 60_000, pingEvery: 60_000, pingAnswer: 60_000 };

/** The messages of one call until it ends, and how it ended. */
function follow(t: TestContext, address: WorkloadApiAddress, times = PATIENT) {
  const life = new AbortController();
  t.after(() => life.abort());
  const received: string[] = [];
  const { signal } = life;
  const end = (async () => {
    const messages = x509SvidMessages(address, { deadlines: new Deadlines(), times, signal });
    for await (const message of messages) received.push(message.toString());
  })().then(
    () => 'aborted',
    (error: unknown) => (error instanceof WorkloadApiError ? error.reason : error),
  );
  return { received, end, abort: () => life.abort() };
}

/** The port of a server that is no agent. */
async function listening(t: TestContext, accepted: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', ignore);
    t.after(() => socket.destroy());
    accepted(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : assert.fail();
}

const serve = (text: string): Conduct => ({ kind: 'serve', message: Buffer.from(text) });

for (const where of ['unix', 'tcp'] as const) {
  test(`messages come over ${where}, one at once and one at each rotation`, async (t) => {
    const path = join(folderWith(t), 'agent.sock');
    const agent = await startAgent(t, serve('one'), ...(where === 'unix' ? [{ path }] : []));
    assert.equal(agent.address.kind, where);
    const { received, end, abort } = follow(t, agent.address);
    await until('the first message', () => received.length === 1);
    agent.serve(Buffer.from('two'));
    agent.serve(Buffer.from('three'));
    await until('all messages', () => received.length === 3);
    assert.deepEqual(received, ['one', 'two', 'three']);
    abort();
    assert.equal(await end, 'aborted');
    await until('the stream is closed', () => agent.streams === 0);
  });
}

test('the call is what the agent expects: an empty message, and the header that no browser sends', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { received } = follow(t, agent.address);
  await until('the message', () => received.length === 1);
  const [headers = {}] = agent.calls;
  assert.equal(headers[':method'], 'POST');
  assert.equal(headers[':path'], '/SpiffeWorkloadAPI/FetchX509SVID');
  assert.equal(headers['workload.spiffe.io'], 'true');
  assert.equal(headers['content-type'], 'application/grpc');
  assert.equal(headers['te'], 'trailers');
  assert.deepEqual(Buffer.concat(agent.bodies), Buffer.alloc(5));
});

const endings: readonly (readonly [string, Conduct, string])[] = [
  ['no identity', { kind: 'status', code: 7, message: 'no identity issued' }, 'permission-denied'],
  ['a header missed', { kind: 'status', code: 3 }, 'invalid-argument'],
  ['not yet ready', { kind: 'status', code: 14 }, 'lost'],
  ['another service', { kind: 'status', code: 12 }, 'refused'],
  ['no gRPC', { kind: 'html' }, 'bad-answer'],
  ['an end without a status', { kind: 'raw', chunks: [], ends: true }, 'lost'],
  [
    'an end within a message',
    { kind: 'raw', chunks: [frame(Buffer.from('whole')).subarray(0, 7)], ends: true },
    'lost',
  ],
  ['garbage for frames', { kind: 'raw', chunks: [Buffer.alloc(4096, 0xff)] }, 'bad-answer'],
  [
    'a message that is too long',
    { kind: 'raw', chunks: [Buffer.of(0, 0, 0x40, 0, 1)] },
    'bad-answer',
  ],
];

for (const [name, conduct, reason] of endings) {
  test(`${name}: ${reason}`, async (t) => {
    const agent = await startAgent(t, conduct);
    const { end, received } = follow(t, agent.address);
    assert.equal(await end, reason);
    assert.deepEqual(received, []);
    await until('nothing is left open', () => agent.streams === 0);
  });
}

test('messages in the smallest pieces, and the largest that is allowed', async (t) => {
  const largest = Buffer.alloc(4 * 1024 * 1024, 'x');
  const pieces = [...frame(Buffer.from('small'))].map((byte) => Buffer.of(byte));
  const agent = await startAgent(t, { kind: 'raw', chunks: [...pieces, frame(largest)] });
  const { received } = follow(t, agent.address);
  await until('both messages', () => received.length === 2);
  assert.deepEqual([received[0], received[1]?.length], ['small', largest.length]);
});

test('an agent that dies ends the stream', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { received, end } = follow(t, agent.address);
  await until('the message', () => received.length === 1);
  await agent.die();
  assert.equal(await end, 'lost');
});

test('an identity that is taken away ends the stream with that reason', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { received, end } = follow(t, agent.address);
  await until('the message', () => received.length === 1);
  agent.refuse(7, 'no identity issued');
  assert.equal(await end, 'permission-denied');
});

test('an agent that takes the call and never answers is given up', async (t) => {
  const agent = await startAgent(t, { kind: 'silent' });
  const { end } = follow(t, agent.address, { ...PATIENT, answer: 50 });
  assert.equal(await end, 'timeout');
  await until('nothing is left open', () => agent.streams === 0);
});

test('an agent that begins an answer and does not go on is given up', async (t) => {
  const agent = await startAgent(t, { kind: 'raw', chunks: [Buffer.of(0, 0)] });
  const { end } = follow(t, agent.address, { ...PATIENT, answer: 50 });
  assert.equal(await end, 'timeout');
});

test('an agent that accepts and speaks no HTTP/2 at all is given up', async (t) => {
  const port = await listening(t, () => {});
  const address = { kind: 'tcp', host: '127.0.0.1', port } as const;
  assert.equal(await follow(t, address, { ...PATIENT, answer: 50 }).end, 'timeout');
});

test('an agent that speaks something else is a bad answer', async (t) => {
  const port = await listening(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  assert.equal(await follow(t, { kind: 'tcp', host: '127.0.0.1', port }).end, 'bad-answer');
});

test('an agent that lives answers pings, and the stream stays', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { received } = follow(t, agent.address, { ...PATIENT, pingEvery: 1 });
  await until('some pings', () => agent.pings >= 5);
  agent.serve(Buffer.from('two'));
  await until('the next message', () => received.length === 2);
});

test('an agent that answers no ping any more is given up', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { address } = agent;
  // The agent itself cannot be stopped; what goes to it can.
  const relayed: Socket[] = [];
  const port = await listening(t, (socket) => {
    const onward = connect(address.kind === 'tcp' ? address : assert.fail());
    onward.pipe(socket);
    socket.pipe(onward);
    relayed.push(socket);
    t.after(() => onward.destroy());
  });
  const times = { ...PATIENT, pingEvery: 1, pingAnswer: 50 };
  const { received, end } = follow(t, { kind: 'tcp', host: '127.0.0.1', port }, times);
  await until('the message', () => received.length === 1);
  for (const socket of relayed) socket.unpipe();
  assert.equal(await end, 'timeout');
});

test('a socket that is not there, or that nobody listens on', async (t) => {
  const path = join(folderWith(t, { file: '' }), 'agent.sock');
  assert.equal(await follow(t, { kind: 'unix', path }).end, 'unreachable');
  assert.equal(await follow(t, { kind: 'unix', path: join(path, '../file') }).end, 'unreachable');
  const agent = await startAgent(t, serve('one'));
  const { address } = agent;
  await agent.die();
  assert.equal(await follow(t, address).end, 'unreachable');
});

test('a call that is aborted before it began opens nothing', async (t) => {
  const agent = await startAgent(t, serve('one'));
  const { end, abort } = follow(t, agent.address);
  abort();
  assert.equal(await end, 'aborted');
  await until('nothing is left open', () => agent.streams === 0);
});
