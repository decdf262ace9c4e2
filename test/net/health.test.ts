import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import type { HealthCheckConfig, ServerConfig } from '../../src/config/model.js';
import { Resolver } from '../../src/net/resolve.js';
import { HealthChecks } from '../../src/proxy/health/health-checks.js';
import { Slots } from '../../src/proxy/health/slots.js';
import { healthCheckOf } from '../../src/routing/health-check.js';
import { balanced, named, written, type Balanced } from '../support/balanced.js';
import { issue } from '../support/certificates.js';
import { until } from '../support/eventually.js';
import { balancedMember } from '../support/members.js';
import { merged, transport } from '../support/merged.js';
import { refusingPort } from '../support/refusing.js';
import { saying, startServer } from '../support/servers.js';
import { startSilentServer } from '../support/silent-server.js';
import { ca, certified } from '../support/terminations.js';
import { startTlsServer, trusting } from '../support/tls-servers.js';

/** As often as it may be. */
const OFTEN: HealthCheckConfig = { interval: 100, timeout: 2_000 };

/** A proxy whose servers are checked. */
async function checking(
  t: TestContext,
  servers: readonly ServerConfig[],
  healthCheck: HealthCheckConfig = OFTEN,
): Promise<Balanced> {
  const proxy = await balanced(t);
  proxy.swap(written(servers, { healthCheck }));
  return proxy;
}

const becomes = (proxy: Balanced, status: string) =>
  until(`servers are ${status}`, () => proxy.status() === status);

/** A server that answers what it is asked as told; and how often it was asked. */
async function answering(t: TestContext, how: (socket: Socket, asked: string) => void) {
  const seen = { connections: 0, address: '', asked: '' };
  const { address } = await startServer(t, (socket) => {
    seen.connections += 1;
    let asked = '';
    socket.on('data', (bytes) => {
      asked += bytes.toString('latin1');
      seen.asked = asked;
      how(socket, asked);
    });
    socket.on('end', () => socket.end());
  });
  seen.address = address;
  return seen;
}

test('servers are checked at once; who is down gets no connection', async (t) => {
  const dead = `127.0.0.1:${await refusingPort()}`;
  const proxy = await checking(t, [{ address: await named(t, 'a') }, { address: dead }]);
  await becomes(proxy, 'UP DOWN');
  assert.equal(await proxy.visits(4), 'a a a a');
  assert.deepEqual(await proxy.running.ended(0), []);
  const said = proxy.running.lines.filter(({ message }) => message === 'the server is down');
  assert.deepEqual(
    said.map(({ level, fields }) => [level, fields['service'], fields['server'], fields['why']]),
    [['warn', 'db@docker', dead, 'refused']],
  );
});

test('when all are down the client is reset, or served all the same with onAllDown any', async (t) => {
  const deaf = await answering(t, (socket) => socket.write('no'));
  const check = { ...OFTEN, send: 'PING', expect: 'PONG' };
  const proxy = await checking(t, [{ address: deaf.address }], check);
  await becomes(proxy, 'DOWN');
  assert.equal(await proxy.running.client().ended, 'reset');
  assert.deepEqual(await proxy.running.ended(1), ['servers-down']);
  proxy.swap(written([{ address: deaf.address }], { healthCheck: { ...check, onAllDown: 'any' } }));
  await becomes(proxy, 'DOWN');
  await proxy.running.client().send('hello').gets('no');
});

test('a server that comes back is up again, and one that goes is down', async (t) => {
  let answer = 'yes';
  const server = await answering(t, (socket) => socket.end(answer));
  const proxy = await checking(t, [{ address: server.address }], {
    ...OFTEN,
    send: 'alive?',
    expect: 'yes',
  });
  for (const [next, status] of [
    ['no', 'DOWN'],
    ['yes', 'UP'],
    ['no', 'DOWN'],
  ] as const) {
    answer = next;
    await becomes(proxy, status);
  }
});

