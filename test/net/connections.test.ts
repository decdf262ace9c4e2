import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import { openConnections } from '../../src/proxy/open-connections.js';
import { eventually } from '../support/eventually.js';
import { startProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

test('an open connection is shown with what it carried, and closed alone', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, {
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const [first, second] = [running.client(), running.client()];
  await first.send('one').gets('one');
  await second.send('second').gets('second');
  const shown = () => openConnections(running.proxy.sessions, Infinity);
  const one = shown().find(({ sent }) => sent === 3) ?? assert.fail('it is not shown');
  const { id, age, close, ...rest } = one;
  assert.deepEqual(rest, {
    entryPoint: 'tcp',
    client: `127.0.0.1:${first.socket.localPort ?? 0}`,
    serverName: undefined,
    alpn: undefined,
    tlsVersion: undefined,
    via: undefined,
    router: 'db@test',
    service: 'db@test',
    server: `127.0.0.1:${port}`,
    owner: 'test',
    phase: 'data',
    sent: 3,
    received: 3,
  });
  assert.ok(age > 0);
  close();
  assert.equal(await first.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['closed-by-api']);
  assert.ok(shown().every((other) => other.id !== id));
  second.send(' more');
  await second.gets('second more');
  assert.equal(running.counted('service', 'db@test', 'closed-by-api'), 1);
});

test('a connection without a route is closed as well; those of the API are not shown', async (t) => {
  const running = await startProxy(t, {
    builtIn: { tcp: createServer((_, response) => response.end('built-in')) },
    table: table({ tcp: [route(service([]), () => false)] }),
  });
  const asking = running.client().send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await asking.gets('built-in');
  assert.deepEqual(openConnections(running.proxy.sessions, 0), []);
  const silent = running.client().send('G');
  const proxyHas = () => openConnections(running.proxy.sessions, 0);
  await eventually('it is there', () => (proxyHas().length === 1 ? true : undefined));
  const [connection] = proxyHas();
  assert.equal(connection?.phase, 'route');
  connection?.close();
  assert.equal(await silent.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['closed-by-api']);
});
