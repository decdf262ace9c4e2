import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AccessLog } from '../../src/telemetry/access-log.js';
import { folderWith } from '../support/folder.js';
import { startProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';

/** A proxy in front of an echo, with an access log. */
async function start(t: TestContext, minDuration = 0) {
  const { port } = await startServer(t, echo);
  const filePath = join(folderWith(t), 'access.log');
  const running = await startProxy(t, {
    entryPoints: { tcp: {}, alt: {} },
    accessLog: new AccessLog({ filePath, bufferingSize: 0, minDuration }),
    table: table({ tcp: [route(service([server(port)]))] }),
  });
  const lines = () =>
    readFileSync(filePath, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { running, port, lines };
}

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
  const { time, routeMs, dialMs, durationMs, ...rest } = line;
  assert.deepEqual(rest, {
    id: 1,
    entryPoint: 'tcp',
    client: `127.0.0.1:${from}`,
    router: 'db@test',
    service: 'db@test',
    server: `127.0.0.1:${port}`,
    owner: 'test',
    sent: 5,
    received: 5,
    attempts: 1,
    reason: 'done',
    phase: 'data',
    by: 'client',
  });
  assert.ok(!Number.isNaN(Date.parse(String(time))));
  for (const ms of [routeMs, dialMs, durationMs]) assert.equal(typeof ms, 'number');
  assert.ok(Number(durationMs) + 1 >= Number(routeMs) + Number(dialMs) - 1);
});

test('what got no route is a line as well, without what it did not get to', async (t) => {
  const { running, lines } = await start(t);
  await running.client('alt').finish('x').ended;
  await running.ended(1);
  const [line = {}] = lines();
  assert.deepEqual([line['reason'], line['by']], ['no-route', 'proxy']);
  for (const key of ['router', 'server', 'routeMs', 'dialMs']) assert.ok(!(key in line), key);
});

test('what was shorter than minDuration is left out', async (t) => {
  const { running, lines } = await start(t, 60_000);
  await running.client().finish('x').ended;
  await running.ended(1);
  assert.deepEqual(lines(), []);
});