test('it takes as many results in a row as rise and fall say', async (t) => {
  let left = 0;
  let sees = '';
  const results: string[] = [];
  const server = await answering(t, (socket) => {
    results.push(proxy.status());
    left -= 1;
    socket.end(left >= 0 ? sees : sees === 'yes' ? 'no' : 'yes');
  });
  const check = { ...OFTEN, send: '?', expect: 'yes', rise: 3, fall: 2 };
  sees = 'yes';
  left = 2;
  const proxy = await checking(t, [{ address: server.address }], check);
  // Two good ones, then bad ones.
  await becomes(proxy, 'DOWN');
  assert.deepEqual(results, ['UP', 'UP', 'UP', 'UP']);
  results.length = 0;
  sees = 'yes';
  left = 3;
  await becomes(proxy, 'UP');
  // The one that was under way, too.
  assert.deepEqual(results.slice(-3), ['DOWN', 'DOWN', 'DOWN']);
});

test('an answer may come in pieces, and go on behind what is expected', async (t) => {
  const server = await answering(t, (socket, asked) => {
    if (asked !== 'PING\r\n\0') return;
    const pieces = ['+', 'P', 'ON', 'G and', ' more'];
    const next = () => {
      const piece = pieces.shift();
      if (piece === undefined) socket.end();
      else socket.write(piece, () => setImmediate(next));
    };
    next();
  });
  const check = { ...OFTEN, send: 'PING\\r\\n\\x00', expect: '\\x2bPONG' };
  const proxy = await checking(t, [{ address: server.address }], check);
  await until('it was asked often', () => server.connections > 3);
  assert.equal(proxy.status(), 'UP');
});

test('a server that answers nothing, or closes, is down', async (t) => {
  const mute = await answering(t, () => {});
  const closing = await answering(t, (socket) => socket.end());
  const proxy = await checking(t, [{ address: mute.address }, { address: closing.address }], {
    ...OFTEN,
    timeout: 200,
    send: 'PING',
    expect: 'PONG',
  });
  await becomes(proxy, 'DOWN DOWN');
  const whys = proxy.running.lines
    .filter(({ message }) => message === 'the server is down')
    .map(({ fields }) => fields['why']);
  assert.deepEqual(whys.toSorted(), ['closed', 'timeout']);
});

test('another port may be asked', async (t) => {
  const server = await answering(t, () => {});
  const dead = `127.0.0.1:${await refusingPort()}`;
  const port = Number(server.address.split(':')[1]);
  const proxy = await checking(t, [{ address: dead }], { ...OFTEN, port });
  await until('it was asked', () => server.connections > 1);
  assert.equal(proxy.status(), 'UP');
});

test('a server that is slow does not keep others waiting, and is down', async (t) => {
  const silent = `127.0.0.1:${await startSilentServer(t)}`;
  const live = await answering(t, () => {});
  const proxy = await checking(t, [{ address: silent }, { address: live.address }], {
    ...OFTEN,
    timeout: 1_000,
  });
  await until('the other one was asked', () => live.connections > 3);
  assert.equal(proxy.status(), 'UP UP');
  await becomes(proxy, 'DOWN UP');
});

test('what is known survives swaps, and only a new server is asked at once', async (t) => {
  const dead = `127.0.0.1:${await refusingPort()}`;
  const live = await answering(t, () => {});
  const seldom = { healthCheck: { interval: 3_600_000 } };
  const proxy = await balanced(t);
  proxy.swap(written([{ address: dead }, { address: live.address }], seldom));
  await becomes(proxy, 'DOWN UP');
  const fresh = await answering(t, () => {});
  for (let n = 0; n < 20; n += 1) {
    proxy.swap(
      written(
        [{ address: fresh.address }, { address: live.address, weight: n + 1 }, { address: dead }],
        { ...seldom, strategy: 'leastconn' },
      ),
    );
    assert.equal(proxy.status(), 'UP UP DOWN');
  }
  await until('the new one was asked', () => fresh.connections > 0);
  assert.equal(live.connections, 1);
  // Another check knows nothing yet.
  proxy.swap(
    written([{ address: live.address }, { address: dead }], {
      healthCheck: { interval: 3_500_000 },
    }),
  );
  assert.equal(proxy.status(), 'UP UP');
  await becomes(proxy, 'UP DOWN');
  assert.equal(live.connections, 2);
});

