import assert from 'node:assert/strict';
import test from 'node:test';
import { Drains } from '../../../src/proxy/drains.js';
import type { Server } from '../../../src/routing/service.js';
import { ManualTimers } from '../../support/manual-timers.js';
import { server } from '../../support/tables.js';

function draining() {
  const timers = new ManualTimers();
  const cuts: string[] = [];
  const drains = new Drains({
    timers,
    cut: ({ port }, reason) => cuts.push(`${port} ${reason} at ${timers.now()}`),
  });
  return { timers, cuts, drains };
}

const removed = (port: number, drain: number | undefined): Server & { isRemoved: boolean } => ({
  ...server(port),
  isRemoved: true,
  drain,
});

const down = (port: number, drainOnUnhealthy: number | undefined): Server => {
  const one = { ...server(port), drainOnUnhealthy };
  goesDown(one);
  return one;
};

function goesDown({ health }: Server): void {
  for (let failures = 0; failures < 3; failures += 1) health.failed({}, 0);
}

test('each that is removed is cut when its time is over, however many tables follow', () => {
  const { timers, cuts, drains } = draining();
  const [first, second] = [removed(1, 1_000), removed(2, 2_000)];
  drains.apply([first, second]);
  timers.pass(500);
  drains.apply([first, second]);
  timers.pass(5_000);
  assert.deepEqual(cuts, ['1 drained at 1000', '2 drained at 2000']);
});

test('to keep is to wait for ever, and 0 is at once', () => {
  const { timers, cuts, drains } = draining();
  drains.apply([removed(1, undefined), removed(2, 0)]);
  timers.pass(1e9);
  assert.deepEqual(cuts, ['2 drained at 0']);
  assert.equal(timers.started, 0);
});

test('whoever is back is not cut, and gets all his time when he is removed again', () => {
  const { timers, cuts, drains } = draining();
  const one = removed(1, 1_000);
  drains.apply([one]);
  timers.pass(900);
  one.isRemoved = false;
  drains.apply([]);
  timers.pass(900);
  one.isRemoved = true;
  drains.apply([one]);
  timers.pass(999);
  assert.deepEqual(cuts, []);
  timers.pass(1);
  assert.deepEqual(cuts, ['1 drained at 2800']);
});

test('a server that is down for too long is cut, and one that is up again is not', () => {
  const { timers, cuts, drains } = draining();
  const [first, second, third] = [down(1, 1_000), down(2, 1_000), down(3, undefined)];
  for (const one of [first, second, third]) drains.healthChanged(one);
  timers.pass(500);
  second.health.reached(second, 0);
  drains.healthChanged(second);
  timers.pass(5_000);
  assert.deepEqual(cuts, ['1 drained-unhealthy at 1000']);
});

test('once it is removed, how long it was down does not count', () => {
  const { timers, cuts, drains } = draining();
  const one = { ...down(1, 1_000), isRemoved: false, drain: 5_000 };
  drains.healthChanged(one);
  one.isRemoved = true;
  drains.apply([one]);
  timers.pass(10_000);
  assert.deepEqual(cuts, ['1 drained at 5000']);
});

test('nothing runs any more after the stop', () => {
  const { timers, drains } = draining();
  drains.apply([removed(1, 1_000)]);
  drains.healthChanged(down(2, 1_000));
  drains.stop();
  assert.equal(timers.started, 0);
});
