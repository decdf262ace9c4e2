import assert from 'node:assert/strict';
import test from 'node:test';
import { Unrouted } from '../../../src/proxy/unrouted.js';

const entered = (unrouted: Unrouted, addresses: readonly string[]) =>
  addresses.map((address) => unrouted.enter(address));

test('a source may hold half of all places, and no more than its own number beyond', () => {
  const unrouted = new Unrouted({ max: 8, maxPerIP: 2 });
  const one = entered(unrouted, ['a', 'a', 'a', 'a', 'a']);
  assert.deepEqual(one, [true, true, true, true, false]);
  assert.deepEqual(entered(unrouted, ['b', 'b', 'b']), [true, true, false]);
});

test('no source gets in beyond the total', () => {
  const unrouted = new Unrouted({ max: 3, maxPerIP: 9 });
  assert.deepEqual(entered(unrouted, ['a', 'b', 'c', 'd']), [true, true, true, false]);
});

test('whoever has left makes room for others', () => {
  const unrouted = new Unrouted({ max: 2, maxPerIP: 1 });
  assert.deepEqual(entered(unrouted, ['a', 'a']), [true, false]);
  unrouted.leave('a');
  assert.deepEqual(entered(unrouted, ['a', 'b', 'c']), [true, true, false]);
});

const PAIRS: readonly (readonly [string, string, boolean])[] = [
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['2001:db8::1', '2001:db8:0:0:1::', true],
  ['::1', '::2', true],
  ['fe80::1%eth0', 'fe80::2%eth1', true],
  ['192.0.2.1', '192.0.2.2', false],
];

for (const [one, other, isSame] of PAIRS) {
  test(`${one} and ${other} are ${isSame ? 'one source' : 'two sources'}`, () => {
    const unrouted = new Unrouted({ max: 2, maxPerIP: 1 });
    unrouted.enter(one);
    assert.equal(unrouted.enter(other), !isSame);
  });
}
