import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test from 'node:test';
import type { Server } from '../../src/routing/service.js';
import { eventually } from '../support/eventually.js';
import { refusingPort } from '../support/refusing.js';
import { startProxy } from '../support/proxy.js';
import { echo, saying, startServer } from '../support/servers.js';
import { startSilentServer } from '../support/silent-server.js';
import { route, server, service, table } from '../support/tables.js';

const opens = (servers: readonly Server[]) => servers.map(({ open }) => open);

test('when a server refuses, the next one serves the same client, and the attempt is said', async (t) => {
  const { port } = await startServer(t, echo);
  const servers = [server(await refusingPort()), server(port)];
  const running = await startProxy(t, { table: table({ tcp: [route(service(servers))] }) });
  const client = running.client().send('hello');
  await client.gets('hello');
  assert.deepEqual(opens(servers), [0, 1]);
  client.finish();
  assert.equal(await client.ended, 'fin');
  assert.deepEqual(await running.ended(1), ['done']);
  assert.deepEqual(opens(servers), [0, 0]);
  const said = running.lines.filter(({ level }) => level === 'info').map(({ fields }) => fields);
  assert.deepEqual(
    said.flatMap(({ server: failed, why, times }) =>
      why === undefined ? [] : [failed, why, times],
    ),
    [servers[0]?.address, 'refused', 1],
  );
  assert.equal(running.counted('server', `db@test ${servers[0]?.address ?? ''}`, 'failures'), 1);
  assert.equal(running.counted('server', `db@test ${servers[1]?.address ?? ''}`, 'done'), 1);
  assert.equal(running.counted('service', 'db@test', 'attempts'), 2);
});

test('a server that does not answer is raced by the next one', async (t) => {
  const { port } = await startServer(t, saying('fast'));
  const servers = [server(await startSilentServer(t)), server(port)];
  const running = await startProxy(t, {
    table: table({ tcp: [route(service(servers, { dialTimeout: 600 }))] }),
  });
  const client = running.client();
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'fast');
  client.finish();
  assert.deepEqual(await running.ended(1), ['done']);
  assert.deepEqual(opens(servers), [0, 0]);
});

test('when no server can be reached, the client is reset', async (t) => {
  const servers = [server(await refusingPort()), server(await refusingPort())];
  const running = await startProxy(t, { table: table({ tcp: [route(service(servers))] }) });
  const client = running.client().send('early');
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['dial-failed']);
  assert.deepEqual(opens(servers), [0, 0]);
});

test('the reset for a failed dial comes also to a client that has already finished', async (t) => {
  const silent = server(await startSilentServer(t));
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([silent], { dialTimeout: 300 }))] }),
  });
  const client = running.client().finish('all of it');
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['dial-timeout']);
  assert.equal(silent.open, 0);
});

test('a negative dialTimeout fails every dial at once', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([server(port)], { dialTimeout: -1 }))] }),
  });
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['dial-timeout']);
});

test('what the client sends while its server is dialled arrives, and its FIN behind it', async (t) => {
  const { port } = await startServer(t, echo);
  const servers = [server(await startSilentServer(t)), server(port)];
  const running = await startProxy(t, {
    table: table({ tcp: [route(service(servers, { dialTimeout: 900 }))] }),
  });
  // More than is read before the server is known.
  const question = 'question '.repeat(20_000);
  const client = running.client().finish(question);
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, question);
  assert.deepEqual(await running.ended(1), ['done']);
});

test('a client that resets while its server is dialled ends the dial', async (t) => {
  const silent = server(await startSilentServer(t));
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([silent], { dialTimeout: 0 }))] }),
  });
  const client = running.client();
  await once(client.socket, 'connect');
  await eventually('the dial is under way', () => (silent.open === 1 ? true : undefined));
  client.socket.resetAndDestroy();
  assert.deepEqual(await running.ended(1), ['client-left-dialling']);
  assert.equal(silent.open, 0);
});

for (const [who, reason] of [
  ['client', 'client-reset'],
  ['server', 'server-reset'],
] as const) {
  test(`a reset by the ${who} is a reset on the other side`, async (t) => {
    let accepted: Socket | undefined;
    const { port } = await startServer(t, (socket) => {
      accepted = socket;
      socket.write('hello');
      socket.resume();
    });
    const far = server(port);
    const running = await startProxy(t, { table: table({ tcp: [route(service([far]))] }) });
    const client = running.client();
    await client.gets('hello');
    assert.ok(accepted);
    const seenByServer = new Promise<string | undefined>((resolve) => {
      accepted?.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    if (who === 'client') client.socket.resetAndDestroy();
    else accepted.resetAndDestroy();
    if (who === 'client') assert.equal(await seenByServer, 'ECONNRESET');
    else assert.equal(await client.ended, 'reset');
    assert.deepEqual(await running.ended(1), [reason]);
    assert.equal(far.open, 0);
  });
}

test('a client that has finished still gets the whole late answer', async (t) => {
  const { port } = await startServer(t, (socket) => {
    socket.resume().on('end', () => setImmediate(() => socket.end('answer')));
  });
  const running = await startProxy(t, { table: table({ tcp: [route(service([server(port)]))] }) });
  const client = running.client().finish('question');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'answer');
  assert.deepEqual(await running.ended(1), ['done']);
  assert.equal(running.counted('entryPoint', 'tcp', 'sent'), 8);
  assert.equal(running.counted('router', 'db@test', 'received'), 6);
});
