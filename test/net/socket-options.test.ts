import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { eventually, until } from '../support/eventually.js';
import { peerOf } from '../support/kernel.js';
import { startProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

/** A connection through the proxy: what the kernel says of the proxy's two ends of it. */
async function connected(t: TestContext, dialKeepAlive: number) {
  let far: Socket | undefined;
  const { port } = await startServer(t, (socket) => {
    far = socket;
    echo(socket);
  });
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([server(port)], { dialKeepAlive }))] }),
  });
  const client = running.client();
  await client.send('hello').gets('hello');
  const settled = (socket: Socket | undefined) =>
    eventually('nothing else is timed', () => (socket ? peerOf(socket) : undefined));
  return { accepted: await settled(client.socket), dialled: await settled(far) };
}

/** The timer was started when the connection was, or when it was last used. */
const isAbout = (seconds: number | undefined, expected: number) =>
  assert.ok(
    seconds !== undefined && seconds <= expected && seconds > expected - 10,
    `${seconds} s instead of ${expected} s`,
  );

const systemsOwn = () => Number(readFileSync('/proc/sys/net/ipv4/tcp_keepalive_time', 'utf8'));

test('clients are kept alive with the times of the system, servers with those of the transport (D28)', async (t) => {
  const { accepted, dialled } = await connected(t, 42_000);
  isAbout(accepted.keepAliveIn, systemsOwn());
  isAbout(dialled.keepAliveIn, 42);
});

test('a dialKeepAlive of 0 is the default, and one below a second is a second', async (t) => {
  isAbout((await connected(t, 0)).dialled.keepAliveIn, 15);
  isAbout((await connected(t, 100)).dialled.keepAliveIn, 1);
});

test('a negative dialKeepAlive is none, for the server alone', async (t) => {
  const { accepted, dialled } = await connected(t, -1);
  isAbout(accepted.keepAliveIn, systemsOwn());
  assert.equal(dialled.keepAliveIn, undefined);
});

test('small writes one after the other do not wait for each other, in either direction (D29)', async (t) => {
  const ROUNDS = 20;
  let far: Socket | undefined;
  let asked = 0;
  const { port } = await startServer(t, (socket) => {
    far = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => (asked += bytes.length));
  });
  const running = await startProxy(t, { table: table({ tcp: [route(service([server(port)]))] }) });
  const client = running.client();
  await until('it is connected', () => far !== undefined);
  const started = performance.now();
  // With Nagle the second piece would wait for an acknowledgement of the first, which is delayed.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const piece of [1, 2]) {
      client.send('x');
      while (asked < 2 * round + piece) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const piece of [1, 2]) {
      far?.write('y');
      await client.gets('y'.repeat(2 * round + piece));
    }
  }
  const took = performance.now() - started;
  assert.ok(took < ROUNDS * 20, `${took} ms; with Nagle 40 ms for each of ${ROUNDS} rounds`);
});
