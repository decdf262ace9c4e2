import assert from 'node:assert/strict';
import { BlockList, isIPv4 } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { isInRange, parseIpRange } from '../../../src/rule/ip-range.js';

const CASES: readonly (readonly [range: string, address: string, isIn: boolean])[] = [
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['10.0.0.7/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['0.0.0.0/0', '255.1.2.3', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '::1', true],
  ['::/0', '10.0.0.1', false],
  ['::/0', '::ffff:10.0.0.1', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['::ffff:0:0/95', '10.1.2.3', false],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['2001:db8::5', '2001:0DB8:0:0:0:0:0:5', true],
  ['fe80::1', 'fe80::1%eth0', true],
  ['::', '::', true],
  ['10.0.0.1', '', false],
  ['10.0.0.1', 'localhost', false],
];

for (const [range, address, isIn] of CASES) {
  test(`"${address}" is ${isIn ? 'in' : 'outside'} ${range}`, () => {
    const parsed = parseIpRange(range);
    assert.ok(parsed);
    assert.equal(isInRange(parsed, address), isIn);
  });
}

const REFUSED = [
  '',
  'localhost',
  '010.0.0.1',
  '256.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/255.0.0.0',
  '::/129',
  '[::1]',
  'fe80::1%eth0',
  '10.0.0.1:80',
  '1.2.3',
  '10.0.0.0/8/8',
];

for (const text of REFUSED) {
  test(`"${text}" is no range`, () => {
    assert.equal(parseIpRange(text), undefined);
  });
}

test('ranges hold what the platform says they hold', () => {
  const prefix = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  const family = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6');
  fc.assert(
    fc.property(prefix, fc.oneof(fc.ipV4(), fc.ipV6()), ([network, bits], address) => {
      fc.pre(!/^[0:]*ffff:/i.test(network) && !/^[0:]*ffff:/i.test(address));
      const list = new BlockList();
      list.addSubnet(network, bits, family(network));
      const range = parseIpRange(`${network}/${bits}`);
      assert.ok(range);
      // The platform takes IPv4 for IPv6; a rule does not.
      for (const candidate of [address, network].filter((a) => family(a) === family(network))) {
        assert.equal(isInRange(range, candidate), list.check(candidate, family(candidate)));
      }
    }),
    { numRuns: 1000 },
  );
});
