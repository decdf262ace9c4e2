import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import { clientHello } from '../support/hello.js';
import { startProxy } from '../support/proxy.js';
import { route, service, table } from '../support/tables.js';
import { certified, termination } from '../support/terminations.js';

const hello = await clientHello({ servername: 'a.test' });
const latin1 = (text: string) => Buffer.from(text, 'latin1');

const PREAMBLES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a hello', hello],
  ['a Postgres request', Buffer.from('0000000804d2162f', 'hex')],
  ['PROXY protocol 1', latin1('PROXY TCP4 203.0.113.7 198.51.100.2 1234 443\r\n')],
  [
    'PROXY protocol 2',
    Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007107c633640204d201bb', 'hex'),
  ],
  ['an HTTP request', latin1('GET /api/rawdata')],
];

/** Whoever goes on with HTTP after its method is the built-in server's, which has deadlines of its own. */
const isDecided = (name: string, length: number) => name === 'an HTTP request' && length >= 4;

for (const [name, bytes] of PREAMBLES) {
  test(`whoever stops at any byte of ${name} is closed at the deadline, and leaves nothing behind`, async (t) => {
    const secure = termination(certified('a.test'));
    const running = await startProxy(t, {
      entryPoints: {
        tcp: { readTimeout: 300, sniffTimeout: 0, unrouted: { max: 5_000, maxPerIP: 5_000 } },
      },
      believes: { tcp: () => true },
      builtIn: { tcp: createServer() },
      table: table({ tcp: { plain: [], tls: [route(service([]), () => true, 'a@test', secure)] } }),
    });
    const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length).filter(
      (length) => !isDecided(name, length),
    );
    const ends = await Promise.all(
      lengths.map(async (length) => {
        const client = running.client();
        // Two pieces, so that the wait begins in the middle.
        client.send(bytes.subarray(0, length >> 1)).send(bytes.subarray(length >> 1, length));
        const end = await client.ended;
        client.finish();
        return end;
      }),
    );
    assert.deepEqual(new Set(ends), new Set(['fin']));
    const reasons = new Set(await running.ended(lengths.length));
    const expected =
      name === 'a hello' ? ['route-timeout', 'handshake-timeout'] : ['route-timeout'];
    assert.deepEqual(reasons, new Set(expected));
    assert.equal(running.open(), 0);
  });
}