test('what is not known yet is chosen only while nothing is known to be up', async (t) => {
  // It never says all that the check waits for.
  const { address: unknown } = await startServer(t, (socket) => socket.write('li'));
  const live = await named(t, 'live');
  const check = { healthCheck: { interval: 100, timeout: 3_600_000, expect: 'live;' } };
  const proxy = await balanced(t);
  proxy.swap(written([{ address: unknown }], check));
  await proxy.running.client().gets('li');
  proxy.swap(written([{ address: unknown }, { address: live }], check));
  await until('the other one is chosen', async () => {
    const client = proxy.running.client();
    await client.gets('li');
    return client.received === 'live;';
  });
  assert.equal(await proxy.visits(4), 'live live live live');
  assert.equal(proxy.status(), 'UP UP');
});

test('a check goes by the TLS of the transport', async (t) => {
  const good = certified('a.test');
  const bad = issue({ name: 'x' });
  const [trusted, strange] = await Promise.all(
    [good, bad].map(({ chain, key }) => startTlsServer(t, saying('hello'), { cert: chain, key })),
  );
  const proxy = await balanced(t);
  const servers = [trusted, strange].map((server) => ({
    address: `127.0.0.1:${server?.port ?? 0}`,
  }));
  proxy.apply({
    services: [
      written(servers, { healthCheck: { ...OFTEN, expect: 'hello' }, serversTransport: 't' }),
    ],
    transports: [transport('t@docker', { tls: { rootCAs: [ca.cert], serverName: 'a.test' } })],
  });
  await becomes(proxy, 'UP DOWN');
});

/** Answers an HTTP request with this status. */
const http =
  (status: string) =>
  (socket: Socket, asked: string): void => {
    if (asked.endsWith('\r\n\r\n')) socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
  };

test('a server may be asked by HTTP', async (t) => {
  const up = await answering(t, http('204 No Content'));
  const broken = await answering(t, http('500 Internal Server Error'));
  const proxy = await checking(t, [{ address: up.address }, { address: broken.address }], {
    ...OFTEN,
    mode: 'http',
    path: '/up?deep=1',
    hostname: 'db.test',
  });
  await becomes(proxy, 'UP DOWN');
  assert.match(up.asked, /^GET \/up\?deep=1 HTTP\/1\.1\r\nHost: db\.test\r\n/);
});

test('a server may be asked by HTTPS beside a service in clear', async (t) => {
  const { chain, key } = certified('127.0.0.1', { ip: ['127.0.0.1'] });
  const { port } = await startTlsServer(
    t,
    (stream) => stream.on('data', (bytes: Buffer) => http('200 OK')(stream, bytes.toString())),
    { cert: chain, key },
  );
  const proxy = await balanced(t);
  const check = { ...OFTEN, mode: 'http', scheme: 'https', port } as const;
  const servers = [{ address: await named(t, 'a') }];
  proxy.apply({
    services: [written(servers, { healthCheck: check, serversTransport: 't' })],
    transports: [transport('t@docker', { tls: { rootCAs: [ca.cert] } })],
  });
  await until('it was found out', () => proxy.status() === 'UP');
  // Without the authority it is not believed.
  proxy.swap(written(servers, { healthCheck: check }));
  await becomes(proxy, 'DOWN');
  assert.equal(await proxy.running.client().ended, 'reset');
});

