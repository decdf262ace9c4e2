import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Middleware } from '../../src/routing/middleware/middleware.js';
import { startProxy, type ProxySettings, type RunningProxy } from '../support/proxy.js';
import { saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';
import { certified, termination } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';

const V1 = 'PROXY TCP4 203.0.113.7 198.51.100.2 1234 443\r\n';
const V2 = Buffer.from(
  '0d0a0d0a000d0a515549540a' + '2111000c' + 'cb007107' + 'c6336402' + '04d201bb',
  'hex',
).toString('latin1');

interface Trust extends ProxySettings {
  readonly trusts?: boolean;
}

/** Clients of 203.0.113.7 get one server, all others another. */
async function behindProxy(
  t: TestContext,
  { trusts = true, ...rest }: Trust = {},
): Promise<RunningProxy> {
  const known = await startServer(t, saying('known'));
  const other = await startServer(t, saying('other'));
  const isKnown = ({ remoteAddress }: { remoteAddress: string }) => remoteAddress === '203.0.113.7';
  return startProxy(t, {
    believes: { tcp: () => trusts },
    table: table({
      tcp: [
        route(service([server(known.port)]), isKnown, 'known@test'),
        route(service([server(other.port)]), () => true, 'other@test'),
      ],
    }),
    ...rest,
  });
}

for (const [version, header] of [
  ['v1', V1],
  ['v2', V2],
] as const) {
  test(`${version}: the address in the header is the address of the client`, async (t) => {
    const running = await behindProxy(t);
    const client = running.client().send(Buffer.from(header, 'latin1'));
    await client.gets('known');
    client.finish();
    await running.ended(1);
    const ended = running.lines.find(({ message }) => message === 'connection ended');
    assert.equal(ended?.fields['client'], '203.0.113.7:1234');
  });

  test(`${version}: byte by byte it is the same, and what follows is for the server`, async (t) => {
    const running = await behindProxy(t);
    const client = running.client();
    for (const byte of Buffer.from(header, 'latin1')) client.send(Buffer.of(byte));
    await client.gets('known');
  });

  test(`${version}: a header of somebody who is not trusted is taken off, and not believed`, async (t) => {
    const running = await behindProxy(t, { trusts: false });
    const client = running.client().send(Buffer.from(header, 'latin1'));
    await client.gets('other');
  });
}

test('without a header the client speaks for itself, however short its words are', async (t) => {
  const running = await behindProxy(t);
  const client = running.client().send('PING\r\n');
  await client.gets('other');
});

test('a client that says nothing is routed after a moment of silence', async (t) => {
  const running = await behindProxy(t, { entryPoints: { tcp: { sniffTimeout: 30 } } });
  await running.client().gets('other');
});

test('a header that makes no sense ends the connection', async (t) => {
  const running = await behindProxy(t);
  const client = running.client().send('PROXY TCP4 nonsense\r\n');
  assert.equal(await client.ended, 'fin');
  client.finish();
  assert.deepEqual(await running.ended(1), ['bad-proxy-header']);
});

test('a header that never ends is closed at the deadline', async (t) => {
  const running = await behindProxy(t, { entryPoints: { tcp: { readTimeout: 60 } } });
  const client = running.client().send('PROXY TCP4 203');
  assert.equal(await client.ended, 'fin');
  client.finish();
  assert.deepEqual(await running.ended(1), ['route-timeout']);
});

test('the header comes before TLS', async (t) => {
  const { port } = await startServer(t, saying('secret'));
  const isKnown = ({ remoteAddress }: { remoteAddress: string }) => remoteAddress === '203.0.113.7';
  const running = await startProxy(t, {
    believes: { tcp: () => true },
    table: table({
      tcp: {
        plain: [],
        tls: [route(service([server(port)]), isKnown, 'a@test', termination(certified('a.test')))],
      },
    }),
  });
  const client = new TlsClient(t, running.port(), {}, V1);
  await client.secured;
  client.stream.end();
  await client.ended;
  assert.equal(client.received, 'secret');
});

test('balancers and middlewares go by the address in the header', async (t) => {
  const { port } = await startServer(t, saying('served'));
  const seen: string[] = [];
  const base = service([server(port)]);
  const to: typeof base = {
    ...base,
    pick(tried, client, now) {
      seen.push(`pick ${client}`);
      return base.pick(tried, client, now);
    },
  };
  const middleware: Middleware = {
    name: 'm@test',
    denial: 'address',
    admits(address) {
      seen.push(`admits ${address}`);
      return true;
    },
    leave: (address) => void seen.push(`leave ${address}`),
  };
  const running = await startProxy(t, {
    believes: { tcp: () => true },
    table: table({ tcp: [route(to, () => true, 'r@test', undefined, [middleware])] }),
  });
  const client = running.client().finish(V1);
  await client.ended;
  await running.ended(1);
  assert.deepEqual(seen, ['admits 203.0.113.7', 'pick 203.0.113.7', 'leave 203.0.113.7']);
});

test('who speaks for many is not held to the share of one source', async (t) => {
  const running = await behindProxy(t, {
    entryPoints: { tcp: { unrouted: { max: 10, maxPerIP: 1 } } },
  });
  const waiting = Array.from({ length: 9 }, () => running.client().send('P'));
  const last = running.client().send(V1);
  await last.gets('known');
  assert.equal(waiting.length, 9);
});
