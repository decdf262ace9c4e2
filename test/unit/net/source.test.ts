import assert from 'node:assert/strict';
import test from 'node:test';
import { sourceOf } from '../../../src/net/source.js';

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
    assert.equal(sourceOf(one) === sourceOf(other), isSame);
  });
}
