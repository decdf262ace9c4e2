import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Budget } from '../../src/net/budget.js';
import { until } from '../support/eventually.js';
import { piped, stuck } from '../support/piped.js';
import { ending, MIB, readBytes, readEach } from '../support/sockets.js';

/** Bytes that differ everywhere, so that a lost, doubled or moved piece shows. */
function pattern(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 4) {
    bytes.writeUInt32LE((Math.imul(at + 1, 2_654_435_761) ^ seed) >>> 0, at);
  }
  return bytes;
}

const digest = (hash: Hash) => hash.digest('hex');

const hashOf = (bytes: Buffer) => digest(createHash('sha256').update(bytes));

/** Reads everything, a little at a time, for longer than any delay that the tests use. */
async function readSlowly(socket: Socket): Promise<{ by: 'fin' | 'reset'; hash: string }> {
  const hash = createHash('sha256');
  let unread = 0;
  const by = await readEach(socket, (chunk) => {
    hash.update(chunk);
    unread += chunk.length;
    if (unread < MIB / 4) return;
    unread = 0;
    socket.pause();
    void delay(20).then(() => socket.resume());
  });
  return { by, hash: digest(hash) };
}

test('a client that has finished sending still receives a late answer', async (t) => {
  const { client, server, done } = await piped(t);
  client.end('question');
  assert.equal((await ending(server)).bytes.toString(), 'question');
  server.write('late ');
  assert.equal((await readBytes(client, 5)).toString(), 'late ');
  server.end('answer');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('answer') });
  assert.equal(await done, 'done');
});

test('a server that has finished sending still receives what the client sends late', async (t) => {
  const { client, server, pipe, done } = await piped(t);
  server.end('banner');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('banner') });
  client.write('late ');
  assert.equal((await readBytes(server, 5)).toString(), 'late ');
  client.end('words');
  assert.deepEqual(await ending(server), { by: 'fin', bytes: Buffer.from('words') });
  assert.equal(await done, 'done');
  assert.deepEqual([pipe.sent, pipe.received], [10, 6]);
});

test('a server that speaks first is heard before the client has said anything', async (t) => {
  const { client, server } = await piped(t);
  server.write('220 ready\r\n');
  assert.equal((await readBytes(client, 11)).toString(), '220 ready\r\n');
  client.write('QUIT\r\n');
  assert.equal((await readBytes(server, 6)).toString(), 'QUIT\r\n');
});

test('nothing is lost when both sides finish at the same moment', async (t) => {
  const { client, server, done } = await piped(t, { terminationDelay: 0 });
  client.end('question');
  server.end('answer');
  const [atServer, atClient] = await Promise.all([ending(server), ending(client)]);
  assert.deepEqual(atServer, { by: 'fin', bytes: Buffer.from('question') });
  assert.deepEqual(atClient, { by: 'fin', bytes: Buffer.from('answer') });
  assert.equal(await done, 'done');
});

for (const [terminationDelay, size] of [
  [0, 4 * MIB],
  [100, 4 * MIB],
  // More than the kernel holds for us: our own buffers must not be dropped either.
  [0, 32 * MIB],
  [100, 32 * MIB],
] as const) {
  const name = `${size / MIB} MiB and a FIN reach a client that`;
  const when = `at a termination delay of ${terminationDelay} ms`;

  test(`${name} reads slowly, ${when}`, async (t) => {
    const { client, server, done } = await piped(t, { terminationDelay });
    const answer = pattern(size, 1);
    server.end(answer);
    const { by, hash } = await readSlowly(client);
    assert.deepEqual({ by, hash }, { by: 'fin', hash: hashOf(answer) });
    client.end();
    assert.ok(['done', 'termination-delay'].includes(await done));
  });

  test(`${name} begins to read only when all others are done, ${when}`, async (t) => {
    const { client, server, proxied } = await piped(t, { terminationDelay });
    const answer = pattern(size, 1);
    server.end(answer);
    // Either all is in the kernel's hands and both sockets are gone, or the bytes still wait here.
    await until(
      'all that fits is on its way',
      () => proxied.client.destroyed || proxied.client.writableLength > 0,
    );
    await delay(2 * terminationDelay);
    assert.deepEqual(await readSlowly(client), { by: 'fin', hash: hashOf(answer) });
  });
}

