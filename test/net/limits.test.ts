import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';
import type { Client } from '../support/clients.js';
import { eventually, until } from '../support/eventually.js';
import { clientHello } from '../support/hello.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

const onlyTls = table({ tcp: { plain: [], tls: [route(undefined)] } });

/** Clients one after the other, each accepted before the next one comes. */
async function crowd(running: RunningProxy, size: number): Promise<readonly Client[]> {
  const clients: Client[] = [];
  for (let n = 0; n < size; n += 1) {
    const before = running.counted('entryPoint', 'tcp', 'accepted');
    clients.push(running.client());
    await eventually('it is accepted', () =>
      running.counted('entryPoint', 'tcp', 'accepted') > before ? true : undefined,
    );
  }
  return clients;
}

test('one source may not take all places of clients without a route', async (t) => {
  const running = await startProxy(t, {
    entryPoints: { tcp: { unrouted: { max: 8, maxPerIP: 2 } } },
    table: onlyTls,
  });
  const clients = await crowd(running, 6);
  assert.deepEqual(await Promise.all(clients.slice(4).map((client) => client.ended)), [
    'reset',
    'reset',
  ]);
  assert.equal(running.open(), 4);
  assert.equal(running.counted('entryPoint', 'tcp', 'unrouted-limit'), 2);
  // Said once, and then counted.
  assert.equal(running.lines.filter(({ level }) => level === 'info').length, 2);
});

test('whoever gets a route makes room for others without one', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { unrouted: { max: 1, maxPerIP: 1 } } },
    table: table({ tcp: { plain: [route(service([server(port)]))], tls: [route(undefined)] } }),
  });
  for (let n = 0; n < 5; n += 1) {
    const client = running.client().send('hello');
    await client.gets('hello');
  }
  assert.equal(running.open(), 5);
});

test('without TLS routers nobody waits for a route, and no cap concerns anybody', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { unrouted: { max: 0, maxPerIP: 0 } } },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  await running.client().send('hello').gets('hello');
});

test('an entry point that is full resets newcomers, and takes them again when there is room', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { maxConnections: 2 } },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const [first] = await crowd(running, 2);
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['connection-limit']);
  first?.finish();
  await running.ended(2);
  await running.client().send('hello').gets('hello');
});

test('when few descriptors are left nothing is accepted, and it goes on when there are enough', async (t) => {
  const { port } = await startServer(t, echo);
  // Of 32, 8 are for what is not a socket: it stops with 4 left, at 20 sockets, and goes on at 16.
  const running = await startProxy(t, {
    descriptorLimit: 32,
    entryPoints: { tcp: {}, alt: {} },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const clients = await crowd(running, 10);
  for (const client of clients) await client.send('hello').gets('hello');
  assert.equal(running.counted('entryPoint', 'tcp', 'held'), 1);
  for (const name of ['tcp', 'alt']) assert.equal(await running.client(name).ended, 'reset');
  // Who is inside is not concerned.
  for (const client of clients) await client.send(' again').gets('hello again');
  for (const client of clients.slice(0, 2)) client.finish();
  await running.ended(2);
  await eventually('it listens again', async () => {
    const client = running.client();
    const ended = client.ended.then(() => undefined);
    return Promise.race([once(client.socket, 'connect').then(() => true as const), ended]);
  });
  await running.client().send('hello').gets('hello');
  assert.deepEqual(
    running.lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => fields['sockets'])
      .slice(0, 2),
    [20, 16],
  );
});

test('a port that somebody took meanwhile is said, and tried again until it is free', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    descriptorLimit: 32,
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const clients = await crowd(running, 10);
  for (const client of clients) await client.send('hello').gets('hello');
  const squatter = createServer().listen(running.port(), '127.0.0.1');
  await once(squatter, 'listening');
  for (const client of clients.slice(0, 2)) client.finish();
  await running.ended(2);
  await until('it is said', () =>
    running.lines.some(({ fields }) => fields['detail'] === 'EADDRINUSE'),
  );
  squatter.close();
  await until('it listens again', async () => {
    const client = running.client().send('new');
    return client.gets('new').then(
      () => true,
      () => false,
    );
  });
});

test('refused clients count against the descriptors until they are gone', async (t) => {
  const running = await startProxy(t, { descriptorLimit: 32, table: table({ tcp: [] }) });
  // They get a FIN and do not answer it.
  await crowd(running, 20);
  assert.equal(running.counted('entryPoint', 'tcp', 'held'), 1);
});

const hello = await clientHello();

test('no handle is left behind by 2,000 connections of every kind', async (t) => {
  const { port } = await startServer(t, echo);
  const far = server(port);
  const running = await startProxy(t, {
    entryPoints: { tcp: {}, off: {} },
    table: table({
      tcp: { plain: [route(service([far]))], tls: [route(undefined)] },
      off: [],
    }),
  });
  const before = process.getActiveResourcesInfo().length;
  const served = async () => {
    const client = running.client().finish('hello');
    assert.equal(await client.ended, 'fin');
    assert.equal(client.received, 'hello');
  };
  const reset = async () => {
    const client = running.client().send('hello');
    await client.gets('hello');
    client.socket.resetAndDestroy();
  };
  const refused = async () => {
    const client = running.client('off').finish();
    assert.equal(await client.ended, 'fin');
  };
  const denied = async () => {
    const client = running.client().send(hello);
    assert.equal(await client.ended, 'fin');
    client.finish();
  };
  for (let round = 0; round < 50; round += 1) {
    await Promise.all(
      [served, reset, refused, denied].flatMap((kind) => Array.from({ length: 10 }, kind)),
    );
  }
  assert.equal((await running.ended(2_000)).length, 2_000);
  assert.equal(far.open, 0);
  assert.deepEqual([running.open(), running.open('off')], [0, 0]);
  await eventually('all handles are closed', () =>
    process.getActiveResourcesInfo().length <= before ? true : undefined,
  );
});
