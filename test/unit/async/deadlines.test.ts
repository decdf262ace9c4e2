import assert from 'node:assert/strict';
import { stat } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { Deadlines } from '../../../src/async/deadlines.js';

/** Deadlines on a clock that the test moves; what expires stands in `expired`. */
function faked(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  const expired: string[] = [];
  return {
    deadlines: new Deadlines(() => now),
    expired,
    expire: (name: string) => void expired.push(name),
    /** Resolves when what has fired is judged. */
    pass: async (ms: number) => {
      now += ms;
      t.mock.timers.tick(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
    /** The clock goes on and no timer fires: the loop is held up. */
    stall: (ms: number) => void (now += ms),
  };
}

test('a deadline calls its function with its argument, once and not before its time', async (t) => {
  const { deadlines, expired, expire, pass } = faked(t);
  deadlines.start(100, expire, 'a');
  await pass(99);
  assert.deepEqual(expired, []);
  await pass(1);
  assert.deepEqual(expired, ['a']);
  await pass(1_000);
  assert.deepEqual(expired, ['a']);
});

test('a cancelled deadline does not expire', async (t) => {
  const { deadlines, expired, expire, pass } = faked(t);
  const deadline = deadlines.start(100, expire, 'a');
  await pass(50);
  deadlines.cancel(deadline);
  deadlines.cancel(deadline);
  await pass(1_000);
  assert.deepEqual(expired, []);
});

test('a deadline that is cancelled after its timer fired, and before it is judged, does not expire', async (t) => {
  const { deadlines, expired, expire, pass } = faked(t);
  const deadline = deadlines.start(0, expire, 'a');
  t.mock.timers.tick(0);
  deadlines.cancel(deadline);
  await pass(0);
  assert.deepEqual(expired, []);
});

test('a timer that fires too early is armed again', async (t) => {
  const { deadlines, expired, expire, pass, stall } = faked(t);
  deadlines.start(100, expire, 'a');
  stall(-10);
  await pass(100);
  assert.deepEqual(expired, []);
  await pass(10);
  assert.deepEqual(expired, ['a']);
});

test('a deadline beyond the longest timer of Node is armed in pieces', async (t) => {
  const { deadlines, expired, expire, pass } = faked(t);
  const days = 30 * 24 * 3_600_000;
  deadlines.start(days, expire, 'a');
  await pass(2 ** 31 - 1);
  assert.deepEqual(expired, []);
  await pass(days - (2 ** 31 - 1) - 1);
  assert.deepEqual(expired, []);
  await pass(1);
  assert.deepEqual(expired, ['a']);
});

test('what arrived while the event loop was held up is read before a deadline is judged', async () => {
  const deadlines = new Deadlines();
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    deadlines.start(
      5,
      (name) => {
        order.push(name);
        resolve();
      },
      'deadline',
    );
    stat('.', () => order.push('answer'));
    // Holds the loop up for longer than the deadline; the answer is there before that.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  });
  assert.deepEqual(order, ['answer', 'deadline']);
});

test('deadlines of one length expire each in its time, whichever of them are cancelled', async (t) => {
  const { deadlines, expired, expire, pass } = faked(t);
  const started = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    started.push(deadlines.start(100, expire, name));
    await pass(20);
  }
  const [a, , c, d] = started;
  for (const deadline of [a, c]) if (deadline) deadlines.cancel(deadline);
  await pass(39);
  assert.deepEqual(expired, []);
  await pass(1);
  assert.deepEqual(expired, ['b']);
  if (d) deadlines.cancel(d);
  await pass(10);
  deadlines.start(100, expire, 'e');
  await pass(99);
  assert.deepEqual(expired, ['b']);
  await pass(1);
  assert.deepEqual(expired, ['b', 'e']);
});

test('a deadline that starts another of its length does not hold up the loop', async (t) => {
  const { deadlines, expired, pass } = faked(t);
  const again = (name: string) => {
    expired.push(name);
    deadlines.start(0, again, `${name}+`);
  };
  deadlines.start(0, again, 'a');
  await pass(0);
  assert.deepEqual(expired, ['a']);
  await pass(0);
  assert.deepEqual(expired, ['a', 'a+']);
});
