import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { Deadlines } from '../../src/async/deadlines.js';
import { Budget } from '../../src/net/budget.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../../src/net/pipe.js';
import { errorOf, readToEnd, socketPair } from '../support/sockets.js';

class Owner implements PipeOwner {
  #resolve = (_end: PipeEnd): void => {};
  readonly ended = new Promise<PipeEnd>((resolve) => (this.#resolve = resolve));
  pipeEnded(end: PipeEnd): void {
    this.#resolve(end);
  }
  earlyBytes(): void {
    // Nobody looks at them here.
  }
  earlyFin(): void {
    // Kept by the pipe.
  }
  clientLost(): void {
    // Not before `join` in these tests.
  }
}

interface Piped {
  /** As the outside world has them. */
  readonly client: Socket;
  readonly server: Socket;
  readonly pipe: Pipe;
  readonly budget: Budget;
  readonly ended: Promise<PipeEnd>;
}

async function piped(t: TestContext, terminationDelay = -1): Promise<Piped> {
  const [front, back] = [await socketPair(t), await socketPair(t)];
  for (const socket of [front.near, back.far]) socket.on('error', () => {});
  const owner = new Owner();
  const budget = new Budget();
  const pipe = new Pipe(front.far, owner, { timers: new Deadlines(), budget });
  pipe.join(back.near, terminationDelay);
  return { client: front.near, server: back.far, pipe, budget, ended: owner.ended };
}

test('a client that has finished sending still receives the whole late answer', async (t) => {
  const { client, server, ended } = await piped(t);
  client.end('question');
  assert.equal(String(await readToEnd(server)), 'question');
  server.end('answer');
  assert.equal(String(await readToEnd(client)), 'answer');
  assert.equal(await ended, 'done');
});

test('a server that finishes first still receives what the client sends', async (t) => {
  const { client, server, ended } = await piped(t);
  server.end('banner');
  assert.equal(String(await readToEnd(client)), 'banner');
  client.end('late');
  assert.equal(String(await readToEnd(server)), 'late');
  assert.equal(await ended, 'done');
});

for (const delay of [0, 100]) {
  test(`a slow reader gets 4 MiB and the FIN at a termination delay of ${delay} ms`, async (t) => {
    const { client, server, ended } = await piped(t, delay);
    const answer = randomBytes(4 * 1024 * 1024);
    server.resume();
    server.end(answer);
    const chunks: Buffer[] = [];
    let isEnded = false;
    client.once('end', () => (isEnded = true));
    while (!isEnded) {
      const chunk: unknown = client.read(16 * 1024) ?? client.read();
      if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      await turn();
    }
    assert.ok(Buffer.concat(chunks).equals(answer));
    client.end();
    assert.notEqual(await ended, 'client-reset');
  });
}

test('64 MiB both ways arrive as they were sent', async (t) => {
  const { client, server, ended } = await piped(t);
  const [up, down] = [randomBytes(64 * 1024 * 1024), randomBytes(64 * 1024 * 1024)];
  client.end(up);
  server.end(down);
  const [atServer, atClient] = await Promise.all([readToEnd(server), readToEnd(client)]);
  assert.ok(atServer.equals(up));
  assert.ok(atClient.equals(down));
  assert.equal(await ended, 'done');
});

test('a reader that does not read bounds what is kept for it', async (t) => {
  const { client, server, budget, pipe } = await piped(t);
  client.pause();
  server.resume();
  const block = Buffer.alloc(1024 * 1024);
  let written = 0;
  while (written < 200 && server.write(block)) written += 1;
  for (let turns = 0; turns < 200; turns += 1) {
    if (server.writableLength === 0 && written < 200) {
      server.write(block);
      written += 1;
    }
    await turn();
  }
  assert.ok(budget.waiting <= 256 * 1024, `${budget.waiting} bytes wait`);
  pipe.cut();
});

test('the termination delay resets the side that is still sent to, and spares the other', async (t) => {
  const { client, server, ended } = await piped(t, 50);
  client.end('question');
  // The client sent its FIN and waits for an answer that does not come: it must not take a FIN for one.
  const clientError = errorOf(client);
  assert.equal(String(await readToEnd(server)), 'question');
  assert.equal(await clientError, 'ECONNRESET');
  server.end();
  assert.equal(await ended, 'termination-delay');
});

test('a termination delay of 0 ends the other direction at once', async (t) => {
  const { client, ended } = await piped(t, 0);
  client.end('question');
  assert.equal(await errorOf(client), 'ECONNRESET');
  assert.equal(await ended, 'termination-delay');
});

for (const side of ['client', 'server'] as const) {
  test(`a reset by the ${side} is a reset for the other`, async (t) => {
    const ends = await piped(t);
    const other = side === 'client' ? ends.server : ends.client;
    // Both directions must be under way before the reset.
    ends.client.write('x');
    await once(ends.server, 'data');
    const error = errorOf(other);
    ends[side].resetAndDestroy();
    assert.equal(await error, 'ECONNRESET');
    assert.equal(await ends.ended, `${side}-reset`);
  });
}

test('a cut from outside resets both sides', async (t) => {
  const { client, server, pipe, ended } = await piped(t);
  const errors = Promise.all([errorOf(client), errorOf(server)]);
  pipe.cut();
  assert.deepEqual(await errors, ['ECONNRESET', 'ECONNRESET']);
  assert.equal(await ended, 'cut');
});

test('a server that speaks first is heard before the client says anything', async (t) => {
  const { client, server } = await piped(t);
  server.write('220 ready');
  const greeting = await once(client, 'data').then(String);
  assert.equal(greeting, '220 ready');
});

test('what the client sent early goes first, and its FIN is kept', async (t) => {
  const [front, back] = [await socketPair(t), await socketPair(t)];
  const owner = new Owner();
  const early = new Promise<void>((resolve) => (owner.earlyFin = resolve));
  const pipe = new Pipe(front.far, owner, { timers: new Deadlines(), budget: new Budget() });
  front.far.resume();
  front.near.end('early');
  await early;
  pipe.join(back.near, -1);
  assert.equal(String(await readToEnd(back.far)), 'early');
  back.far.end('answer');
  assert.equal(String(await readToEnd(front.near)), 'answer');
  assert.equal(await owner.ended, 'done');
});

test('a stream arrives whole, however it is split', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 30 }),
      async (parts) => {
        const { client, server, ended } = await piped(t);
        for (const part of parts) client.write(part);
        client.end();
        const whole = await readToEnd(server);
        server.end(whole);
        assert.ok((await readToEnd(client)).equals(Buffer.concat(parts)));
        assert.equal(await ended, 'done');
      },
    ),
    { numRuns: 40 },
  );
});
