import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { listChanges } from '../../../src/control/list-changes.js';

const all = Array.from({ length: 12 }, (_, n) => ({ n }));

test('what is only in one of two lists is found, wherever it stands', () => {
  const list = fc.shuffledSubarray(all);
  fc.assert(
    fc.property(list, list, (before, now) => {
      const { gone, added } = listChanges(before, now);
      assert.deepEqual(new Set(gone), new Set(before.filter((one) => !now.includes(one))));
      assert.deepEqual(new Set(added), new Set(now.filter((one) => !before.includes(one))));
    }),
  );
});
