import assert from 'node:assert/strict';
import test from 'node:test';
import { balanced, named, written } from '../support/balanced.js';
import { until } from '../support/eventually.js';
import { startProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';
import { certified, termination } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';
import { startTlsServer, trusting } from '../support/tls-servers.js';

const limited = async (
  t: Parameters<typeof startProxy>[0],
  limits: { idleTimeout?: number; maxDuration?: number },
) => {
  const { port } = await startServer(t, echo);
  const far = server(port);
  const to = service([far], {}, 'db@test', undefined, {
    ...{ idleTimeout: 0, maxDuration: 0 },
    ...limits,
  });
  return { far, running: await startProxy(t, { table: table({ tcp: [route(to)] }) }) };
};

test('an idle connection is reset on both sides, and one that is used lives on', async (t) => {
  const { far, running } = await limited(t, { idleTimeout: 200 });
  const [idle, used] = [running.client(), running.client()];
  let isOver = false;
  const using = (async () => {
    while (!isOver) {
      const length = used.received.length;
      used.send('.');
      await until('it is answered', () => used.received.length > length);
    }
  })();
  assert.equal(await idle.send('hello').ended, 'reset');
  assert.deepEqual(await running.ended(1), ['idle-timeout']);
  isOver = true;
  await using;
  assert.equal(far.open, 1);
  assert.equal(await used.ended, 'reset');
  assert.deepEqual(await running.ended(2), ['idle-timeout', 'idle-timeout']);
  assert.equal(far.open, 0);
});

test('maxDuration ends a connection that is used', async (t) => {
  const { running } = await limited(t, { idleTimeout: 60_000, maxDuration: 200 });
  const client = running.client();
  const using = setInterval(() => client.socket.writable && client.send('.'), 10);
  t.after(() => clearInterval(using));
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['max-duration']);
});

test('what flows outlives every deadline', async (t) => {
  const own = termination(certified('a.test'));
  const far = await startTlsServer(t, echo);
  const dialTimeout = 250;
  const limits = { idleTimeout: 300, maxDuration: 0 };
  const to = service([server(far.port)], { dialTimeout }, 'db@test', trusting(), limits);
  const running = await startProxy(t, {
    entryPoints: { tcp: { readTimeout: 250, sniffTimeout: 100 } },
    table: table({ tcp: { plain: [route(to)], tls: [route(to, () => true, 'tls@test', own)] } }),
  });
  const plain = running.client();
  const secure = new TlsClient(t, running.port());
  const clients = [
    { say: (word: string) => plain.send(word), heard: () => plain.received },
    { say: (word: string) => secure.stream.write(word), heard: () => secure.received },
  ];
  const until3Times = performance.now() + 3 * limits.idleTimeout;
  for (let trips = 1; trips <= 50 || performance.now() < until3Times; trips += 1) {
    for (const { say } of clients) say('.');
    await until('both are answered', () => clients.every(({ heard }) => heard().length === trips));
  }
  plain.finish();
  secure.stream.end();
  assert.deepEqual([await plain.ended, await secure.ended], ['fin', 'end']);
  assert.deepEqual(await running.ended(2), ['done', 'done']);
});

test('a receiver that takes nothing for a while is not idle', async (t) => {
  const limits = { idleTimeout: 100, maxDuration: 0 };
  const to = (port: number) => service([server(port)], {}, 'db@test', undefined, limits);
  const much = Buffer.alloc(32 << 20, 1);
  const sender = await startServer(t, (socket) => socket.end(much));
  const silent = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: {}, alt: {} },
    table: table({ tcp: [route(to(sender.port))], alt: [route(to(silent.port))] }),
  });
  const blocked = running.client();
  blocked.socket.pause();
  await until('bytes wait', () => {
    const [session] = running.proxy.sessions.all();
    return session?.received !== undefined && session.received > 0;
  });
  for (let times = 0; times < 3; times += 1)
    assert.equal(await running.client('alt').ended, 'reset');
  assert.equal(running.open(), 1);
  blocked.socket.resume();
  assert.equal(await blocked.ended, 'fin');
  assert.equal(blocked.received.length, much.length);
});

test('connections of a removed server end after its drain; those of others, and of one that is kept, live on', async (t) => {
  const proxy = await balanced(t);
  const [a, b, c] = [await named(t, 'a'), await named(t, 'b'), await named(t, 'c')];
  const drained = (...addresses: string[]) =>
    written(
      addresses.map((address) => ({ address })),
      { drain: 100 },
    );
  proxy.swap(drained(a, b));
  const first = await proxy.visit();
  const second = await proxy.visit();
  assert.deepEqual([first.by, second.by], ['a', 'b']);
  proxy.swap(drained(b));
  assert.equal(await first.client.ended, 'reset');
  assert.deepEqual(await proxy.running.ended(1), ['drained']);

  proxy.swap(written([{ address: b }, { address: c }], { drain: 'keep' }));
  proxy.swap(written([{ address: c }], { drain: 0 }));
  assert.equal((await proxy.visit()).by, 'c');
  assert.equal(proxy.running.open(), 2);
  proxy.swap();
  await proxy.running.ended(2);
  assert.deepEqual(proxy.running.ends(), ['drained', 'drained']);
  assert.equal(proxy.running.open(), 1);
  second.client.finish();
  assert.equal(await second.client.ended, 'fin');
});

test('a server that is back before its drain is over keeps its connections', async (t) => {
  const proxy = await balanced(t);
  const [a, b] = [await named(t, 'a'), await named(t, 'b')];
  const drained = (...addresses: string[]) =>
    written(
      addresses.map((address) => ({ address })),
      { drain: 300 },
    );
  proxy.swap(drained(a, b));
  const [first, second] = [await proxy.visit(), await proxy.visit()];
  proxy.swap(drained());
  proxy.swap(drained(a));
  assert.equal(await second.client.ended, 'reset');
  assert.equal(proxy.running.open(), 1);
  first.client.finish();
  assert.equal(await first.client.ended, 'fin');
  assert.deepEqual(await proxy.running.ended(2), ['drained', 'done']);
});

test('connections of a server that a check finds down end after drainOnUnhealthy', async (t) => {
  const health = await startServer(t, (socket) => socket.end());
  const proxy = await balanced(t);
  const healthCheck = { port: health.port, interval: 50 };
  proxy.swap(written([{ address: await named(t, 'a') }], { drainOnUnhealthy: 50, healthCheck }));
  await until('it is known to be up', () => proxy.known().join() === 'up');
  const { client } = await proxy.visit();
  health.server.close();
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await proxy.running.ended(1), ['drained-unhealthy']);
});
