import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { builtInServer, type BuiltIn } from '../../../src/api/server.js';
import { apiSources } from '../../support/api.js';
import { ask } from '../../support/http.js';

interface Served {
  readonly port: number;
  /** What crashed, by path. */
  readonly crashes: readonly (readonly [unknown, string])[];
}

/** A built-in server that listens by itself. */
async function serve(t: TestContext, rest: Partial<BuiltIn> = {}): Promise<Served> {
  const crashes: (readonly [unknown, string])[] = [];
  const server = builtInServer({
    api: apiSources(),
    page: undefined,
    ping: { terminating: () => false, terminatingStatusCode: 503 },
    crashed: (error, path) => crashes.push([error, path]),
    metrics: () => [Buffer.from('x 1\n')],
    ...rest,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, crashes };
}

/** All that is answered to these bytes. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(request);
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
}

const NOT_FOUND = '404 page not found\n';

const ANSWERS: readonly (readonly [path: string, status: number, text?: string])[] = [
  ['/ping', 200, 'OK'],
  ['/ping/x?y', 200, 'OK'],
  ['/pingpong', 200, 'OK'],
  ['/api/tcp/routers', 200, '[]\n'],
  ['/api/tcp/routers?page=x', 400],
  ['/api/tcp/routers?a=b?c', 200, '[]\n'],
  ['/api/nope', 404, NOT_FOUND],
  ['/api', 404, NOT_FOUND],
  ['/', 404, NOT_FOUND],
  ['/metrics', 200, 'x 1\n'],
  ['/metrics?x', 200, 'x 1\n'],
  ['/metrics/', 404, NOT_FOUND],
  ['/?/api/version', 404, NOT_FOUND],
  // API-5.
  ['/api/tcp/routers/a%2', 400, '400 Bad Request'],
  ['/api/tcp/routers/%zz', 400, '400 Bad Request'],
  ['/%', 400, '400 Bad Request'],
  ['/ping/%', 400, '400 Bad Request'],
  ['/api/tcp/routers?search=%', 200, '[]\n'],
  // RFC 9112, 3.2.2.
  ['http://sluice.test/api/tcp/routers?page=1', 200, '[]\n'],
  ['HTTP://sluice.test:8080/ping', 200, 'OK'],
  ['http://sluice.test', 404, NOT_FOUND],
  ['http://sluice.test?x=/ping', 404, NOT_FOUND],
  ['*', 400, '400 Bad Request'],
];

for (const [path, status, text] of ANSWERS) {
  test(`${path} is answered with ${status}`, async (t) => {
    const { port } = await serve(t);
    const answer = await ask(port, path);
    assert.equal(answer.status, status);
    if (text !== undefined) assert.equal(answer.text, text);
    assert.equal(Number(answer.headers['content-length']), Buffer.byteLength(answer.text));
  });
}

test('metrics are read, and say which text they are', async (t) => {
  const { port } = await serve(t);
  const { headers } = await ask(port, '/metrics');
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal((await ask(port, '/metrics', 'POST')).status, 405);
});

test('any method pings (PNG-1)', async (t) => {
  const { port } = await serve(t);
  for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
    assert.equal((await ask(port, '/ping', method)).text, 'OK');
  }
});

test('HEAD gets the headers of GET, and no body (RFC 9110, 9.3.2)', async (t) => {
  const { port } = await serve(t);
  for (const path of ['/ping', '/api/overview', '/nope']) {
    const { text, ...get } = await ask(port, path);
    const head = await ask(port, path, 'HEAD');
    assert.notEqual(text, '');
    assert.equal(head.text, '');
    // The clock may have gone on.
    const headers = { ...head.headers, date: get.headers.date };
    assert.deepEqual({ ...head, headers, text }, { ...get, text });
  }
});

const TERMINATING: readonly (readonly [status: number, text: string])[] = [
  [503, 'Service Unavailable'],
  [200, 'OK'],
  [299, ''],
  [204, ''],
  [304, ''],
];

for (const [status, text] of TERMINATING) {
  test(`while the program stops, ping is answered with ${status}, and the connection goes on`, async (t) => {
    let isStopping = false;
    const ping = { terminating: () => isStopping, terminatingStatusCode: status };
    const { port } = await serve(t, { ping });
    assert.equal((await ask(port, '/ping')).status, 200);
    isStopping = true;
    const answer = await ask(port, '/ping');
    assert.deepEqual([answer.status, answer.text], [status, text]);
    const last = 'GET /api/tcp/routers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const both = await raw(port, `GET /ping HTTP/1.1\r\nHost: x\r\n\r\n${last}`);
    assert.match(both, /\[\]\n$/);
  });
}

test('what is not served is not there', async (t) => {
  const none = await serve(t, { api: undefined, ping: undefined, metrics: undefined });
  assert.equal((await ask(none.port, '/metrics')).status, 404);
  assert.equal((await ask(none.port, '/ping')).status, 404);
  assert.equal((await ask(none.port, '/api/version')).status, 404);
});

test('megabytes are written piece by piece, and arrive whole', async (t) => {
  const pieces = Array.from({ length: 200 }, (_, n) => Buffer.alloc(32 * 1024, `${n % 10}`));
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const { port } = await serve(t, { metrics: () => pieces });
  const { text, headers } = await ask(port, '/metrics');
  const whole = Buffer.concat(pieces);
  assert.equal(headers['content-length'], String(whole.length));
  assert.ok(text === whole.toString());
  const head = await ask(port, '/metrics', 'HEAD');
  assert.deepEqual([head.headers['content-length'], head.text], [String(whole.length), '']);
  // Such as that there are too many listeners.
  assert.deepEqual(warnings, []);
});

test('a body that nobody wants does no harm', async (t) => {
  const { port } = await serve(t);
  const post = 'POST /api/rawdata HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET ';
  const get = 'GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const answers = await raw(port, post + get);
  assert.match(answers, /^HTTP\/1\.1 405 [\s\S]*HTTP\/1\.1 200 [\s\S]*OK$/);
});

test('a bug answers one request with 500, is told, and harms nothing else', async (t) => {
  const bug = new Error('in the works');
  const { port, crashes } = await serve(t, {
    api: apiSources({
      runtime() {
        throw bug;
      },
    }),
  });
  const { status, text, headers } = await ask(port, '/api/rawdata?x');
  assert.equal(status, 500);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.doesNotMatch(text, /in the works/);
  assert.deepEqual(crashes, [[bug, '/api/rawdata']]);
  assert.equal((await ask(port, '/api/version')).status, 200);
});