test('a server on Consul Connect is never asked in clear at its own port', async (t) => {
  const inTls = await startTlsServer(t, (stream) => stream.end('HTTP/1.1 200 OK\r\n\r\n'));
  const inClear = await answering(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  const connect = { namespace: 'default', datacenter: 'dc1', service: 'db' };
  const proxy = await balanced(t, { connect: () => trusting() });
  const check = { ...OFTEN, mode: 'http', scheme: 'http' } as const;
  const servers = [{ address: `127.0.0.1:${inTls.port}`, connect }];
  proxy.swap(written(servers, { healthCheck: check }));
  await until('it is known', () => proxy.known().join() === 'up');
  assert.deepEqual(proxy.findings(), ['ignored']);
  // Envoy answers checks in clear at another port.
  const port = Number(inClear.address.replace(/.*:/, ''));
  proxy.swap(written(servers, { healthCheck: { ...check, port } }));
  await until('it is asked there', () => inClear.connections > 0);
  await until('it is known again', () => proxy.known().join() === 'up');
  assert.deepEqual(proxy.findings(), []);
});

test('a server that expects PROXY headers gets one that says it is nobody', async (t) => {
  const server = await answering(t, () => {});
  const proxy = await balanced(t);
  proxy.apply({
    services: [
      written([{ address: server.address }], {
        healthCheck: { ...OFTEN, send: 'PING' },
        serversTransport: 't',
      }),
    ],
    transports: [transport('t@docker', { proxyProtocol: { version: 1 } })],
  });
  await until('it was asked', () => server.asked === 'PROXY UNKNOWN\r\nPING');
});

test('a weighted service passes over one whose servers are all down', async (t) => {
  const dead = `127.0.0.1:${await refusingPort()}`;
  const live = await named(t, 'live');
  const proxy = await balanced(t);
  const checked = { healthCheck: OFTEN };
  proxy.swap(
    {
      ...merged('db@docker', {
        weighted: { services: [{ name: 'gone', weight: 5 }, { name: 'there' }], healthCheck: {} },
      }),
      servers: [],
    },
    written([{ address: dead }], checked, 'gone@docker'),
    written([{ address: live }], checked, 'there@docker'),
  );
  await until('it is down', () =>
    proxy.running.lines.some(({ message }) => message === 'the server is down'),
  );
  assert.equal(await proxy.visits(3), 'live live live');
  assert.deepEqual(await proxy.running.ended(0), []);
});

test('failed connections take a server out, also without a check, and it is shown', async (t) => {
  const dead = `127.0.0.1:${await refusingPort()}`;
  const proxy = await balanced(t);
  const { running } = proxy;
  proxy.swap(written([{ address: dead }, { address: await named(t, 'a') }]));
  for (let n = 0; n < 8; n += 1) {
    const { client, by } = await proxy.visit();
    assert.equal(by, 'a');
    client.finish();
  }
  await running.ended(8);
  assert.equal(proxy.status(), 'DOWN UP');
  assert.equal(running.counted('server', `db@docker ${dead}`, 'failures'), 3);
  const said = running.lines.filter(({ message }) => message === 'the server is down');
  assert.deepEqual(
    said.map(({ fields }) => [fields['server'], fields['why']]),
    [[dead, 'refused']],
  );
});

test('the last server is tried however often it fails, and is back at its first success', async (t) => {
  const port = await refusingPort();
  const proxy = await balanced(t);
  proxy.swap(written([{ address: `127.0.0.1:${port}` }]));
  for (let n = 0; n < 5; n += 1) assert.equal(await proxy.running.client().ended, 'reset');
  assert.deepEqual(await proxy.running.ended(5), Array(5).fill('dial-failed'));
  assert.equal(proxy.status(), 'DOWN');
});

test('a server that only accepts is out beside a check, and tried again after the window', async (t) => {
  let isBroken = true;
  const { address } = await startServer(t, (socket) => {
    if (isBroken) socket.end();
    else socket.end('b;');
  });
  const proxy = await balanced(t);
  const { running } = proxy;
  proxy.swap(
    written([{ address: await named(t, 'a') }, { address }], {
      healthCheck: { interval: 3_600_000 },
      passiveHealthCheck: { failureWindow: 300, maxFailedAttempts: 2 },
    }),
  );
  await becomes(proxy, 'UP UP');
  await until('it is out', async () => {
    const client = running.client();
    await Promise.race([client.ended, client.gets(';')]);
    client.finish();
    await running.ended(1);
    return proxy.status() === 'UP DOWN';
  });
  assert.equal(await proxy.visits(1), 'a');
  isBroken = false;
  await until('it is back', async () => {
    (await proxy.visit()).client.finish();
    return proxy.status() === 'UP UP';
  });
});

const SILENT_ENDS: Readonly<Record<string, (stream: Socket, raw: Socket) => void>> = {
  'with a FIN': (stream) => stream.resume().end(),
  // Not at once: that would be a connection that was never there.
  'with a reset': (stream, raw) => stream.once('data', () => raw.resetAndDestroy()),
  'with TCP alone': (_, raw) => raw.resume().end(),
};

for (const [name, end] of Object.entries(SILENT_ENDS))
  for (const isTls of [false, true]) {
    test(`a server that ends without a byte, ${name}, ${isTls ? 'over TLS' : 'in clear'} counts as failed, and one that speaks does not`, async (t) => {
      const { port } = isTls
        ? await startTlsServer(t, end)
        : await startServer(t, (socket) => end(socket, socket));
      const { port: speaking } = isTls
        ? await startTlsServer(t, (stream) => stream.resume().end('b;'))
        : await startServer(t, saying('b;'));
      const proxy = await balanced(t);
      const { running } = proxy;
      proxy.apply({
        services: [
          written([{ address: `127.0.0.1:${port}` }, { address: `127.0.0.1:${speaking}` }], {
            healthCheck: { interval: 3_600_000 },
            passiveHealthCheck: { maxFailedAttempts: 2 },
            ...(isTls && { serversTransport: 't' }),
          }),
        ],
        transports: [transport('t@docker', { tls: { serverName: 'a.test', rootCAs: [ca.cert] } })],
      });
      await until('both are known', () => proxy.known().join() === 'up,up');
      for (let n = 0; n < 4; n += 1) {
        const client = running.client().send('hi');
        await Promise.race([client.ended, client.gets(';')]);
        client.finish();
      }
      const ends = await running.ended(4);
      assert.equal(ends.filter((end) => end === 'server-silent').length, 2);
      assert.equal(proxy.status(), 'DOWN UP');
      assert.equal(await proxy.visits(2), 'b b');
    });
  }

test('checks are spread over a fifth of their interval, each server by itself', async (t) => {
  const [up, down] = [await startServer(t, saying('hello')), await refusingPort()];
  for (const [random, waits] of [
    [0, [900_000, 450_000]],
    [0.5, [1_000_000, 500_000]],
    [0.999, [1_100_000, 550_000]],
  ] as const) {
    const lengths: number[] = [];
    class Noting extends Deadlines {
      override start<T>(ms: number, callback: (argument: T) => void, argument: T) {
        lengths.push(ms);
        return super.start(ms, callback, argument);
      }
    }
    const timers = new Noting();
    const check = healthCheckOf({ interval: 1_000_000, unhealthyInterval: 500_000 });
    const members = [up.port, down].map((port) =>
      balancedMember(`s${port}`, { host: '127.0.0.1', port }),
    );
    for (const { server } of members) server.health.configure(check);
    const checks = new HealthChecks({
      timers,
      resolver: new Resolver(timers),
      descriptors: { count() {} },
      slots: new Slots(2),
      random: () => random,
      checked() {},
    });
    checks.apply([{ name: 's@test', check, members, tls: undefined }]);
    await until('both wait for their next check', () => waits.every((ms) => lengths.includes(ms)));
    checks.stop();
  }
});

test('hundreds of servers are checked together, and nothing is left behind by it', async (t) => {
  const { port } = await startServer(t, saying('hello'), '0.0.0.0');
  const before = process.getActiveResourcesInfo().length;
  const proxy = await balanced(t);
  const addresses = Array.from(
    { length: 400 },
    (_, i) => `127.0.${i >> 8}.${1 + (i & 127)}:${port}`,
  );
  const check = { interval: 3_600_000, expect: 'hello' };
  proxy.swap(
    written(
      [...new Set(addresses)].map((address) => ({ address })),
      { healthCheck: check },
    ),
  );
  await until('all are known', () => {
    const all = proxy.known();
    return all.length === new Set(addresses).size && all.every((status) => status === 'up');
  });
  proxy.swap();
  await until(
    'all handles are closed',
    () => process.getActiveResourcesInfo().length <= before + 1,
  );
});
