import assert from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { ipBytes, ipText, mapped } from '../../../src/net/ip-bytes.js';

const CASES: readonly (readonly [address: string, hex: string | undefined])[] = [
  ['192.0.2.1', 'c0000201'],
  ['::ffff:192.0.2.1', 'c0000201'],
  ['::FFFF:c000:201', 'c0000201'],
  ['0:0:0:0:0:ffff:192.0.2.1', 'c0000201'],
  ['2001:db8::1', '20010db8000000000000000000000001'],
  ['2001:DB8:0:0::1', '20010db8000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['::1.2.3.4', '00000000000000000000000001020304'],
  ['1::', '00010000000000000000000000000000'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ['', undefined],
  ['1.2.3', undefined],
  ['01.2.3.4', undefined],
  ['example.com', undefined],
  ['[::1]', undefined],
];

for (const [address, hex] of CASES) {
  test(`the bytes of "${address}" are ${hex}`, () => {
    assert.equal(ipBytes(address)?.toString('hex'), hex);
  });
}

test('an address is written as Node writes that of a socket', () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.map((each) => each.toString(16)).join(':');
      const bytes = ipBytes(address) ?? assert.fail(address);
      const text = ipText(bytes);
      const node = new SocketAddress({ address, family: 'ipv6' }).address;
      // Node still writes the last two groups of a deprecated form of IPv4 as such.
      if (node.includes('.')) assert.deepEqual(ipBytes(text), bytes);
      else assert.equal(text, node);
    }),
    { numRuns: 2_000 },
  );
});

test('IPv4 is written as IPv4 in either form', () => {
  const bytes = Buffer.from([192, 0, 2, 1]);
  assert.equal(ipText(bytes), '192.0.2.1');
  assert.equal(ipText(mapped(bytes)), '192.0.2.1');
});
