import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { Deadlines } from '../../src/async/deadlines.js';
import { Budget } from '../../src/net/budget.js';
import { Pipe } from '../../src/net/pipe.js';
import { until } from '../support/eventually.js';
import { Owner } from '../support/piped.js';
import { ending, ignore, readBytes, socketPair } from '../support/sockets.js';

/** A pipe whose server is not known yet. */
interface Dialling {
  readonly client: Socket;
  readonly proxied: Socket;
  readonly owner: Owner;
  readonly pipe: Pipe;
  readonly budget: Budget;
}

async function dialling(t: TestContext): Promise<Dialling> {
  const { near, far } = await socketPair(t);
  const owner = new Owner();
  const budget = new Budget();
  const pipe = new Pipe(far, owner, { timers: new Deadlines(), budget });
  return { client: near, proxied: far, owner, pipe, budget };
}

test('what a client sends before its server is known is kept and goes first', async (t) => {
  const { client, owner, pipe, budget } = await dialling(t);
  client.write('first ');
  await until('it was read', () => pipe.early().toString() === 'first ');
  client.write('second ');
  await until('it was read', () => pipe.early().toString() === 'first second ');
  assert.equal(budget.waiting, 13);
  const { near, far: server } = await socketPair(t);
  pipe.join(near, -1);
  client.end('third');
  assert.equal((await ending(server)).bytes.toString(), 'first second third');
  server.end();
  assert.equal(await owner.done, 'done');
  assert.deepEqual(owner.told.slice(0, 2), ['bytes', 'bytes']);
  assert.equal(budget.waiting, 0);
});

test('a FIN before the server is known is passed on behind the bytes, and the answer arrives', async (t) => {
  const { client, owner, pipe } = await dialling(t);
  client.end('question');
  await until('the FIN was read', () => owner.told.includes('fin'));
  const { near, far: server } = await socketPair(t);
  pipe.join(near, 60_000);
  assert.deepEqual(await ending(server), { by: 'fin', bytes: Buffer.from('question') });
  server.end('answer');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('answer') });
  assert.equal(await owner.done, 'done');
});

test('a reset before the server is known is told at once', async (t) => {
  const { client, owner, budget, pipe } = await dialling(t);
  client.write('question');
  await until('it was read', () => pipe.early().length === 8);
  client.resetAndDestroy();
  await until('it was told', () => owner.told.includes('lost'));
  assert.equal(budget.waiting, 0);
});

test('a client that sends much before its server is known is paused, and loses nothing', async (t) => {
  const { client, proxied, owner, pipe } = await dialling(t);
  const sent = Buffer.alloc(8 * 1024 * 1024, 'abcdefghijklmnopqrstuvwxy');
  client.end(sent);
  await until('it is paused', () => proxied.isPaused());
  assert.ok(pipe.early().length >= 64 * 1024);
  assert.ok(pipe.early().length + proxied.readableLength <= 256 * 1024);
  const { near, far: server } = await socketPair(t);
  pipe.join(near, -1);
  assert.ok((await ending(server)).bytes.equals(sent));
  server.end();
  assert.equal(await owner.done, 'done');
});

test('a client that was reset in the turn in which its server answered takes the server with it', async (t) => {
  const { proxied, owner, pipe } = await dialling(t);
  const { near, far: server } = await socketPair(t);
  proxied.resetAndDestroy();
  pipe.join(near, -1);
  assert.equal((await ending(server)).by, 'reset');
  assert.equal(await owner.done, 'cut');
});

test('a server that was reset before the pipe had it takes the client with it', async (t) => {
  const { client, owner, pipe } = await dialling(t);
  const { near, far: server } = await socketPair(t);
  server.resetAndDestroy();
  pipe.join(near, -1);
  assert.equal((await ending(client)).by, 'reset');
  assert.equal(await owner.done, 'server-reset');
});

test('a released client has lost its handlers and what it sent', async (t) => {
  const { client, proxied, owner, pipe, budget } = await dialling(t);
  client.end('question');
  await until('the FIN was read', () => owner.told.includes('fin'));
  const released = pipe.release();
  released.on('error', ignore);
  assert.equal(released, proxied);
  assert.equal(budget.waiting, 0);
  released.end('bye');
  assert.deepEqual(await ending(client), { by: 'fin', bytes: Buffer.from('bye') });
  assert.deepEqual(owner.told, ['bytes', 'fin']);
});

test('a client that is handed back is paused and can be read from its first byte', async (t) => {
  const { client, owner, pipe } = await dialling(t);
  client.write('GET ');
  await until('it was read', () => pipe.early().length === 4);
  const handed = pipe.handBack();
  handed.on('error', ignore);
  assert.equal(handed.isPaused(), true);
  client.write('/ping');
  assert.equal((await readBytes(handed, 9)).toString(), 'GET /ping');
  assert.deepEqual(owner.told, ['bytes']);
});

test('every split of a stream arrives whole, wherever in it the server becomes known', async (t) => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), { maxLength: 12 });
  const plan = fc.record({ up: pieces, down: pieces, joinAfter: fc.nat(12) });
  await fc.assert(
    fc.asyncProperty(plan, async ({ up, down, joinAfter }) => {
      const { client, owner, pipe } = await dialling(t);
      const { near, far: server } = await socketPair(t);
      const received = Promise.all([ending(server), ending(client)]);
      let isJoined = false;
      for (const [index, piece] of up.entries()) {
        if (index === joinAfter) {
          pipe.join(near, -1);
          isJoined = true;
        }
        // Handed to the kernel one by one; a turn of the loop lets the other end read them so.
        if (!client.write(piece)) await once(client, 'drain');
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.end();
      if (!isJoined) pipe.join(near, -1);
      for (const piece of down) {
        server.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      server.end();
      const [atServer, atClient] = await received;
      assert.ok(atServer.bytes.equals(Buffer.concat(up)));
      assert.ok(atClient.bytes.equals(Buffer.concat(down)));
      assert.deepEqual([atServer.by, atClient.by, await owner.done], ['fin', 'fin', 'done']);
    }),
    { numRuns: 200 },
  );
});
