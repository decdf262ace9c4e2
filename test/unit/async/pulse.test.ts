import assert from 'node:assert/strict';
import test from 'node:test';
import { Pulse } from '../../../src/async/pulse.js';

test('wake-ups while the reader is busy are read as one', async () => {
  const pulse = new Pulse();
  const reader = pulse[Symbol.asyncIterator]();
  pulse.set();
  pulse.set();
  assert.equal((await reader.next()).done, false);
  pulse.set();
  pulse.set();
  assert.equal((await reader.next()).done, false);
  const third = reader.next();
  pulse.end();
  assert.equal((await third).done, true);
});

test('a wake-up wakes a reader that waits', async () => {
  const pulse = new Pulse();
  const next = pulse[Symbol.asyncIterator]().next();
  pulse.set();
  assert.equal((await next).done, false);
});

test('the end comes after a wake-up that nobody has read yet', async () => {
  const pulse = new Pulse();
  pulse.set();
  pulse.end();
  let wakeUps = 0;
  for await (const _ of pulse) wakeUps += 1;
  assert.equal(wakeUps, 1);
});

test('an error is thrown to the reader, and the first end counts', async () => {
  const pulse = new Pulse();
  pulse.end(new Error('stream ended'));
  pulse.end();
  await assert.rejects(
    async () => {
      for await (const _ of pulse);
    },
    { message: 'stream ended' },
  );
});
