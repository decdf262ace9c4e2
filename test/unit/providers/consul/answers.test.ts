import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { answers, type Question } from '../../../../providers/consul/answers.js';
import type { Answered } from '../../../../providers/consul/doubt.js';

interface Script {
  /** What the agent says, in turn: value and index. */
  readonly says: readonly (readonly [string, number])[];
  readonly isBlocking?: boolean;
  readonly pause?: number;
  readonly believes?: (answered: Answered) => boolean;
}

/** Asks until everything was said. */
function ask(t: TestContext, { says, isBlocking = true, pause = 0, believes }: Script) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const indices: number[] = [];
  const yielded: string[] = [];
  const judged: Answered[] = [];
  const life = new AbortController();
  const left = [...says];
  const question: Question<string> = {
    ask: async (index) => {
      indices.push(index);
      const [value, next] = left.shift() ?? assert.fail('nobody asked for more');
      return { value, index: next, hasLeader: true };
    },
    isEmpty: (value) => value === '',
    believes: (answered) => {
      judged.push(answered);
      return believes?.(answered) ?? true;
    },
    pause,
    isBlocking,
  };
  const done = (async () => {
    for await (const value of answers(question, life.signal)) {
      yielded.push(value);
      if (left.length === 0) life.abort();
    }
  })();
  const pass = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { indices, yielded, judged, done, pass };
}

test('each query goes on from where the last one was', async (t) => {
  const { indices, yielded, done, pass } = ask(t, {
    says: [
      ['a', 7],
      ['b', 9],
      ['c', 12],
    ],
  });
  await pass(0);
  await pass(0);
  await pass(0);
  await done;
  assert.deepEqual(indices, [0, 7, 9]);
  assert.deepEqual(yielded, ['a', 'b', 'c']);
});

test('an index that went backwards is no measure: the next query does not wait', async (t) => {
  const { indices, done, pass } = ask(t, {
    says: [
      ['a', 90],
      ['b', 3],
      ['c', 5],
    ],
  });
  for (let n = 0; n < 3; n += 1) await pass(0);
  await done;
  assert.deepEqual(indices, [0, 90, 0]);
});

test('an index of 0, which would not wait, counts as 1', async (t) => {
  const { indices, done, pass } = ask(t, {
    says: [
      ['a', 0],
      ['b', 1],
    ],
  });
  for (let n = 0; n < 2; n += 1) await pass(0);
  await done;
  assert.deepEqual(indices, [0, 1]);
});

test('without watching every query is answered at once, and the pause lies between them', async (t) => {
  const { indices, done, pass } = ask(t, {
    says: [
      ['a', 7],
      ['b', 9],
    ],
    isBlocking: false,
    pause: 15_000,
  });
  await pass(14_999);
  assert.equal(indices.length, 1);
  await pass(1);
  await done;
  assert.deepEqual(indices, [0, 0]);
});

test('what is not believed is not told, and asked again half a second later from the beginning', async (t) => {
  const { indices, yielded, judged, done, pass } = ask(t, {
    says: [
      ['a', 7],
      ['', 3],
      ['', 3],
    ],
    believes: ({ isEmpty, followsAnswer }) => !isEmpty || (followsAnswer && judged.length > 2),
  });
  await pass(0);
  await pass(499);
  assert.equal(indices.length, 2);
  await pass(1);
  await done;
  assert.deepEqual(indices, [0, 7, 0]);
  assert.deepEqual(yielded, ['a', '']);
  assert.deepEqual(
    judged.map(({ followsAnswer }) => followsAnswer),
    [false, true, true],
  );
});
