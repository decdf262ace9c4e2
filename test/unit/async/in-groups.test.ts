import assert from 'node:assert/strict';
import test from 'node:test';
import { inGroups } from '../../../src/async/in-groups.js';

/** Work that ends when the test says so. */
function started() {
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const work = (item: number) => {
    begun.push(item);
    return new Promise<void>((resolve, reject) =>
      ends.set(item, (error) => (error ? reject(error) : resolve())),
    );
  };
  const end = async (...items: readonly number[]) => {
    for (const item of items) ends.get(item)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, work, end, fail: (item: number, error: Error) => ends.get(item)?.(error) };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('new ones begin together, once a quarter is left of those before', async () => {
  const { begun, work, end } = started();
  const all = inGroups(upTo(12), 8, work);
  assert.deepEqual(begun, upTo(8));
  await end(0, 1, 2, 3, 4);
  assert.deepEqual(begun, upTo(8));
  await end(5);
  assert.deepEqual(begun, upTo(12));
  await end(...upTo(12));
  await all;
});

test('one that hangs holds up nobody but itself', async () => {
  const { begun, work, end } = started();
  const all = inGroups(upTo(40), 8, work);
  for (let rounds = 0; rounds < 10; rounds += 1) await end(...begun.filter((item) => item !== 3));
  assert.deepEqual(begun, upTo(40));
  await end(3);
  await all;
});

test('never more than so many run at a time', async () => {
  let [running, most] = [0, 0];
  await inGroups(upTo(100), 8, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  assert.equal(most, 8);
});

test('of nothing it ends at once', async () => {
  await inGroups([], 8, () => assert.fail('there is nothing to do'));
});

test('the first error ends it, and nothing more begins', async () => {
  const { begun, work, end, fail } = started();
  const all = inGroups(upTo(20), 4, work);
  const error = new Error('no');
  fail(0, error);
  await assert.rejects(all, error);
  await end(1, 2, 3);
  assert.deepEqual(begun, upTo(4));
});
