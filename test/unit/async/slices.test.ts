import assert from 'node:assert/strict';
import test from 'node:test';
import { atOnce, inSlices, type Steps } from '../../../src/async/slices.js';
import { working } from '../../support/working.js';

function* counted(steps: number, taken: number[]): Steps<string> {
  for (let step = 0; step < steps; step += 1) {
    taken.push(step);
    yield;
  }
  return 'done';
}

test('small work is done before the call returns', () => {
  assert.equal(inSlices(counted(31, [])), 'done');
});

test('long work lets others have their turn, and ends', async () => {
  let turns = 0;
  const others = setInterval(() => (turns += 1));
  const work = inSlices(working(4));
  assert.ok(work instanceof Promise);
  await work;
  clearInterval(others);
  assert.ok(turns > 0);
});

test('without slices any work is done before the call returns', () => {
  const taken: number[] = [];
  assert.equal(atOnce(counted(1_000, taken)), 'done');
  assert.equal(taken.length, 1_000);
});

test('an error in a later slice is the error of the work', async () => {
  function* failing(): Steps<never> {
    yield* working(2);
    throw new Error('a bug');
  }
  await assert.rejects(async () => inSlices(failing()), /a bug/);
});
