import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { delay, TimeoutError, withTimeout } from '../../../src/async/delay.js';

const never = () => new Promise<never>(() => {});

test('a delay ends after its time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { signal } = new AbortController();
  let isOver = false;
  const over = delay(100, signal).then(() => (isOver = true));
  t.mock.timers.tick(99);
  await Promise.resolve();
  assert.equal(isOver, false);
  t.mock.timers.tick(1);
  await over;
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a delay ends at once on abort, and does not reject', async () => {
  const life = new AbortController();
  const over = delay(1_000_000, life.signal);
  life.abort();
  await over;
  await delay(1_000_000, life.signal);
});

test('a delay longer than the longest timer does not end at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const life = new AbortController();
  let isOver = false;
  const over = delay(2 ** 40, life.signal).then(() => (isOver = true));
  t.mock.timers.tick(2 ** 31 - 2);
  await Promise.resolve();
  assert.equal(isOver, false);
  life.abort();
  await over;
});

test('work that is done in time gives its result, and leaves no listener', async () => {
  const { signal } = new AbortController();
  assert.equal(await withTimeout(Promise.resolve(7), 1_000, signal, 'the engine'), 7);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('work that fails in time gives its own error', async () => {
  const { signal } = new AbortController();
  const failed = Promise.reject(new Error('refused'));
  await assert.rejects(withTimeout(failed, 1_000, signal, 'the engine'), { message: 'refused' });
});

test('work that hangs is given up after its time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { signal } = new AbortController();
  const result = withTimeout(never(), 100, signal, 'the engine');
  t.mock.timers.tick(100);
  await assert.rejects(result, TimeoutError);
});

test('work that hangs is given up on abort, also on one before', async () => {
  const life = new AbortController();
  const result = withTimeout(never(), 1_000_000, life.signal, 'the engine');
  life.abort();
  await assert.rejects(result, /given up/);
  await assert.rejects(withTimeout(never(), 1_000_000, life.signal, 'the engine'), /given up/);
});

test('work that fails after it was given up disturbs nobody', async () => {
  const life = new AbortController();
  let fail = (_: Error): void => {};
  const work = new Promise<never>((_, reject) => (fail = reject));
  const result = withTimeout(work, 1_000_000, life.signal, 'the engine');
  life.abort();
  await assert.rejects(result);
  fail(new Error('late'));
  // An unhandled rejection would fail this test.
  await new Promise((resolve) => setImmediate(resolve));
});