test('64 MiB go both ways at once, byte for byte', async (t) => {
  const { client, server, pipe, budget, done } = await piped(t);
  const up = pattern(64 * MIB, 2);
  const down = pattern(64 * MIB, 3);
  const hashes = { up: createHash('sha256'), down: createHash('sha256') };
  const received = Promise.all([
    readEach(server, (chunk) => hashes.up.update(chunk)),
    readEach(client, (chunk) => hashes.down.update(chunk)),
  ]);
  client.end(up);
  server.end(down);
  assert.deepEqual(await received, ['fin', 'fin']);
  assert.equal(digest(hashes.up), hashOf(up));
  assert.equal(digest(hashes.down), hashOf(down));
  assert.equal(await done, 'done');
  assert.deepEqual([pipe.sent, pipe.received, budget.waiting], [up.length, down.length, 0]);
});

test('what waits for a client that does not read is bounded, counted, and delivered at last', async (t) => {
  const all = await piped(t);
  const { client, server, proxied, pipe, budget, done } = all;
  await stuck(all);
  const held = proxied.client.writableLength + proxied.server.readableLength;
  assert.ok(held <= 256 * 1024, `${held} bytes are held`);
  assert.ok(budget.waiting >= proxied.client.writableLength, 'the waiting bytes are counted');
  assert.ok(budget.waiting <= 256 * 1024, `${budget.waiting} bytes are counted`);
  server.end();
  client.end();
  let bytes = 0;
  assert.equal(await readEach(client, (chunk) => (bytes += chunk.length)), 'fin');
  assert.equal(await done, 'done');
  assert.deepEqual([bytes, budget.waiting], [pipe.received, 0]);
});

test('above the budget a pipe holds no more than one chunk, and one that flows goes on', async (t) => {
  const budget = new Budget(1);
  const slow = await piped(t, { budget });
  const other = await piped(t, { budget });
  await stuck(slow);
  assert.ok(budget.isExceeded);
  assert.ok(slow.proxied.client.writableLength <= 64 * 1024);
  const answer = pattern(4 * MIB, 4);
  other.server.end(answer);
  assert.equal(hashOf((await ending(other.client)).bytes), hashOf(answer));
});

test('what waited is uncounted when the pipe is cut', async (t) => {
  const all = await piped(t);
  await stuck(all);
  all.pipe.cut();
  assert.equal(await all.done, 'cut');
  assert.equal(all.budget.waiting, 0);
});

for (const terminationDelay of [0, 100]) {
  test(`a client that finished first is reset at a termination delay of ${terminationDelay} ms, and the server keeps its FIN`, async (t) => {
    const { client, server, done } = await piped(t, { terminationDelay });
    client.end('question');
    const atServer = ending(server);
    assert.equal((await ending(client)).by, 'reset');
    assert.deepEqual(await atServer, { by: 'fin', bytes: Buffer.from('question') });
    assert.equal(await done, 'termination-delay');
  });

  test(`a server that finished first is reset at a termination delay of ${terminationDelay} ms, and the client keeps the whole answer`, async (t) => {
    const { client, server, done } = await piped(t, { terminationDelay });
    server.end('answer');
    const atClient = ending(client);
    assert.equal((await ending(server)).by, 'reset');
    assert.deepEqual(await atClient, { by: 'fin', bytes: Buffer.from('answer') });
    assert.equal(await done, 'termination-delay');
  });
}

test('a termination delay is absolute: an answer that still flows is cut, visibly', async (t) => {
  const { client, server, done } = await piped(t, { terminationDelay: 200 });
  client.end('question');
  const send = () => void server.write(Buffer.alloc(16 * 1024));
  const timer = setInterval(send, 5);
  t.after(() => clearInterval(timer));
  const received = ending(client);
  assert.equal(await done, 'termination-delay');
  // That it is a reset is shown above: Node 20 reads one behind bytes as a FIN.
  assert.ok((await received).bytes.length > 0);
});

