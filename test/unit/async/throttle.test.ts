import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { throttle } from '../../../src/async/throttle.js';

/** Lets everything run that waits for no timer. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function throttled(t: TestContext, period: number, run: () => void = () => {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const life = new AbortController();
  const runs: string[] = [];
  const failures: unknown[] = [];
  let newest = '';
  const trigger = throttle(
    () => {
      runs.push(newest);
      run();
    },
    period,
    life.signal,
    (error) => failures.push(error),
  );
  return {
    runs,
    failures,
    abort: () => life.abort(),
    change: (value: string) => {
      newest = value;
      trigger();
    },
    pass: async (ms: number) => {
      t.mock.timers.tick(ms);
      await settled();
    },
  };
}

test('the first change runs at once, before the call returns', (t) => {
  const { change, runs } = throttled(t, 50);
  change('a');
  assert.deepEqual(runs, ['a']);
});

test('changes within the period run once, at its end, with the newest', async (t) => {
  const { change, pass, runs } = throttled(t, 50);
  change('a');
  change('b');
  await pass(49);
  change('c');
  assert.deepEqual(runs, ['a']);
  await pass(1);
  assert.deepEqual(runs, ['a', 'c']);
  await pass(1_000);
  assert.deepEqual(runs, ['a', 'c']);
});

test('a source that never falls quiet is served once per period, and its last change is not lost', async (t) => {
  const { change, pass, runs } = throttled(t, 300);
  for (let n = 0; n < 25; n += 1) {
    change(String(n));
    await pass(40);
  }
  await pass(1_000);
  assert.equal(runs[0], '0');
  assert.equal(runs.at(-1), '24');
  // 1,000 ms of changes: at 0 and at most every 300 ms after.
  assert.ok(runs.length >= 4 && runs.length <= 5, runs.join());
});

test('a change after a quiet period runs at once again', async (t) => {
  const { change, pass, runs } = throttled(t, 50);
  change('a');
  await pass(50);
  change('b');
  assert.deepEqual(runs, ['a', 'b']);
});

test('without a period nothing is held back', async (t) => {
  const { change, runs } = throttled(t, 0);
  change('a');
  await settled();
  change('b');
  await settled();
  assert.deepEqual(runs, ['a', 'b']);
});

test('a run that throws is reported once, and the next change runs', async (t) => {
  const boom = new Error('boom');
  let fails = true;
  const { change, pass, runs, failures } = throttled(t, 50, () => {
    if (fails) throw boom;
  });
  change('a');
  change('b');
  change('c');
  fails = false;
  await pass(50);
  assert.deepEqual(failures, [boom]);
  assert.deepEqual(runs, ['a', 'c']);
});

test('after an abort nothing runs any more', async (t) => {
  const { change, pass, runs, abort } = throttled(t, 50);
  change('a');
  change('b');
  abort();
  await pass(1_000);
  change('c');
  await pass(1_000);
  assert.deepEqual(runs, ['a']);
});

for (let hops = 0; hops < 12; hops += 1) {
  test(`a change ${hops} microtasks after another is not lost`, async () => {
    const runs: string[] = [];
    let newest = 'a';
    const trigger = throttle(
      () => {
        runs.push(newest);
      },
      0,
      new AbortController().signal,
      assert.ifError,
    );
    trigger();
    for (let n = 0; n < hops; n += 1) await Promise.resolve();
    newest = 'b';
    trigger();
    await settled();
    assert.equal(runs.at(-1), 'b');
  });
}
