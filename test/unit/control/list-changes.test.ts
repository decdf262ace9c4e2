import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { listChanges } from '../../../src/control/list-changes.js';

const all = Array.from({ length: 60 }, (_, n) => ({ n }));

test('what is only in one of two lists is found, wherever it stands', () => {
  const list = fc.oneof(fc.shuffledSubarray(all), fc.subarray(all));
  fc.assert(
    fc.property(list, list, (before, now) => {
      const { gone, added } = listChanges(before, now);
      assert.deepEqual(new Set(gone), new Set(before.filter((one) => !now.includes(one))));
      assert.deepEqual(new Set(added), new Set(now.filter((one) => !before.includes(one))));
    }),
  );
});

test('lists that share nothing near, or nothing at all, are compared as well', () => {
  const long = Array.from({ length: 2_000 }, (_, n) => ({ n }));
  const other = Array.from({ length: 2_000 }, (_, n) => ({ n }));
  const turned = [...long.slice(1_000), ...long.slice(0, 1_000)];
  const sizes = ({ gone, added }: ReturnType<typeof listChanges>) => [gone.length, added.length];
  assert.deepEqual(sizes(listChanges(long, turned)), [0, 0]);
  assert.deepEqual(sizes(listChanges(long, other)), [2_000, 2_000]);
  assert.deepEqual(sizes(listChanges([...long, ...other], [...other, ...long])), [0, 0]);
});
