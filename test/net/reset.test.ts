import assert from 'node:assert/strict';
import test from 'node:test';
import { piped, stuck } from '../support/piped.js';
import { readEach } from '../support/sockets.js';

/**
 * libuv as of Node 24 still tells a reset that arrives while a socket is paused, behind bytes that
 * nobody has read yet, from a clean end (D20). The e2e suite runs these tests on it.
 */
const [major = 0] = process.versions.node.split('.').map(Number);
const isTold = major >= 24;

for (const side of ['client', 'server'] as const) {
  const other = side === 'client' ? 'server' : 'client';

  test(`a reset by the ${side} behind a full buffer is ${isTold ? 'a reset' : 'a clean end before Node 24'} for the ${other}`, async (t) => {
    const ends = await piped(t);
    await stuck(ends, side);
    ends[side].resetAndDestroy();
    const by = await readEach(ends[other], () => {});
    ends[other].end();
    assert.deepEqual([by, await ends.done], isTold ? ['reset', `${side}-reset`] : ['fin', 'done']);
    assert.equal(ends.budget.waiting, 0);
  });
}
