import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually } from '../support/eventually.js';
import { startProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { startSilentServer } from '../support/silent-server.js';
import { route, server, service, table } from '../support/tables.js';

test('a stop refuses newcomers, waits for who is inside, and ends with the last of them', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { graceTimeOut: 60_000 } },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const client = running.client().send('hello');
  await client.gets('hello');
  const stopped = running.proxy.stop();
  assert.equal(await running.client().ended, 'reset');
  await client.send(' again').gets('hello again');
  client.finish();
  assert.equal(await client.ended, 'fin');
  assert.equal(await stopped, 0);
});

test('with requestAcceptGraceTimeout newcomers are served for that long', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { requestAcceptGraceTimeout: 60_000, graceTimeOut: 60_000 } },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const stopped = running.proxy.stop();
  const client = running.client().finish('hello');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'hello');
  running.proxy.cut();
  assert.equal(await stopped, 0);
});

test('when the grace has run out, who is still inside is reset and counted', async (t) => {
  const { port } = await startServer(t, echo);
  const far = server(port);
  const running = await startProxy(t, {
    entryPoints: { tcp: { graceTimeOut: 50 } },
    table: table({ tcp: [route(service([far]))] }),
  });
  const clients = [running.client(), running.client()];
  for (const client of clients) await client.send('hello').gets('hello');
  assert.equal(await running.proxy.stop(), 2);
  // The stop ends only after the sessions have: nothing that they log or count is lost on an exit.
  assert.deepEqual(running.ends(), ['shutdown', 'shutdown']);
  assert.equal(far.open, 0);
  for (const client of clients) assert.equal(await client.ended, 'reset');
});

test('without a grace all are cut at once', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    entryPoints: { tcp: { graceTimeOut: 0 } },
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const client = running.client().send('hello');
  await client.gets('hello');
  assert.equal(await running.proxy.stop(), 1);
  assert.equal(await client.ended, 'reset');
});

test('a second signal cuts at once, in every phase of a session', async (t) => {
  const { port } = await startServer(t, echo);
  const silent = server(await startSilentServer(t));
  const far = server(port);
  const running = await startProxy(t, {
    entryPoints: {
      tcp: { graceTimeOut: 60_000 },
      dialling: { graceTimeOut: 60_000 },
      sniffing: { graceTimeOut: 60_000 },
    },
    table: table({
      tcp: [route(service([far]))],
      dialling: [route(service([silent], { dialTimeout: 0 }))],
      sniffing: { plain: [], tls: [route(undefined)] },
    }),
  });
  const piped = running.client();
  await piped.send('hello').gets('hello');
  const others = [running.client('dialling'), running.client('sniffing')];
  await eventually('all are accepted', () =>
    running.open('dialling') === 1 && running.open('sniffing') === 1 ? true : undefined,
  );
  const stopped = running.proxy.stop();
  running.proxy.cut();
  assert.equal(await stopped, 3);
  assert.deepEqual(running.ends(), ['shutdown', 'shutdown', 'shutdown']);
  assert.deepEqual([far.open, silent.open], [0, 0]);
  for (const client of [piped, ...others]) assert.equal(await client.ended, 'reset');
});

test('a connection whose peers have both finished but not closed does not hold up a stop', async (t) => {
  const running = await startProxy(t, {
    entryPoints: { tcp: { graceTimeOut: 60_000 } },
    table: table({ tcp: [] }),
  });
  // Refused with a FIN that it does not answer: it has ended, as far as anybody waits for it.
  const client = running.client();
  assert.equal(await client.ended, 'fin');
  assert.equal(await running.proxy.stop(), 0);
});