test('who was cut may go on sending into the void, and is closed at its FIN', async (t) => {
  const { client, server, proxied, done } = await piped(t, { terminationDelay: 1_500 });
  server.end('answer');
  await ending(client);
  assert.equal((await ending(server)).by, 'reset');
  client.write(Buffer.alloc(MIB));
  await until('the bytes are read', () => proxied.client.bytesRead === MIB);
  client.end();
  assert.equal(await done, 'termination-delay');
});

test('an answer within a long termination delay arrives whole', async (t) => {
  const { client, server, done } = await piped(t, { terminationDelay: 60_000 });
  client.end('question');
  await ending(server);
  server.end('answer');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('answer') });
  assert.equal(await done, 'done');
});

test('a negative termination delay never ends a half-closed connection', async (t) => {
  const { client, server, proxied } = await piped(t, { terminationDelay: -1 });
  client.end('question');
  await ending(server);
  await delay(300);
  assert.equal(proxied.client.destroyed || proxied.server.destroyed, false);
  server.end('answer');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('answer') });
});

const SIDES = ['client', 'server'] as const;

for (const side of SIDES) {
  const other = side === 'client' ? 'server' : 'client';

  test(`a reset by the ${side} is a reset for the ${other}`, async (t) => {
    const ends = await piped(t, { terminationDelay: 60_000 });
    ends[side].resetAndDestroy();
    assert.equal((await ending(ends[other])).by, 'reset');
    assert.equal(await ends.done, `${side}-reset`);
  });

  test(`a reset by the ${side} after the FIN of the ${other} is a reset`, async (t) => {
    const ends = await piped(t, { terminationDelay: 60_000 });
    ends[other].end('last words');
    assert.equal((await readBytes(ends[side], 10)).toString(), 'last words');
    ends[side].resetAndDestroy();
    assert.equal((await ending(ends[other])).by, 'reset');
    assert.equal(await ends.done, `${side}-reset`);
  });

  test(`a reset by the ${side} after its own FIN is a reset as soon as the ${other} sends on`, async (t) => {
    const ends = await piped(t, { terminationDelay: 60_000 });
    ends[side].end('question');
    assert.equal((await ending(ends[other])).by, 'fin');
    ends[side].resetAndDestroy();
    const timer = setInterval(() => ends[other].write('answer'), 10);
    t.after(() => clearInterval(timer));
    assert.equal(await ends.done, `${side}-reset`);
    await until('the reset arrives', () => ends[other].errored !== null);
  });

  test(`a ${side} that answers no more is a reset for the ${other}, and told apart from a reset`, async (t) => {
    const ends = await piped(t);
    // As the kernel says it when all keep-alive probes were in vain.
    ends.proxied[side].destroy(Object.assign(new Error('read'), { code: 'ETIMEDOUT' }));
    assert.equal((await ending(ends[other])).by, 'reset');
    assert.equal(await ends.done, `${side}-vanished`);
  });

  for (const how of ['destroy', 'resetAndDestroy'] as const) {
    test(`the ${side}'s socket ended from outside (${how}) resets the ${other}`, async (t) => {
      const ends = await piped(t);
      ends.proxied[side][how]();
      assert.equal((await ending(ends[other])).by, 'reset');
      assert.equal(await ends.done, 'cut');
    });
  }
}

test('a cut resets both sides, also while a FIN is on its way', async (t: TestContext) => {
  const { client, server, proxied, pipe, done } = await piped(t);
  server.end('answer');
  await once(proxied.server, 'end');
  pipe.cut();
  assert.equal(await done, 'cut');
  assert.equal((await ending(server)).by, 'reset');
  await ending(client);
  assert.equal(proxied.client.closed && proxied.server.closed, true);
});
