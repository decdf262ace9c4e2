import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';
import { RunningProxy, startProxy } from '../support/proxy.js';
import { echo, saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

test('each entry point has its own routes', async (t) => {
  const one = await startServer(t, saying('one'));
  const two = await startServer(t, saying('two'));
  const running = await startProxy(t, {
    entryPoints: { tcp: {}, alt: {} },
    table: table({
      tcp: [route(service([server(one.port)]))],
      alt: [route(service([server(two.port)]))],
    }),
  });
  const [first, second] = [running.client('tcp'), running.client('alt')];
  assert.equal(await first.ended, 'fin');
  assert.equal(await second.ended, 'fin');
  assert.deepEqual([first.received, second.received], ['one', 'two']);
});

test('routes are asked in order, with the address of the client', async (t) => {
  const local = await startServer(t, saying('local'));
  const other = await startServer(t, saying('other'));
  const running = await startProxy(t, {
    table: table({
      tcp: [
        route(
          service([server(local.port)]),
          ({ remoteAddress }) => remoteAddress === '127.0.0.1',
          'local@test',
        ),
        route(service([server(other.port)]), () => true, 'other@test'),
      ],
    }),
  });
  const client = running.client();
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'local');
});

test('an entry point without a host takes IPv4 and IPv6 clients, and the mapped form is not seen', async (t) => {
  const { port } = await startServer(t, echo);
  const seen: string[] = [];
  const running = await startProxy(t, {
    entryPoints: { tcp: { host: '' } },
    table: table({
      tcp: [
        route(service([server(port)]), ({ remoteAddress }) => {
          seen.push(remoteAddress);
          return true;
        }),
      ],
    }),
  });
  for (const host of ['127.0.0.1', '::1']) {
    const client = running.client('tcp', host).finish('hello');
    assert.equal(await client.ended, 'fin');
    assert.equal(client.received, 'hello');
  }
  assert.deepEqual(seen, ['127.0.0.1', '::1']);
});

test('a server that has only an IPv6 address is reached', async (t) => {
  const { port } = await startServer(t, saying('six'), '::1');
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([server(port, '::1')]))] }),
  });
  const client = running.client();
  await client.ended;
  assert.equal(client.received, 'six');
});

test('the server may speak first', async (t) => {
  const { port } = await startServer(t, (socket) => {
    socket.write('220 ready');
    socket.once('data', () => socket.end(' bye'));
  });
  const running = await startProxy(t, { table: table({ tcp: [route(service([server(port)]))] }) });
  const client = running.client();
  await client.gets('220 ready');
  client.finish('QUIT');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, '220 ready bye');
  assert.deepEqual(await running.ended(1), ['done']);
});

test('a client without a route gets a FIN, whatever it sends', async (t) => {
  const running = await startProxy(t, { table: table({ tcp: [] }) });
  const client = running.client().send('hello');
  assert.equal(await client.ended, 'fin');
  client.send('more');
  client.finish();
  assert.deepEqual(await running.ended(1), ['no-route']);
});

test('before the first table there is no route', async (t) => {
  const running = await startProxy(t);
  assert.equal(await running.client().ended, 'fin');
  assert.deepEqual(await running.ended(1), ['no-route']);
});

test('a disabled router closes what it matches, and nothing falls through to the next', async (t) => {
  const { port } = await startServer(t, saying('weaker'));
  const running = await startProxy(t, {
    table: table({
      tcp: [route(undefined, () => true, 'off@test'), route(service([server(port)]))],
    }),
  });
  const client = running.client();
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, '');
  assert.deepEqual(await running.ended(1), ['router-disabled']);
});

test('a service without servers is a reset', async (t) => {
  const running = await startProxy(t, { table: table({ tcp: [route(service([]))] }) });
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['no-server']);
});

test('a matcher that throws ends its own connection, and is said as an error', async (t) => {
  const broken = () => {
    throw new Error('a bug');
  };
  const running = await startProxy(t, { table: table({ tcp: [route(service([]), broken)] }) });
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['internal-error']);
  assert.equal(running.lines.filter(({ level }) => level === 'error').length, 1);
});

test('a port that is taken is named with its entry point, and the others listen', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const running = new RunningProxy(t, { entryPoints: { tcp: { port }, alt: {} } });
  t.after(() => running.proxy.stop());
  const errors = await running.proxy.listen();
  assert.deepEqual(
    errors.map(({ entryPoint, reason, address: where }) => [entryPoint, reason, where]),
    [['tcp', 'in-use', `127.0.0.1:${port}`]],
  );
  assert.notEqual(running.port('alt'), 0);
});

test('a udp entry point is not listened on', async (t) => {
  const running = await startProxy(t, { entryPoints: { tcp: {}, dns: { protocol: 'udp' } } });
  assert.deepEqual([...running.proxy.ports().keys()], ['tcp']);
});
