import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Endpoint } from '../../../src/net/address.js';
import { ipText } from '../../../src/net/ip-bytes.js';
import { readProxyHeader } from '../../../src/net/proxy-header.js';
import { writeProxyHeader } from '../../../src/net/write-proxy-header.js';

const V4_CLIENT = { host: '192.0.2.1', port: 56_324 };
const V4_PROXY = { host: '198.51.100.2', port: 443 };
const V6_CLIENT = { host: '2001:db8::1', port: 4_000 };
const V6_PROXY = { host: '2001:db8::2', port: 443 };
const NOBODY = { host: '', port: 0 };

interface Case {
  readonly name: string;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly v1: string;
  /** Behind the signature, in hex. */
  readonly v2: string;
}

const CASES: readonly Case[] = [
  {
    name: 'IPv4',
    source: V4_CLIENT,
    destination: V4_PROXY,
    v1: 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443',
    v2: '2111000c c0000201 c6336402 dc04 01bb',
  },
  {
    name: 'IPv4 in its IPv6 form',
    source: { host: '::ffff:192.0.2.1', port: 56_324 },
    destination: V4_PROXY,
    v1: 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443',
    v2: '2111000c c0000201 c6336402 dc04 01bb',
  },
  {
    name: 'IPv6',
    source: V6_CLIENT,
    destination: V6_PROXY,
    v1: 'PROXY TCP6 2001:db8::1 2001:db8::2 4000 443',
    v2: '21210024 20010db8000000000000000000000001 20010db8000000000000000000000002 0fa0 01bb',
  },
  {
    name: 'IPv6 with a zone',
    source: { host: 'fe80::1%eth0', port: 1 },
    destination: { host: 'fe80::2%eth0', port: 2 },
    v1: 'PROXY TCP6 fe80::1 fe80::2 1 2',
    v2: '21210024 fe800000000000000000000000000001 fe800000000000000000000000000002 0001 0002',
  },
  {
    name: 'a client of IPv4 at an address of IPv6',
    source: V4_CLIENT,
    destination: V6_PROXY,
    v1: 'PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 56324 443',
    v2: '21210024 00000000000000000000ffffc0000201 20010db8000000000000000000000002 dc04 01bb',
  },
  {
    name: 'a client of IPv6 at an address of IPv4',
    source: V6_CLIENT,
    destination: V4_PROXY,
    v1: 'PROXY TCP6 2001:db8::1 ::ffff:198.51.100.2 4000 443',
    v2: '21210024 20010db8000000000000000000000001 00000000000000000000ffffc6336402 0fa0 01bb',
  },
  {
    name: 'an unknown client',
    source: NOBODY,
    destination: V4_PROXY,
    v1: 'PROXY UNKNOWN',
    v2: '20000000',
  },
  {
    name: 'an unknown address of ours',
    source: V6_CLIENT,
    destination: NOBODY,
    v1: 'PROXY UNKNOWN',
    v2: '20000000',
  },
];

for (const { name, source, destination, v1, v2 } of CASES) {
  test(`${name}: written in version 1 and 2`, () => {
    assert.equal(writeProxyHeader(1, source, destination).toString(), `${v1}\r\n`);
    assert.equal(
      writeProxyHeader(2, source, destination).toString('hex'),
      `0d0a0d0a000d0a515549540a${v2.replaceAll(' ', '')}`,
    );
  });
}

test('what is written is read again', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const host = fc.oneof(bytes(4), bytes(16)).map((ip) => ipText(Buffer.from(ip)));
  const endpoint = fc.record({ host, port: fc.nat(65_535) }, { noNullPrototype: true });
  const version = fc.constantFrom(1 as const, 2 as const);
  fc.assert(
    fc.property(version, endpoint, endpoint, (of, source, destination) => {
      const written = writeProxyHeader(of, source, destination);
      const expected = { length: written.length, source, destination };
      assert.deepEqual(readProxyHeader(written), expected);
    }),
    { numRuns: 10_000 },
  );
});
