import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { eventually } from '../support/eventually.js';
import { clientHello } from '../support/hello.js';
import { startProxy } from '../support/proxy.js';
import { echo, saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

const HELLO = await clientHello({ servername: 'a.test' });
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');
const ACCESS_DENIED = Buffer.from('15030300020231', 'hex').toString('latin1');

const secure = route(undefined, () => true, 'secure@test');

test('a TLS client of a disabled router gets the alert access_denied', async (t) => {
  const { port } = await startServer(t, saying('plain'));
  const running = await startProxy(t, {
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client().send(HELLO);
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, ACCESS_DENIED);
  client.finish();
  assert.deepEqual(await running.ended(1), ['router-disabled']);
});

test('a Postgres client that asks for TLS is not given a plain router either', async (t) => {
  const { port } = await startServer(t, saying('plain'));
  const running = await startProxy(t, {
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client();
  // Byte by byte, to see that the decision waits.
  for (const byte of SSL_REQUEST) client.send(Buffer.from([byte]));
  await client.gets('S');
  client.send(HELLO);
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, `S${ACCESS_DENIED}`);
  assert.deepEqual(await running.ended(1), ['router-disabled']);
});

test('beside TLS routers other bytes go to the plain router, and none is lost', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client().send('h');
  await client.gets('h');
  client.finish('ello');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'hello');
});

test('a client that stays silent beside TLS routers gets the plain router', async (t) => {
  const { port } = await startServer(t, saying('220 ready'));
  const running = await startProxy(t, {
    entryPoints: { tcp: { sniffTimeout: 50 } },
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client();
  await client.gets('220 ready');
  client.finish();
  assert.deepEqual(await running.ended(1), ['done']);
});

test('silence is no way to a plain router for a client that has sent a byte', async (t) => {
  const { port } = await startServer(t, saying('plain'));
  const running = await startProxy(t, {
    entryPoints: { tcp: { sniffTimeout: 50, readTimeout: 200 } },
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client().send(Buffer.from([0]));
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, '');
  assert.deepEqual(await running.ended(1), ['route-timeout']);
});

test('a silent client that no plain router takes is closed at the deadline', async (t) => {
  const running = await startProxy(t, {
    entryPoints: { tcp: { sniffTimeout: 20, readTimeout: 60 } },
    table: table({ tcp: { plain: [route(service([]), () => false)], tls: [secure] } }),
  });
  assert.equal(await running.client().ended, 'fin');
  assert.deepEqual(await running.ended(1), ['route-timeout']);
});

test('a client keeps to the routes that it was accepted under', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [secure] } }),
  });
  const client = running.client();
  await eventually('the client is accepted', () => (running.open() === 1 ? true : undefined));
  running.proxy.apply(table({ tcp: [] }));
  client.send('hello');
  await client.gets('hello');
  assert.equal(await running.client().ended, 'fin');
});

const LAST_WORDS: readonly (readonly [string, Buffer, string])[] = [
  ['nothing', Buffer.alloc(0), 'client-left'],
  ['half of a Postgres request', SSL_REQUEST.subarray(0, 4), 'no-route'],
  ['text', Buffer.from('hello'), 'no-route'],
  ['a TLS hello', HELLO, 'router-disabled'],
];

for (const [name, bytes, reason] of LAST_WORDS) {
  test(`a client that sends ${name} and finishes before it has a route ends as ${reason}`, async (t) => {
    const running = await startProxy(t, {
      table: table({ tcp: { plain: [], tls: [secure] } }),
    });
    const client = running.client().finish(bytes);
    assert.equal(await client.ended, 'fin');
    assert.deepEqual(await running.ended(1), [reason]);
  });
}

test('a client that resets before it has a route is no trouble', async (t) => {
  const running = await startProxy(t, { table: table({ tcp: { plain: [], tls: [secure] } }) });
  const client = running.client();
  await once(client.socket, 'connect');
  await eventually('the client is accepted', () => (running.open() === 1 ? true : undefined));
  client.socket.resetAndDestroy();
  assert.deepEqual(await running.ended(1), ['client-left']);
});
