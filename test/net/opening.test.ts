import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { ServerTls } from '../../src/net/server-tls.js';
import type { Server, Transport } from '../../src/routing/service.js';
import { issue } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { clientHello } from '../support/hello.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, saying, startServer } from '../support/servers.js';
import { ending, readEach } from '../support/sockets.js';
import { route, server, service, table } from '../support/tables.js';
import { startTlsServer, trusting } from '../support/tls-servers.js';

const MIB = 1024 * 1024;

/** A proxy in front of these ports, tried in this order. */
function inFrontOf(
  t: TestContext,
  ports: readonly number[],
  tls: ServerTls | undefined,
  transport: Partial<Transport> = {},
): Promise<RunningProxy> {
  const servers = ports.map((port) => server(port));
  return startProxy(t, {
    table: table({ tcp: [route(service(servers, transport, 'db@test', tls))] }),
  });
}

/** What was not reached, and why, as the log has it. */
const failed = ({ lines }: RunningProxy) =>
  lines.find(({ message }) => message === 'connection ended')?.fields['failed'];

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${maxVersion} to the server: both sides can be half-closed`, async (t) => {
    const { port } = await startTlsServer(t, echo, { maxVersion });
    const running = await inFrontOf(t, [port], trusting());
    const client = running.client().finish('hello');
    assert.equal(await client.ended, 'fin');
    assert.equal(client.received, 'hello');
    assert.deepEqual(await running.ended(1), ['done']);
  });

  test(`${maxVersion}: an answer without close_notify is a reset to the client`, async (t) => {
    const { port } = await startTlsServer(
      t,
      (stream, raw) => stream.write('half an ans', () => raw.destroySoon()),
      { maxVersion },
    );
    const running = await inFrontOf(t, [port], trusting());
    const client = running.client();
    assert.equal(await client.ended, 'reset');
    assert.deepEqual(await running.ended(1), ['server-truncated']);
  });

  for (const isWhole of [true, false]) {
    test(`${maxVersion}: ${isWhole ? 'a whole' : 'a cut'} answer is known as such behind a client that reads slowly`, async (t) => {
      const { port } = await startTlsServer(
        t,
        (stream, raw) => {
          if (isWhole) stream.end(Buffer.alloc(4 * MIB, 1));
          else stream.write(Buffer.alloc(4 * MIB, 1), () => raw.destroySoon());
        },
        { maxVersion },
      );
      const running = await inFrontOf(t, [port], trusting());
      const { socket } = running.client();
      let unread = 0;
      let all = 0;
      const by = await readEach(socket, (chunk) => {
        all += chunk.length;
        unread += chunk.length;
        if (unread < MIB / 4) return;
        unread = 0;
        socket.pause();
        setTimeout(() => socket.resume(), 10);
      });
      socket.end();
      // Before Node 24 a client that pauses may not see the reset (D20).
      if (isWhole) assert.deepEqual({ by, all }, { by: 'fin', all: 4 * MIB });
      assert.deepEqual(await running.ended(1), [isWhole ? 'done' : 'server-truncated']);
    });
  }
}

test('resets pass through TLS both ways', async (t) => {
  const ends: Promise<string>[] = [];
  const { port } = await startTlsServer(t, (stream, raw) => {
    ends.push(
      new Promise((resolve) => {
        stream.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code));
        stream.on('close', () => resolve('close'));
      }),
    );
    stream.on('data', (chunk: Buffer) => {
      if (chunk.toString() === 'die') raw.resetAndDestroy();
      else stream.write(chunk);
    });
  });
  const running = await inFrontOf(t, [port], trusting());
  const first = running.client().send('hello');
  await first.gets('hello');
  first.socket.resetAndDestroy();
  await running.ended(1);
  assert.equal(await ends[0], 'ECONNRESET');
  const second = running.client().send('die');
  assert.equal(await second.ended, 'reset');
  assert.deepEqual(await running.ended(2), ['client-reset', 'server-silent']);
});

test('64 MiB through TLS arrive whole', async (t) => {
  const { port } = await startTlsServer(t, (stream) => {
    stream.end(Buffer.alloc(64 * MIB, 7));
    stream.resume();
  });
  const running = await inFrontOf(t, [port], trusting());
  const { socket } = running.client();
  let all = 0;
  const by = await readEach(socket, (chunk) => {
    all += chunk.length;
    assert.equal(chunk[0], 7);
  });
  socket.end();
  assert.deepEqual({ by, all }, { by: 'fin', all: 64 * MIB });
});

test('a server that is not who is wanted gets no byte, and the next one is tried', async (t) => {
  const stranger = issue({ name: 'a.test', dns: ['a.test'] });
  let got = 0;
  const bad = await startTlsServer(t, (stream) => stream.on('data', () => (got += 1)), {
    cert: stranger.cert,
    key: stranger.key,
  });
  const good = await startTlsServer(t, echo);
  const running = await inFrontOf(t, [bad.port, good.port], trusting());
  const client = running.client().finish('hello');
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'hello');
  assert.deepEqual(await running.ended(1), ['done']);
  assert.deepEqual(failed(running), [`127.0.0.1:${bad.port} (test): untrusted`]);
  assert.equal(got, 0);
});

for (const [name, tls] of [
  ['while it is connected to', undefined],
  ['during its handshake', trusting],
] as const) {
  test(`a server that is removed ${name} gets no byte, and the next one is tried`, async (t) => {
    let heard = '';
    const hear = (socket: Socket) => void socket.on('data', (bytes) => (heard += bytes.toString()));
    const start = (serve: (socket: Socket) => void) =>
      tls ? startTlsServer(t, serve) : startServer(t, serve);
    const [first, second] = [await start(hear), await start(echo)];
    const removed: { -readonly [Key in keyof Server]: Server[Key] } = server(first.port);
    const remove = () => {
      removed.isRemoved = true;
      return undefined;
    };
    const base = service([removed, server(second.port)], {}, 'db@test', tls?.({ check: remove }));
    const to: typeof base = {
      ...base,
      pick(tried, client, now) {
        if (tls === undefined) remove();
        return base.pick(tried, client, now);
      },
    };
    const running = await startProxy(t, { table: table({ tcp: [route(to)] }) });
    const client = running.client().finish('hello');
    assert.equal(await client.ended, 'fin');
    assert.deepEqual([client.received, heard], ['hello', '']);
    assert.deepEqual(await running.ended(1), ['done']);
    assert.match(String(failed(running)), /removed/);
  });
}

test('a server that speaks no TLS is none', async (t) => {
  const { port } = await startServer(t, saying('SSH-2.0-what\r\n'));
  const running = await inFrontOf(t, [port], trusting());
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['dial-failed']);
  assert.match(String(failed(running)), /tls-failed/);
});

test('a handshake that is never answered is over with dialTimeout', async (t) => {
  const { port } = await startServer(t, () => {});
  const running = await inFrontOf(t, [port], trusting(), { dialTimeout: 100 });
  assert.equal(await running.client().ended, 'reset');
  assert.deepEqual(await running.ended(1), ['dial-timeout']);
});

test('a client that leaves during the handshake ends it', async (t) => {
  const dialled: Socket[] = [];
  const { port } = await startServer(t, (socket) => dialled.push(socket));
  const running = await inFrontOf(t, [port], trusting());
  const client = running.client();
  const socket = await eventually('the server is dialled', () => dialled[0]);
  client.socket.resetAndDestroy();
  await once(socket.resume(), 'end');
  assert.deepEqual(await running.ended(1), ['client-left-dialling']);
});

test('without an identity to show nothing is sent', async (t) => {
  const { port } = await startServer(t, echo);
  const waiting: ServerTls = {
    handshakeWith: () => ({ reason: 'no-identity', detail: 'no SVID yet' }),
  };
  const running = await inFrontOf(t, [port], waiting);
  assert.equal(await running.client().ended, 'reset');
  await running.ended(1);
  assert.deepEqual(failed(running), [`127.0.0.1:${port} (test): no-identity (no SVID yet)`]);
});

const read = (bytes: string) => Buffer.from(bytes, 'latin1');

for (const version of [1, 2] as const) {
  for (const isSecure of [false, true]) {
    test(`PROXY protocol v${version} comes first${isSecure ? ', before TLS' : ''}`, async (t) => {
      const heads: Buffer[] = [];
      const { port } = await startServer(t, (socket) => {
        socket.once('data', (chunk) => {
          heads.push(chunk);
          socket.end(isSecure ? '' : 'bye');
        });
      });
      const running = await inFrontOf(t, [port], isSecure ? trusting() : undefined, {
        proxyProtocol: version,
        dialTimeout: 500,
      });
      const client = running.client();
      await once(client.socket, 'connect');
      const address = client.socket.address() as { port: number };
      await client.ended;
      const head = heads[0]?.toString('latin1') ?? '';
      if (version === 1) {
        assert.ok(
          head.startsWith(`PROXY TCP4 127.0.0.1 127.0.0.1 ${address.port} ${running.port()}\r\n`),
        );
      } else {
        assert.equal(heads[0]?.subarray(0, 16).toString('hex'), '0d0a0d0a000d0a515549540a2111000c');
        assert.equal(heads[0]?.readUInt16BE(24), address.port);
        assert.equal(heads[0]?.readUInt16BE(26), running.port());
      }
      if (isSecure) assert.ok(read(head).includes(Buffer.of(0x16, 3, 1)));
    });
  }
}

const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

/** A client that asks for TLS as Postgres clients do, in front of a server that answers it. */
async function postgres(
  t: TestContext,
  answer: (socket: Socket) => void,
): Promise<{ running: RunningProxy; hello: Buffer; got: Buffer[] }> {
  const got: Buffer[] = [];
  const { port } = await startServer(t, (socket) => {
    socket.on('data', (chunk) => {
      got.push(chunk);
      if (chunk.equals(SSL_REQUEST)) answer(socket);
      else socket.end('from the server');
    });
  });
  const running = await startProxy(t, {
    table: table({
      tcp: {
        plain: [],
        tls: [route(service([server(port)]), () => true, 'pg@test', 'passthrough')],
      },
    }),
  });
  return { running, hello: await clientHello({ servername: 'a.test' }), got };
}

test('Postgres passed through: the server is asked for TLS as we were', async (t) => {
  const { running, hello, got } = await postgres(t, (socket) => socket.write('S'));
  const client = running.client().send(SSL_REQUEST);
  await client.gets('S');
  client.send(hello);
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'Sfrom the server');
  assert.deepEqual(Buffer.concat(got), Buffer.concat([SSL_REQUEST, hello]));
  client.finish();
  assert.deepEqual(await running.ended(1), ['done']);
});

test('Postgres passed through by a transport with TLS: the server is asked within it, never in clear', async (t) => {
  const got: Buffer[] = [];
  const { port } = await startTlsServer(t, (stream) => {
    stream.on('data', (chunk: Buffer) => {
      got.push(chunk);
      if (chunk.equals(SSL_REQUEST)) stream.write('S');
      else stream.end('from the server');
    });
  });
  const running = await startProxy(t, {
    table: table({
      tcp: {
        plain: [],
        tls: [
          route(
            service([server(port)], {}, 'pg@test', trusting()),
            () => true,
            'pg@test',
            'passthrough',
          ),
        ],
      },
    }),
  });
  const hello = await clientHello({ servername: 'a.test' });
  const client = running.client().send(SSL_REQUEST);
  await client.gets('S');
  client.send(hello);
  assert.equal(await client.ended, 'fin');
  assert.equal(client.received, 'Sfrom the server');
  assert.deepEqual(Buffer.concat(got), Buffer.concat([SSL_REQUEST, hello]));
});

const REFUSALS: readonly (readonly [string, (socket: Socket) => void, string])[] = [
  ['N', (socket) => socket.write('N'), 'no-tls'],
  ['S and more in clear', (socket) => socket.write('Sneaky'), 'no-tls'],
  ['nothing, and closes', (socket) => socket.end(), 'reset'],
];

for (const [what, answer, reason] of REFUSALS) {
  test(`a Postgres server that answers ${what} gets nothing of the client`, async (t) => {
    const { running, hello, got } = await postgres(t, answer);
    const client = running.client().send(SSL_REQUEST);
    await client.gets('S');
    client.send(hello);
    assert.equal(await client.ended, 'reset');
    assert.deepEqual(await running.ended(1), ['dial-failed']);
    assert.match(String(failed(running)), new RegExp(reason));
    assert.deepEqual(Buffer.concat(got), SSL_REQUEST);
  });
}

test('a TLS client passed through is not touched', async (t) => {
  const hello = await clientHello({ servername: 'a.test' });
  const got = new Promise<Buffer>((resolve) => {
    void startServer(t, (socket) => {
      void ending(socket).then(({ bytes }) => resolve(bytes));
    }).then(async ({ port }) => {
      const running = await startProxy(t, {
        table: table({
          tcp: {
            plain: [],
            tls: [route(service([server(port)]), () => true, 'pg@test', 'passthrough')],
          },
        }),
      });
      running.client().finish(hello);
    });
  });
  assert.deepEqual(await got, hello);
});
