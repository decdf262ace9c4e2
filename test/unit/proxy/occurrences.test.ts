import assert from 'node:assert/strict';
import test from 'node:test';
import { Occurrences } from '../../../src/proxy/occurrences.js';
import { ManualTimers } from '../../support/manual-timers.js';

function noted() {
  const said: string[] = [];
  const timers = new ManualTimers();
  const occurrences = new Occurrences<string>(timers, (what, times) =>
    said.push(`${what} ${times}`),
  );
  return { occurrences, timers, said };
}

test('the first time is said at once, and those that follow as one count a minute later', () => {
  const { occurrences, timers, said } = noted();
  for (const what of ['a', 'b', 'c']) occurrences.note('cause', what);
  assert.deepEqual(said, ['a 1']);
  timers.pass(60_000);
  assert.deepEqual(said, ['a 1', 'c 2']);
});

test('a cause that goes on is said once a minute', () => {
  const { occurrences, timers, said } = noted();
  for (let second = 0; second < 150; second += 1) {
    occurrences.note('cause', 'a');
    timers.pass(1_000);
  }
  assert.deepEqual(said, ['a 1', 'a 59', 'a 60']);
});

test('a cause that stays away for a minute is new again', () => {
  const { occurrences, timers, said } = noted();
  occurrences.note('cause', 'a');
  timers.pass(60_000);
  occurrences.note('cause', 'b');
  assert.deepEqual(said, ['a 1', 'b 1']);
});

test('causes do not wait for each other', () => {
  const { occurrences, said } = noted();
  occurrences.note('one', 'a');
  occurrences.note('other', 'b');
  assert.deepEqual(said, ['a 1', 'b 1']);
});

test('at the end what was only counted is said', () => {
  const { occurrences, timers, said } = noted();
  for (const what of ['a', 'b']) occurrences.note('cause', what);
  occurrences.close();
  timers.pass(60_000);
  assert.deepEqual(said, ['a 1', 'b 1']);
});

test('however many causes there are, as many are kept, and nothing is left unsaid', () => {
  const { occurrences, timers, said } = noted();
  for (let n = 0; n < 2_000; n += 1) {
    occurrences.note(`cause ${n}`, 'first');
    occurrences.note(`cause ${n}`, 'second');
  }
  assert.equal(timers.started, 1_000);
  occurrences.close();
  assert.equal(said.filter((line) => line === 'first 1').length, 2_000);
  assert.equal(said.filter((line) => line === 'second 1').length, 2_000);
  assert.equal(timers.started, 0);
});

test('of one kind five causes are told apart, and the rest is one', () => {
  const { occurrences, timers, said } = noted();
  for (let n = 0; n < 20; n += 1) occurrences.note('kind', `v${n}`, `variant ${n}`);
  assert.deepEqual(said, ['v0 1', 'v1 1', 'v2 1', 'v3 1', 'v4 1', 'v5 1']);
  occurrences.note('kind', 'again', 'variant 3');
  occurrences.note('other', 'o', 'variant 9');
  timers.pass(60_000);
  assert.deepEqual(said.slice(6), ['o 1', 'again 1', 'v19 14']);
  // Those that did not come again are over, and leave their place to others.
  occurrences.note('kind', 'new', 'variant 30');
  assert.equal(said.at(-1), 'new 1');
  occurrences.close();
  assert.equal(timers.started, 0);
});
