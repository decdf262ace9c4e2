import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AccessLog, type AccessLogOptions } from '../../src/telemetry/access-log.js';
import type { Route } from '../../src/routing/table.js';
import { folderWith } from '../support/folder.js';
import { startProxy, type ProxySettings } from '../support/proxy.js';
import { refusingPort } from '../support/refusing.js';
import { echo, saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';
import { certified, termination } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';

type Line = Readonly<Record<string, unknown>>;

interface Setting {
  readonly log?: Partial<Omit<AccessLogOptions, 'filePath'>>;
  readonly tls?: readonly Route[];
  readonly proxy?: ProxySettings;
}

/** A proxy in front of an echo, with an access log. On `alt` nothing is routed. */
async function start(t: TestContext, { log, tls = [], proxy }: Setting = {}) {
  const { port } = await startServer(t, echo);
  const filePath = join(folderWith(t), 'access.log');
  const running = await startProxy(t, {
    entryPoints: { tcp: {}, alt: {} },
    accessLog: new AccessLog(
      {
        filePath,
        bufferingSize: 0,
        atStart: false,
        addInternals: false,
        filters: { minDuration: 0, status: [], retryAttempts: false },
        ...log,
      },
      () => {},
    ),
    table: table({ tcp: { plain: [route(service([server(port)]))], tls } }),
    ...proxy,
  });
  const lines = (): readonly Line[] =>
    readFileSync(filePath, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  return { running, port, lines };
}

const TIMES = new Set(['time', 'routeMs', 'handshakeMs', 'dialMs', 'durationMs']);

/** The line without its times, which must be numbers of ms that add up. */
function untimed(line: Line): Line {
  const { time, routeMs = 0, handshakeMs = 0, dialMs = 0, durationMs } = line;
  assert.ok(!Number.isNaN(Date.parse(String(time))));
  const parts = Number(routeMs) + Number(handshakeMs) + Number(dialMs);
  // Each is rounded.
  if (durationMs !== undefined) assert.ok(Number(durationMs) + 2 >= parts, JSON.stringify(line));
  return Object.fromEntries(Object.entries(line).filter(([key]) => !TIMES.has(key)));
}

const timesOf = (line: Line) => Object.keys(line).filter((key) => TIMES.has(key));

test('a connection is one line at its end: route, bytes, times, and who ended it', async (t) => {
  const { running, port, lines } = await start(t);
  const client = running.client().send('hello');
  await client.gets('hello');
  const from = client.socket.localPort ?? 0;
  assert.deepEqual(lines(), []);
  client.finish();
  await running.ended(1);
  const [line = {}, ...others] = lines();
  assert.deepEqual(others, []);
  assert.deepEqual(timesOf(line), ['time', 'routeMs', 'dialMs', 'durationMs']);
  assert.deepEqual(untimed(line), {
    event: 'end',
    id: 1,
    entryPoint: 'tcp',
    client: `127.0.0.1:${from}`,
    router: 'db@test',
    service: 'db@test',
    server: `127.0.0.1:${port}`,
    owner: 'test',
    attempts: 1,
    sent: 5,
    received: 5,
    reason: 'done',
    phase: 'data',
    by: 'client',
  });
});

test('a clean end is by whoever finished first', async (t) => {
  const { port } = await startServer(t, saying('bye'));
  const { running, lines } = await start(t, {
    proxy: { table: table({ tcp: [route(service([server(port)]))] }) },
  });
  const client = running.client();
  assert.equal(await client.ended, 'fin');
  client.finish();
  await running.ended(1);
  const [line] = lines();
  assert.deepEqual([line?.['reason'], line?.['by']], ['done', 'server']);
});

test('where TLS ends here its version, the protocol that was agreed on and the handshake are told', async (t) => {
  const ended = termination(certified('a.test'), 'none', { ALPNProtocols: ['db/1'] });
  const { port } = await startServer(t, echo);
  const { running, lines } = await start(t, {
    tls: [route(service([server(port)]), () => true, 'a@test', ended)],
  });
  const client = new TlsClient(t, running.port(), { ALPNProtocols: ['db/2', 'db/1'] });
  await client.secured;
  client.stream.end('hello');
  await client.ended;
  await running.ended(1);
  const [line = {}] = lines();
  assert.deepEqual(timesOf(line), ['time', 'routeMs', 'handshakeMs', 'dialMs', 'durationMs']);
  const { serverName, alpn, tlsVersion, sent } = untimed(line);
  assert.deepEqual([serverName, alpn, tlsVersion, sent], ['a.test', 'db/1', 'TLSv1.3', 5]);
});

test('where the server ends TLS the protocols are those that the client offers, as far as there is room', async (t) => {
  const { port } = await startServer(t, (socket) => socket.destroy());
  const { running, lines } = await start(t, {
    tls: [route(service([server(port)]), () => true, 'a@test', 'passthrough')],
  });
  const offered = Array.from({ length: 100 }, (_, index) => `db/${index}`);
  await new TlsClient(t, running.port(), { ALPNProtocols: offered }).ended;
  await running.ended(1);
  const [line = {}] = lines();
  assert.equal(line['alpn'], 'db/0,db/1,db/2,db/3,db/4,db/5,db/6,db/7');
  assert.ok(!('tlsVersion' in line) && !('handshakeMs' in line));
});

test('behind a proxy of somebody both addresses are told', async (t) => {
  const { running, lines } = await start(t, {
    proxy: { entryPoints: { tcp: {} }, believes: { tcp: () => true } },
  });
  const client = running.client().send('PROXY TCP4 203.0.113.7 198.51.100.2 1234 443\r\nhi');
  await client.gets('hi');
  const from = client.socket.localPort ?? 0;
  await client.finish().ended;
  await running.ended(1);
  const [line] = lines();
  assert.deepEqual([line?.['client'], line?.['via']], ['203.0.113.7:1234', `127.0.0.1:${from}`]);
});

test('what got no route is a line as well, without what it did not get to', async (t) => {
  const { running, lines } = await start(t);
  await running.client('alt').finish('x').ended;
  await running.ended(1);
  const [line = {}] = lines();
  assert.deepEqual([line['reason'], line['phase'], line['by']], ['no-route', 'route', 'proxy']);
  for (const key of ['router', 'server', 'routeMs', 'dialMs']) assert.ok(!(key in line), key);
});

test('of a dial that failed the attempts and their time are told', async (t) => {
  const closed = [await refusingPort(), await refusingPort()];
  const { running, lines } = await start(t, {
    proxy: { table: table({ tcp: [route(service(closed.map((port) => server(port))))] }) },
  });
  assert.equal(await running.client().ended, 'reset');
  await running.ended(1);
  const [line = {}] = lines();
  assert.deepEqual(
    [line['reason'], line['phase'], line['by'], line['attempts']],
    ['dial-failed', 'dial', 'server', 2],
  );
  assert.ok(timesOf(line).includes('dialMs'));
});

test('what passes no filter is left out', async (t) => {
  const { running, lines } = await start(t, {
    log: { filters: { minDuration: 60_000, status: ['no-route'], retryAttempts: false } },
  });
  await running.client().finish('x').ended;
  await running.client('alt').finish('x').ended;
  await running.ended(2);
  assert.deepEqual(
    lines().map(({ reason }) => reason),
    ['no-route'],
  );
});

test('a line at the start comes as soon as the server is reached', async (t) => {
  const { running, port, lines } = await start(t, { log: { atStart: true } });
  const client = running.client().send('hello');
  await client.gets('hello');
  const [line = {}, ...others] = lines();
  assert.deepEqual(others, []);
  assert.deepEqual(untimed(line), {
    event: 'start',
    id: 1,
    entryPoint: 'tcp',
    client: `127.0.0.1:${client.socket.localPort ?? 0}`,
    router: 'db@test',
    service: 'db@test',
    server: `127.0.0.1:${port}`,
    owner: 'test',
    attempts: 1,
  });
  await client.finish().ended;
  await running.ended(1);
  assert.deepEqual(
    lines().map(({ event, id }) => [event, id]),
    [
      ['start', 1],
      ['end', 1],
    ],
  );
});
