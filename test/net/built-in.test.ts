import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import test, { type TestContext } from 'node:test';
import { eventually } from '../support/eventually.js';
import { startProxy, type ProxySettings, type RunningProxy } from '../support/proxy.js';
import { echo, saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

/** An entry point `tcp` with a built-in server that answers `built-in` and the path. */
const withBuiltIn = (t: TestContext, settings: ProxySettings = {}): Promise<RunningProxy> => {
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end(`built-in ${request.url ?? ''} ${body}`));
  });
  return startProxy(t, { builtIn: { tcp: http }, ...settings });
};

const request = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/ping', agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });

test('HTTP that no router takes is answered by the built-in server', async (t) => {
  const running = await withBuiltIn(t, {
    table: table({ tcp: [route(service([]), () => false)] }),
  });
  assert.equal(await request(running.port()), 'built-in /ping ');
  assert.deepEqual(await running.ended(1), ['api-request']);
});

test('it is reached through any split of the bytes, with what follows them', async (t) => {
  const running = await withBuiltIn(t);
  const client = running.client();
  for (const part of ['P', 'OS', 'T /x HT', 'TP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe']) {
    client.send(part);
    const sent = client.socket.bytesWritten;
    await eventually('it is read', () => {
      const [session] = running.proxy.sessions.of('tcp');
      return session?.sent === sent ? true : undefined;
    });
  }
  client.send('llo');
  await client.gets('built-in /x hello');
});

test('bytes that are not HTTP do not get there', async (t) => {
  const running = await withBuiltIn(t);
  const client = running.client().send('SSH-2.0-probe\r\n');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, '');
  assert.deepEqual(await running.ended(1), ['no-route']);
});

test('a plain router for everybody takes HTTP, too', async (t) => {
  const { port } = await startServer(t, saying('router'));
  const running = await withBuiltIn(t, { table: table({ tcp: [route(service([server(port)]))] }) });
  const client = running.client().finish('GET / HTTP/1.0\r\n\r\n');
  await client.ended;
  assert.equal(client.received, 'router');
});

test('beside TLS routers HTTP is still answered', async (t) => {
  const running = await withBuiltIn(t, {
    table: table({ tcp: { plain: [], tls: [route(undefined)] } }),
  });
  assert.equal(await request(running.port()), 'built-in /ping ');
});

test('a request and its FIN in one go are answered', async (t) => {
  const running = await withBuiltIn(t);
  const client = running.client().finish('GET /end HTTP/1.0\r\n\r\n');
  assert.equal(await client.ended, 'fin');
  assert.match(client.received, /built-in \/end/);
  assert.deepEqual(await running.ended(1), ['api-request']);
});

test('an idle connection to the built-in server does not hold up a stop', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await withBuiltIn(t, {
    entryPoints: { tcp: { graceTimeOut: 60_000 }, alt: { graceTimeOut: 60_000 } },
    table: table({ alt: [route(service([server(port)]))] }),
  });
  const client = running.client().send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.gets('built-in /');
  assert.equal(await running.proxy.stop(), 0);
  assert.equal(await client.ended, 'fin');
});

test('a request that never ends is closed by the deadlines of the built-in server', async (t) => {
  const http = createServer({ headersTimeout: 50, connectionsCheckingInterval: 20 });
  const running = await startProxy(t, { builtIn: { tcp: http } });
  const client = running.client().send('GET / HTTP/1.1\r\n');
  await client.ended;
  assert.match(client.received, /^HTTP\/1.1 408 /);
  assert.deepEqual(await running.ended(1), ['api-request']);
});
