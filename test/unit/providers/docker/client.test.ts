import assert from 'node:assert/strict';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { EngineError } from '../../../../providers/docker/api.js';
import { connectDocker } from '../../../../providers/docker/client.js';
import { forEachLine } from '../../../../providers/docker/lines.js';
import { TimeoutError } from '../../../../src/async/delay.js';
import type { DockerConfig } from '../../../../src/config/static.js';
import { freePort } from '../../../e2e/support/sluice.js';
import { dockerConfig, idOf, inspection, listing } from '../../../support/docker.js';
import { until } from '../../../support/eventually.js';
import { folderWith } from '../../../support/folder.js';
import { startServer } from '../../../support/servers.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const json =
  (value: unknown, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

const VERSION = json({ ApiVersion: '1.41', MinAPIVersion: '1.12' });

interface Engine {
  /** `GET /v1.41/containers/json?all=true`, in order. */
  readonly requests: readonly string[];
  readonly config: DockerConfig;
  /** Connections that are open now. */
  readonly connections: () => Promise<number>;
}

/** An engine on a socket, with an answer by the path behind the version. */
async function engineOf(
  t: TestContext,
  answers: Readonly<Record<string, Answer>>,
  rest: Partial<DockerConfig> & { readonly isOnIPv6?: true } = {},
): Promise<Engine> {
  const { isOnIPv6 = false, ...options } = rest;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    const path = url.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    (answers[path] ?? json({ message: 'not here' }, 404))(response, request);
  });
  const path = join(folderWith(t), 'engine.sock');
  server.listen(isOnIPv6 ? { host: '::1', port: 0 } : { path });
  await once(server, 'listening');
  const address = server.address();
  const endpoint =
    typeof address === 'object' ? `tcp://[::1]:${address?.port ?? 0}` : `unix://${path}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  return { requests, connections, config: dockerConfig({ endpoint, ...options }) };
}

const { signal } = new AbortController();

test('the version is agreed upon, and only GET requests are sent (D14)', async (t) => {
  const engine = await engineOf(t, {
    '/version': VERSION,
    '/containers/json': json([{ Id: idOf('web'), Labels: { a: 'b' } }]),
    [`/containers/${idOf('web')}/json`]: json(inspection({ name: 'web' })),
  });
  const api = await connectDocker(engine.config, signal);
  const [listed] = await api.list(signal);
  assert.deepEqual([listed?.id, listed?.labels], [idOf('web'), new Map([['a', 'b']])]);
  assert.equal((await api.inspect(idOf('web'), signal))?.name, 'web');
  assert.deepEqual(engine.requests, [
    'GET /version',
    'GET /v1.41/containers/json?all=true',
    `GET /v1.41/containers/${idOf('web')}/json`,
  ]);
});

const ENGINES: readonly (readonly [components: unknown, isBelieved: boolean])[] = [
  [[{ Name: 'Engine' }, { Name: 'containerd' }], true],
  [[{ Name: 'Podman Engine' }, { Name: 'Conmon' }], false],
  [null, false],
  [undefined, false],
];

for (const [Components, isBelieved] of ENGINES) {
  const what = JSON.stringify(Components) ?? 'nothing';
  test(`the list of an engine of ${what} is ${isBelieved ? '' : 'not '}believed`, async (t) => {
    const { config } = await engineOf(t, {
      '/version': json({ ApiVersion: '1.41', MinAPIVersion: '1.12', Components }),
      '/containers/json': json([listing({ name: 'web' })]),
    });
    const [listed] = await (await connectDocker(config, signal)).list(signal);
    assert.equal(listed?.read() !== undefined, isBelieved);
  });
}

test('an engine is reached on IPv6', async (t) => {
  const answers = { '/version': VERSION, '/containers/json': json([]) };
  const { config } = await engineOf(t, answers, { isOnIPv6: true });
  const api = await connectDocker(config, signal);
  assert.deepEqual(await api.list(signal), []);
});

/** What the docker command reads from the environment. */
const ENVIRONMENT = {
  DOCKER_HOST: 'tcp://192.0.2.9:1',
  DOCKER_TLS_VERIFY: '1',
  DOCKER_CERT_PATH: '/nowhere',
};

test('the environment does not win over the endpoint (BUG-27)', async (t) => {
  const { config } = await engineOf(t, { '/version': VERSION, '/containers/json': json([]) });
  const before = { ...process.env };
  t.after(() => (process.env = before));
  Object.assign(process.env, ENVIRONMENT);
  const api = await connectDocker(config, signal);
  assert.deepEqual(await api.list(signal), []);
  assert.equal(process.env['DOCKER_HOST'], ENVIRONMENT.DOCKER_HOST);
});

test('an engine that is too old is refused', async (t) => {
  const { config } = await engineOf(t, { '/version': json({ ApiVersion: '1.22' }) });
  await assert.rejects(connectDocker(config, signal), Error);
});

test('a container that is gone is no error', async (t) => {
  const { config } = await engineOf(t, { '/version': VERSION });
  const api = await connectDocker(config, signal);
  assert.equal(await api.inspect('gone', signal), undefined);
});

for (const status of [403, 409, 500]) {
  test(`an answer ${status} is the engine's no: the connection to it is sound`, async (t) => {
    const { config } = await engineOf(t, {
      '/version': VERSION,
      '/containers/x/json': json({ message: 'no' }, status),
    });
    const api = await connectDocker(config, signal);
    await assert.rejects(api.inspect('x', signal), EngineError);
  });
}

