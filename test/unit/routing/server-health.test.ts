import assert from 'node:assert/strict';
import test from 'node:test';
import { healthCheckOf } from '../../../src/routing/health-check.js';
import { ServerHealth } from '../../../src/routing/server-health.js';

const checked = (rise = 1, fall = 1) => {
  const health = new ServerHealth();
  health.configure(healthCheckOf({ rise, fall }));
  return health;
};

test('without a check there is no status, and it is shown as up', () => {
  const health = new ServerHealth();
  assert.deepEqual([health.status, health.isUp, health.isOut(0)], [undefined, true, false]);
});

test('unknown is shown as up, and the first result decides alone', () => {
  for (const [isGood, status] of [
    [true, 'up'],
    [false, 'down'],
  ] as const) {
    const health = checked(5, 5);
    assert.deepEqual([health.status, health.isUp], ['unknown', true]);
    assert.equal(health.checked(isGood), true);
    assert.deepEqual([health.status, health.isUp], [status, isGood]);
  }
});

test('after that it takes as many results in a row as rise and fall say', () => {
  const health = checked(2, 3);
  const results = [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0];
  const states = results.map((result) => {
    const isNews = health.checked(result === 1);
    return `${health.status ?? ''}${isNews ? '!' : ''}`;
  });
  assert.deepEqual(states.join(' '), 'up! up up up up up down! down down down up! up');
});

test('a check with other settings knows nothing yet, one with the same goes on', () => {
  const health = checked();
  const check = healthCheckOf({});
  health.configure(check);
  health.checked(false);
  health.configure(check);
  assert.equal(health.status, 'down');
  health.configure(healthCheckOf({}));
  assert.equal(health.status, 'unknown');
  health.configure(undefined);
  assert.equal(health.status, undefined);
});

/** Dials, all of which fail. */
function fail(health: ServerHealth, ...times: readonly number[]): void {
  for (const now of times) {
    health.dialling(health);
    health.failed(health, now);
  }
}

test('three failures in a row within ten seconds take a server out, for ten seconds', () => {
  const health = new ServerHealth();
  fail(health, 0, 1);
  assert.equal(health.isOut(1), false);
  fail(health, 2);
  assert.deepEqual([health.isOut(2), health.isUp], [true, false]);
  assert.deepEqual([health.isOut(10_001), health.isOut(10_002)], [true, false]);
});

test('failures with a success between them, or far from one another, do not add up', () => {
  const health = new ServerHealth();
  fail(health, 0, 1);
  health.dialling(health);
  health.reached(health, 0);
  fail(health, 2, 3);
  assert.equal(health.isOut(3), false);
  fail(health, 10_003, 10_004);
  assert.equal(health.isOut(10_004), false);
});

test('window and number are as configured', () => {
  const health = new ServerHealth();
  health.configure(undefined, 100, 1);
  fail(health, 0);
  assert.deepEqual([health.isOut(99), health.isOut(100)], [true, false]);
});

test('once the time is over one connection at a time may try, and what comes of it decides', () => {
  const health = new ServerHealth();
  fail(health, 0, 0, 0);
  health.dialling(health);
  assert.equal(health.isOut(10_000), true);
  health.undecided(health);
  assert.equal(health.isOut(10_000), false);
  fail(health, 10_000);
  assert.deepEqual([health.isOut(19_999), health.isOut(20_000)], [true, false]);
  health.dialling(health);
  health.reached(health, 0);
  assert.deepEqual([health.isOut(20_000), health.isUp], [false, true]);
});

test('a dial from before it was out is no trial, and its end makes no room for a second one', () => {
  const health = new ServerHealth();
  const [early, trial] = [{}, {}];
  health.dialling(early);
  fail(health, 0, 0, 0);
  health.dialling(trial);
  health.undecided(early);
  assert.equal(health.isOut(10_000), true);
  health.undecided(trial);
  assert.equal(health.isOut(10_000), false);
});

test('a good check brings a server back, a bad one does not', () => {
  const health = checked();
  fail(health, 0, 0, 0);
  health.checked(false);
  assert.equal(health.isOut(1), true);
  health.checked(true);
  assert.deepEqual([health.isOut(1), health.isUp], [false, true]);
});

test('connections without an answer count only beside checks', () => {
  const alone = new ServerHealth();
  const beside = checked();
  for (const health of [alone, beside]) {
    for (let n = 0; n < 3; n += 1) {
      health.dialling(health);
      health.reached(health, 0);
      health.saidNothing(0);
    }
  }
  assert.deepEqual([alone.isOut(1), beside.isOut(1)], [false, true]);
  // That it accepts proves nothing; that it speaks does.
  beside.dialling(beside);
  beside.reached(beside, 0);
  assert.equal(beside.isOut(1), true);
  beside.answered();
  assert.equal(beside.isOut(1), false);
});

test('answers between them keep connections without one from adding up', () => {
  const health = checked();
  health.saidNothing(0);
  health.saidNothing(0);
  health.answered();
  health.saidNothing(0);
  assert.equal(health.isOut(1), false);
});

test('who is out for want of answers gets one connection per window, until one is answered', () => {
  const health = checked();
  for (let n = 0; n < 3; n += 1) health.saidNothing(0);
  assert.deepEqual([health.isOut(9_999), health.isOut(10_000)], [true, false]);
  health.dialling(health);
  health.reached(health, 10_001);
  assert.deepEqual([health.isOut(20_000), health.isOut(20_001)], [true, false]);
  health.dialling(health);
  health.reached(health, 20_001);
  health.answered();
  assert.deepEqual([health.isOut(20_002), health.isUp], [false, true]);
});

test('a check that only connects does not make up for connections without an answer', () => {
  for (const [expect, isOut] of [
    ['', true],
    ['220', false],
  ] as const) {
    const health = new ServerHealth();
    health.configure(healthCheckOf({ expect }));
    for (let n = 0; n < 3; n += 1) {
      health.checked(true);
      health.saidNothing(0);
    }
    assert.equal(health.isOut(1), isOut, expect);
  }
});
