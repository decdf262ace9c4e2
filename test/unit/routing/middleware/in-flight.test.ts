import assert from 'node:assert/strict';
import test from 'node:test';
import { InFlightLimit, OpenCounts } from '../../../../src/routing/middleware/in-flight.js';

const limit = (amount: number, counts = new OpenCounts()) => new InFlightLimit('m', amount, counts);

test('each source has its own count, and whoever leaves makes room', () => {
  const two = limit(2);
  assert.deepEqual(
    ['a', 'a', 'a', 'b'].map((address) => two.admits(address)),
    [true, true, false, true],
  );
  two.leave('a');
  assert.deepEqual([two.admits('a'), two.admits('a')], [true, false]);
});

test('the addresses of one IPv6 network are one source', () => {
  const one = limit(1);
  assert.deepEqual(
    ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map((address) => one.admits(address)),
    [true, false, true],
  );
});

for (const amount of [0, -1]) {
  test(`an amount of ${amount} admits nobody`, () => {
    assert.equal(limit(amount).admits('a'), false);
  });
}

test('a limit that is changed counts on, and what has no connection takes no room', () => {
  const counts = new OpenCounts();
  const before = limit(2, counts);
  assert.ok(before.admits('a') && before.admits('a'));
  const after = limit(3, counts);
  assert.deepEqual([after.admits('a'), after.admits('a')], [true, false]);
  before.leave('a');
  before.leave('a');
  assert.equal(counts.isEmpty, false);
  after.leave('a');
  assert.equal(counts.isEmpty, true);
});