const HANGING: readonly (readonly [what: string, answer: Answer])[] = [
  ['never answered', () => {}],
  ['answered by half', (response) => void response.writeHead(200).write('[{')],
  [
    'answered by and by',
    (response) => {
      const writing = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(writing));
    },
  ],
];
for (const [what, answer] of HANGING) {
  test(`a call that is ${what} ends, and its connection is closed`, async (t) => {
    const answers = {
      '/version': VERSION,
      '/containers/json': answer,
      '/containers/x/json': answer,
    };
    const { config, connections } = await engineOf(t, answers, { httpClientTimeout: 50 });
    const api = await connectDocker(config, signal);
    for (const call of [() => api.list(signal), () => api.inspect('x', signal)]) {
      await assert.rejects(call, TimeoutError);
      await until('no connection is open', async () => (await connections()) === 0);
    }
  });
}

test('an engine that dies in the middle of an answer is found out at once', async (t) => {
  const dying: Answer = (response, request) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('[{', () => request.socket.destroy());
  };
  const answers = { '/version': VERSION, '/containers/json': dying, '/containers/x/json': dying };
  const { config } = await engineOf(t, answers);
  const api = await connectDocker(config, signal);
  for (const call of [() => api.list(signal), () => api.inspect('x', signal)]) {
    await assert.rejects(call, (error) => !(error instanceof TimeoutError));
  }
});

test('abort ends a call', async (t) => {
  const { config } = await engineOf(t, { '/version': VERSION, '/containers/json': () => {} });
  const api = await connectDocker(config, signal);
  const given = new AbortController();
  const listing = api.list(given.signal);
  given.abort();
  await assert.rejects(listing, Error);
});

test('an engine that is not there is an error of the connection', async (t) => {
  const config = dockerConfig({ endpoint: `unix://${folderWith(t)}/none.sock` });
  const rejected = connectDocker(config, signal);
  await assert.rejects(
    rejected,
    (error) => error instanceof Error && !(error instanceof EngineError),
  );
});

test('events come as they are sent, and whoever asked closes the stream', async (t) => {
  let send = (_line: string) => {};
  const { config, requests, connections } = await engineOf(t, {
    '/version': VERSION,
    '/events': (response) => {
      response.writeHead(200).flushHeaders();
      send = (line) => response.write(`${line}\n`);
    },
  });
  const api = await connectDocker(config, signal);
  const events = await api.events(signal);
  const lines: string[] = [];
  forEachLine(events, (line) => lines.push(line));
  send('{"Type":"container"}');
  await until('the first event', () => lines.length === 1);
  send('{"Type":"network"}');
  await until('the second event', () => lines.length === 2);

  const query = new URL(`http://engine${requests.at(-1)?.replace('GET ', '') ?? ''}`).searchParams;
  const filters = JSON.parse(query.get('filters') ?? '') as Readonly<Record<string, unknown>>;
  assert.deepEqual(filters['type'], ['container', 'network']);

  events.on('error', () => {});
  events.destroy();
  await until('no connection is open', async () => (await connections()) === 0);
});

test('an engine that refuses its events is not waited for', async (t) => {
  const { config } = await engineOf(t, { '/version': VERSION, '/events': json({}, 403) });
  const api = await connectDocker(config, signal);
  await assert.rejects(api.events(signal), EngineError);
});

test('a socket that the engine has left is said to be old', async (t) => {
  const folder = folderWith(t);
  const [path, left] = [join(folder, 'docker.sock'), join(folder, 'left.sock')];
  const server = createSocketServer().listen(path);
  await once(server, 'listening');
  // Closing removes the file by its first name.
  renameSync(path, left);
  server.close();
  await once(server, 'close');
  const config = dockerConfig({ endpoint: `unix://${left}` });
  await assert.rejects(connectDocker(config, signal), {
    code: 'ECONNREFUSED',
    message: new RegExp(`^connect ECONNREFUSED ${left}: .*: then restart the container$`),
  });
});

for (const [status, says] of [
  [403, /^GET \/version is forbidden: allow it in the socket proxy$/],
  [503, /^GET \/version: HTTP status 503: the socket proxy does not reach the engine/],
  [500, /^GET \/version: .*500/],
] as const) {
  test(`an answer with status ${status} is a refusal, and says who refuses`, async (t) => {
    const { address } = await startServer(t, (socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    });
    const config = dockerConfig({ endpoint: `tcp://${address}` });
    await assert.rejects(connectDocker(config, signal), {
      name: 'EngineError',
      message: says,
    });
  });
}

test('what a TCP connection fails with is said as it is', async () => {
  const port = await freePort();
  const config = dockerConfig({ endpoint: `tcp://127.0.0.1:${port}` });
  await assert.rejects(connectDocker(config, signal), {
    code: 'ECONNREFUSED',
    message: `connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});
