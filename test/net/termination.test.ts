import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import type { Termination } from '../../src/net/termination.js';
import { issue } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { startProxy, type ProxySettings, type RunningProxy } from '../support/proxy.js';
import { clientHello } from '../support/hello.js';
import { echo, saying, startServer } from '../support/servers.js';
import { route, server, service, table } from '../support/tables.js';
import { ca, certified, termination } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';

const own = certified('a.test');

/** A proxy with one router that ends the TLS of `a.test`, in front of an echo server. */
async function terminating(
  t: TestContext,
  how: Termination,
  settings: ProxySettings = {},
): Promise<RunningProxy> {
  const { port } = await startServer(t, echo);
  const isWanted = ({ serverName }: { serverName: string | undefined }) => serverName === 'a.test';
  return startProxy(t, {
    table: table({
      tcp: { plain: [], tls: [route(service([server(port)]), isWanted, 'a@test', how)] },
    }),
    ...settings,
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version} is ended, and both sides can be half-closed`, async (t) => {
    const running = await terminating(t, termination(own));
    const client = new TlsClient(t, running.port(), { minVersion: version, maxVersion: version });
    await client.secured;
    assert.equal(client.stream.getProtocol(), version);
    client.stream.end('hello');
    assert.equal(await client.ended, 'end');
    assert.equal(client.received, 'hello');
    assert.deepEqual(await running.ended(1), ['done']);
  });

  test(`${version}: a reset of the client is a reset to the server, and the other way round`, async (t) => {
    const reset = deferred<string>();
    const { port } = await startServer(t, (socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => reset.resolve(error.code ?? ''));
      socket.on('data', (chunk) => {
        if (chunk.toString() === 'die') socket.resetAndDestroy();
        else socket.write(chunk);
      });
    });
    const running = await startProxy(t, {
      table: table({
        tcp: {
          plain: [],
          tls: [route(service([server(port)]), () => true, 'a@test', termination(own))],
        },
      }),
    });
    const first = new TlsClient(t, running.port(), { maxVersion: version });
    await first.secured;
    first.stream.write('hello');
    await eventually('it is answered', () => first.received === 'hello' || undefined);
    first.raw.resetAndDestroy();
    assert.equal(await reset.promise, 'ECONNRESET');

    const second = new TlsClient(t, running.port(), { maxVersion: version });
    await second.secured;
    second.stream.write('die');
    assert.equal(await second.ended, 'ECONNRESET');
    assert.deepEqual(await running.ended(2), ['client-reset', 'server-silent']);
  });
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

test('a hello in pieces, byte by byte, is read as one', async (t) => {
  const running = await terminating(t, termination(own));
  const hello = await clientHello({ servername: 'z.test' });
  const client = running.client();
  for (const byte of hello) client.send(Buffer.of(byte));
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, Buffer.from('15030300020270', 'hex').toString('latin1'));
  client.finish();
  assert.deepEqual(await running.ended(1), ['no-route']);
});

test('a name that no router wants gets the alert unrecognized_name', async (t) => {
  const running = await terminating(t, termination(own));
  const client = new TlsClient(t, running.port(), { servername: 'z.test' });
  assert.equal(await client.ended, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  assert.deepEqual(await running.ended(1), ['no-route']);
});

test('a name without a certificate gets the same where sniStrict is on', async (t) => {
  const strict: Termination = { serverFor: () => undefined, clientCertificate: 'none' };
  const running = await terminating(t, strict);
  const client = new TlsClient(t, running.port());
  assert.equal(await client.ended, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  assert.deepEqual(await running.ended(1), ['unrecognized-name']);
});

test('who does not speak one of the protocols is told so by an alert', async (t) => {
  const running = await terminating(t, termination(own, 'none', { ALPNProtocols: ['x', 'y'] }));
  const good = new TlsClient(t, running.port(), { ALPNProtocols: ['y', 'x'] });
  await good.secured;
  assert.equal(good.stream.alpnProtocol, 'x');
  const bad = new TlsClient(t, running.port(), { ALPNProtocols: ['h2'] });
  assert.equal(await bad.ended, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
  assert.deepEqual(await running.ended(1), ['handshake-failed']);
});

test('without a constraint, what a client offers is left unanswered', async (t) => {
  const running = await terminating(t, termination(own));
  const client = new TlsClient(t, running.port(), { ALPNProtocols: ['postgresql'] });
  await client.secured;
  assert.equal(client.stream.alpnProtocol, false);
});

const stranger = issue({ name: 'stranger' });
const known = certified('someone');
const expired = certified('late', { notAfter: new Date(Date.now() - 60_000) });
const shown = {
  none: {},
  good: { cert: known.chain, key: known.key },
  'self-signed': { cert: stranger.cert, key: stranger.key },
  expired: { cert: expired.cert, key: expired.key },
};

const MODES = [
  ['none', { none: true, good: true, 'self-signed': true, expired: true }],
  ['request', { none: true, good: true, 'self-signed': true, expired: true }],
  ['require-any', { none: false, good: true, 'self-signed': true, expired: true }],
  ['verify-if-given', { none: true, good: true, 'self-signed': false, expired: false }],
  ['require-and-verify', { none: false, good: true, 'self-signed': false, expired: false }],
] as const;

for (const [mode, verdicts] of MODES) {
  for (const [what, passes] of Object.entries(verdicts)) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      test(`${mode}, ${maxVersion}: a client that shows ${what} is ${passes ? 'served' : 'refused'}`, async (t) => {
        const running = await terminating(t, termination(own, mode));
        const client = new TlsClient(t, running.port(), {
          ...shown[what as keyof typeof shown],
          maxVersion,
        });
        client.stream.write('hello');
        if (passes) {
          await eventually('it is served', () => client.received === 'hello' || undefined);
          return;
        }
        assert.equal(await client.ended, 'ECONNRESET');
        assert.equal(client.received, '');
        const reason = what === 'none' ? 'no-client-certificate' : 'bad-client-certificate';
        assert.deepEqual(await running.ended(1), [reason]);
        assert.equal(running.counted('service', 'db@test', 'attempts'), 0);
      });
    }
  }
}

test('a handshake that is not finished before the deadline is closed, and no server dialled', async (t) => {
  const running = await terminating(t, termination(own), {
    entryPoints: { tcp: { readTimeout: 100 } },
  });
  const client = running.client().send(await clientHello({ servername: 'a.test' }));
  assert.equal(await client.ended, 'fin');
  client.finish();
  assert.deepEqual(await running.ended(1), ['handshake-timeout']);
});

test('a client that leaves during the handshake is nobody any more', async (t) => {
  const running = await terminating(t, termination(own));
  const hello = await clientHello({ servername: 'a.test' });
  const finished = running.client().send(hello);
  await finished.gets('\x16');
  finished.finish();
  const reset = running.client().send(hello);
  await reset.gets('\x16');
  reset.socket.resetAndDestroy();
  assert.deepEqual(await running.ended(2), ['client-left-handshake', 'client-left-handshake']);
});

test('garbage behind the hello is a failed handshake', async (t) => {
  const running = await terminating(t, termination(own));
  const client = running.client().send(await clientHello({ servername: 'a.test' }));
  await client.gets('\x16');
  client.send('what is this?');
  await client.ended;
  assert.deepEqual(await running.ended(1), ['handshake-failed']);
});

test('garbage after the handshake ends the connection, as a reset to both sides', async (t) => {
  const running = await terminating(t, termination(own));
  const client = new TlsClient(t, running.port());
  await client.secured;
  client.stream.write('hello');
  await eventually('it is answered', () => client.received === 'hello' || undefined);
  // Below the TLS of the client, so that it goes out as it is.
  const below = new TextEncoder().encode('what is this?');
  client.raw.write(below);
  await client.ended;
  assert.deepEqual(await running.ended(1), ['client-reset']);
});

test('a stop cuts handshakes', async (t) => {
  const running = await terminating(t, termination(own));
  const client = running.client().send(await clientHello({ servername: 'a.test' }));
  await client.gets('\x16');
  await running.proxy.stop();
  assert.equal(await client.ended, 'reset');
  assert.deepEqual(await running.ended(1), ['shutdown']);
});

test('Postgres: TLS is offered at once, and ended', async (t) => {
  const running = await terminating(t, termination(own));
  const client = running.client().send(Buffer.from('0000000804d2162f', 'hex'));
  await client.gets('S');
  client.send(await clientHello({ servername: 'a.test' }));
  await client.gets('S\x16');
});

/** A plain router beside one whose TLS asks for a certificate. */
const besideCertificates = async (t: TestContext, sniffTimeout: number) => {
  const { port } = await startServer(t, saying('220 ready'));
  const plain = route(service([server(port)]));
  const asking = route(service([server(port)]), () => true, 'a@test', termination(own, 'request'));
  return startProxy(t, {
    entryPoints: { tcp: { sniffTimeout, readTimeout: 100 } },
    table: table({ tcp: { plain: [plain], tls: [asking] } }),
  });
};

test('no client gets around a certificate by silence (D18)', async (t) => {
  const running = await besideCertificates(t, 20);
  assert.equal(await running.client().ended, 'fin');
  assert.deepEqual(await running.ended(1), ['route-timeout']);
});

test('who speaks no TLS is a client of the plain router, whatever certificates are asked for beside it', async (t) => {
  const running = await besideCertificates(t, 0);
  // The last one begins like TLS, and can be no hello (DP-36).
  for (const words of ['EHLO a.test\r\n', '\x16\x03\x01\xff\xff\xff\xff\xff\xff']) {
    const client = running.client().send(Buffer.from(words, 'latin1'));
    await client.gets('220 ready');
    client.finish();
  }
  // A TLS client without a certificate is none of them.
  const stranger = running.client().send(await clientHello({ servername: 'a.test' }));
  await stranger.gets('\x16');
  assert.ok(!stranger.received.includes('220'));
});

test('many handshakes at once are all ended', async (t) => {
  const running = await terminating(t, termination(own));
  const clients = Array.from({ length: 60 }, () => new TlsClient(t, running.port()));
  await Promise.all(clients.map(({ secured }) => secured));
  for (const client of clients) client.stream.end('hello');
  for (const client of clients) {
    await client.ended;
    assert.equal(client.received, 'hello');
  }
  assert.equal(new Set(await running.ended(60)).size, 1);
});

test('a session from a context without client certificates opens nothing that asks for one (D45)', async (t) => {
  const keys = { ticketKeys: Buffer.alloc(48, 7), sessionIdContext: 'same' };
  const open = await terminating(t, termination(own, 'none', keys));
  const asking = await terminating(t, termination(own, 'require-and-verify', keys));
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = new TlsClient(t, open.port(), { maxVersion });
    const [session] = (await once(first.stream, 'session')) as [Buffer];
    const second = new TlsClient(t, asking.port(), { maxVersion, session });
    second.stream.write('hello');
    assert.equal(await second.ended, 'ECONNRESET');
    assert.equal(second.received, '');
  }
  assert.equal(ca.issuer, undefined);
});
