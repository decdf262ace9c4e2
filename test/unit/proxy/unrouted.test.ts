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

test('the addresses of one IPv6 network are one source', () => {
  const unrouted = new Unrouted({ max: 2, maxPerIP: 1 });
  assert.deepEqual(entered(unrouted, ['2001:db8::1', '2001:db8::2', '2001:db8:1::1']), [
    true,
    false,
    true,
  ]);
});
