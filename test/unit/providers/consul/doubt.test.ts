import assert from 'node:assert/strict';
import test from 'node:test';
import { Doubt } from '../../../../providers/consul/doubt.js';

const sure = { isEmpty: true, hasLeader: true, followsAnswer: true };

for (const [name, answered, knewSome, isBelieved] of [
  ['an answer with something in it', { ...sure, isEmpty: false, hasLeader: false }, true, true],
  ['an empty one of an agent that had nothing', { ...sure, hasLeader: false }, false, true],
  ['an empty one that follows an answer, of a cluster with a leader', sure, true, true],
  ['an empty one without a leader', { ...sure, hasLeader: false }, true, false],
  ['the first one after a failure, if it is empty', { ...sure, followsAnswer: false }, true, false],
] as const) {
  test(`${name} is ${isBelieved ? '' : 'not '}believed`, () => {
    assert.equal(new Doubt().believes(answered, knewSome), isBelieved);
  });
}

test('what was known outlives doubtful answers for 30 s, counted from the first of them', () => {
  let now = 0;
  const doubt = new Doubt(() => now);
  const doubtful = { ...sure, hasLeader: false };
  assert.equal(doubt.believes(doubtful, true), false);
  now = 29_999;
  assert.equal(doubt.believes(doubtful, true), false);
  now = 30_000;
  assert.equal(doubt.believes(doubtful, true), true);
});

test('a sure answer ends the doubt', () => {
  let now = 0;
  const doubt = new Doubt(() => now);
  doubt.believes({ ...sure, hasLeader: false }, true);
  doubt.believes({ ...sure, isEmpty: false }, true);
  now = 40_000;
  assert.equal(doubt.believes({ ...sure, hasLeader: false }, true), false);
});
