import assert from 'node:assert/strict';
import test from 'node:test';
import { duration, list, set, text } from '../../../src/api/members.js';

test('what is zero or empty is left out', () => {
  assert.deepEqual(
    [list([]), list(undefined), text(''), text(undefined), set(0), set(0n), set(false)],
    Array.from({ length: 7 }, () => undefined),
  );
  assert.deepEqual(
    [set(undefined), duration(0), duration(undefined)],
    [undefined, undefined, undefined],
  );
});

test('all else is kept', () => {
  assert.deepEqual(
    [list(['']), text('x'), set(-1), set(2n ** 62n), set(true), duration(90_000), duration(-1)],
    [[''], 'x', -1, 2n ** 62n, true, '1m30s', '-1ms'],
  );
});
