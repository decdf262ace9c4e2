import assert from 'node:assert/strict';
import test from 'node:test';
import { Slots } from '../../../../src/proxy/health/slots.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('no more than so many are under way, and they begin in order', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  for (let n = 0; n < 5; n += 1) slots.ask(() => begun.push(n));
  assert.deepEqual(begun, []);
  await turn();
  assert.deepEqual(begun, [0, 1]);
  slots.free();
  await turn();
  assert.deepEqual(begun, [0, 1, 2]);
  slots.free();
  slots.free();
  await turn();
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});

test('who does not want any more is passed over', async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  const wish = () => begun.push('a');
  slots.ask(wish);
  slots.ask(() => begun.push('b'));
  slots.forget(wish);
  await turn();
  assert.deepEqual(begun, ['b']);
});

test('not all begin in one turn', async () => {
  const slots = new Slots(1_000);
  let begun = 0;
  for (let n = 0; n < 100; n += 1) slots.ask(() => (begun += 1));
  await turn();
  assert.ok(begun > 0 && begun < 100, String(begun));
  for (let n = 0; n < 10; n += 1) await turn();
  assert.equal(begun, 100);
});
