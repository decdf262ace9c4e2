import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { MiddlewareConfig } from '../../src/config/model.js';
import { compile, type Compiled } from '../../src/routing/compile.js';
import { InFlightLimit, OpenCounts } from '../../src/routing/middleware/in-flight.js';
import { IpAllowList, IpDenyList } from '../../src/routing/middleware/ip-filter.js';
import type { Middleware } from '../../src/routing/middleware/middleware.js';
import { compileOptions } from '../support/compile-options.js';
import { eventually } from '../support/eventually.js';
import { mergedConfig, middleware, router, service as written } from '../support/merged.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';
import { ca, certified, termination } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';

const ANYBODY = () => true;
const NOBODY = new IpAllowList('none@test', []);
const EVERYBODY = new IpDenyList('all@test', []);

/** One router with these middlewares, in front of an echo server. */
async function guarded(t: TestContext, ...middlewares: readonly Middleware[]) {
  const { port } = await startServer(t, echo);
  const far = server(port);
  const guard = route(service([far]), ANYBODY, 'db@test', undefined, middlewares);
  const running = await startProxy(t, { table: table({ tcp: [guard] }) });
  return { running, far };
}

async function served(running: RunningProxy) {
  const client = running.client().send('hello');
  await client.gets('hello');
  return client;
}

test('whoever is denied is reset, before anything is dialled, and it is said by whom', async (t) => {
  const { running, far } = await guarded(t, EVERYBODY, NOBODY);
  const client = running.client().send('hello');
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['address-denied']);
  assert.equal(far.open, 0);
  assert.equal(running.counted('router', 'db@test', 'address-denied'), 1);
  assert.equal(running.counted('service', 'db@test', 'attempts'), 0);
  const [said] = running.lines.filter(({ level }) => level === 'info').slice(-1);
  assert.equal(said?.fields['detail'], 'none@test');
});

test('a connection counts until it is over, however it ends', async (t) => {
  const counts = new OpenCounts();
  const { running } = await guarded(t, new InFlightLimit('few@test', 2, counts));
  const first = await served(running);
  const second = await served(running);
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['in-flight-limit']);
  first.finish();
  await running.ended(2);
  const third = await served(running);
  second.socket.resetAndDestroy();
  third.finish();
  assert.deepEqual((await running.ended(4)).toSorted(), [
    'client-reset',
    'done',
    'done',
    'in-flight-limit',
  ]);
  assert.ok(counts.isEmpty);
});

test('whoever is denied by a later middleware does not count in an earlier one', async (t) => {
  const counts = new OpenCounts();
  const { running } = await guarded(t, new InFlightLimit('few@test', 1, counts), NOBODY);
  for (let n = 0; n < 3; n += 1) assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(3), Array(3).fill('address-denied'));
  assert.ok(counts.isEmpty);
});

test('whoever cannot be served does not count any more', async (t) => {
  const counts = new OpenCounts();
  const nowhere = service([], {}, 'db@test');
  const few = new InFlightLimit('few@test', 1, counts);
  const running = await startProxy(t, {
    table: table({ tcp: [route(nowhere, ANYBODY, 'db@test', undefined, [few])] }),
  });
  for (let n = 0; n < 3; n += 1) assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(3), Array(3).fill('no-server'));
  assert.ok(counts.isEmpty);
});

test('where TLS ends here, middlewares come after the handshake', async (t) => {
  const { port } = await startServer(t, echo);
  const tls = termination(certified('a.test'));
  const guard = (name: string, ...middlewares: readonly Middleware[]) =>
    route(
      service([server(port)]),
      ({ serverName }) => serverName === name,
      `${name}@test`,
      tls,
      middlewares,
    );
  const running = await startProxy(t, {
    table: table({
      tcp: { plain: [], tls: [guard('a.test', EVERYBODY), guard('b.test', NOBODY)] },
    }),
  });
  const denied = new TlsClient(t, running.port(), {
    servername: 'b.test',
    checkServerIdentity: () => undefined,
    ca: ca.cert,
  });
  await denied.secured;
  assert.equal(await denied.ended, 'ECONNRESET');
  assert.deepEqual(await running.ended(1), ['address-denied']);
  const client = new TlsClient(t, running.port());
  client.stream.end('hello');
  assert.equal(await client.ended, 'end');
  assert.equal(client.received, 'hello');
});

/** A table with two routers, one on each entry point, that name one middleware. */
function generation(port: number, config: MiddlewareConfig, previous?: Compiled): Compiled {
  const routers = ['tcp', 'alt'].map((entryPoint) =>
    router(`${entryPoint}@docker`, {
      rule: 'HostSNI(`*`)',
      entryPoints: [entryPoint],
      service: 'db',
      middlewares: ['m'],
    }),
  );
  const services = [written('db@docker', [`127.0.0.1:${port}`])];
  const middlewares = [middleware('m@docker', config)];
  return compile(mergedConfig({ routers, services, middlewares }), compileOptions(), previous);
}

test('one limit holds over all routers that name it, and over swaps', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t, { entryPoints: { tcp: {}, alt: {} } });
  let compiled = generation(port, { inFlightConn: { amount: 2n } });
  running.proxy.apply(compiled.table);
  const swap = (amount: bigint) => {
    compiled = generation(port, { inFlightConn: { amount } }, compiled);
    running.proxy.apply(compiled.table);
  };
  const open = [await served(running)];
  for (let n = 0; n < 5; n += 1) swap(2n);
  const elsewhere = running.client('alt').send('hello');
  await elsewhere.gets('hello');
  assert.equal(await running.client().ended, 'reset');
  swap(3n);
  open.push(await served(running));
  assert.equal(await running.client('alt').ended, 'reset');
  for (const client of [...open, elsewhere]) client.finish();
  await running.ended(5);
  swap(1n);
  await eventually('there is room', async () => served(running));
});

test('a source that connects too often is turned away', async (t) => {
  const { port } = await startServer(t, echo);
  const running = await startProxy(t);
  const hourly = { rateLimit: { average: 1, period: 3_600_000, burst: 2 } };
  running.proxy.apply(generation(port, hourly).table);
  await served(running);
  await served(running);
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['rate-limit']);
});
