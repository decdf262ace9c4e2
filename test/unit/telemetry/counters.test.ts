import assert from 'node:assert/strict';
import test from 'node:test';
import { Counters, dialCountOf, type Count } from '../../../src/telemetry/counters.js';

const READ: readonly Count[] = ['done', 'sent', 'dial-failed'];

const read = (counters: Counters) => {
  const reading = counters.read();
  return (['entryPoint', 'router', 'service', 'server'] as const).flatMap((kind) =>
    reading.objects(kind).map(([name, block]) => {
      const counts = READ.map((count) => [count, reading.count(block, count)] as const);
      return [kind, name, Object.fromEntries(counts.filter(([, value]) => value !== 0))];
    }),
  );
};

test('what was counted is read, and the same name of another kind is another thing', () => {
  const counters = new Counters();
  counters.add(counters.blockOf('router', 'db@docker'), 'done');
  counters.add(counters.blockOf('router', 'db@docker'), 'sent', 4.5e15);
  counters.add(counters.blockOf('service', 'db@docker'), 'dial-failed', 2);
  assert.deepEqual(read(counters), [
    ['router', 'db@docker', { done: 1, sent: 4.5e15 }],
    ['service', 'db@docker', { 'dial-failed': 2 }],
  ]);
});

test('names that every object has are names like any other', () => {
  const counters = new Counters();
  counters.add(counters.blockOf('router', '__proto__'), 'done');
  assert.deepEqual(read(counters), [['router', '__proto__', { done: 1 }]]);
});

test('what is not configured any more is forgotten, and its slots begin at zero again', () => {
  const counters = new Counters();
  const old = counters.blockOf('router', 'old');
  counters.add(old, 'done', 7);
  counters.add(counters.blockOf('router', 'kept'), 'done');
  counters.add(counters.blockOf('service', 'old'), 'done');
  counters.retain('router', (name) => name === 'kept');
  assert.equal(counters.blockOf('router', 'new'), old);
  assert.deepEqual(read(counters), [
    ['router', 'kept', { done: 1 }],
    ['router', 'new', {}],
    ['service', 'old', { done: 1 }],
  ]);
});

test('a thousand objects keep their counts while the array grows', () => {
  const counters = new Counters();
  for (let n = 0; n < 1_000; n += 1) {
    counters.add(counters.blockOf('server', `s ${n}`), 'received', n);
  }
  const reading = counters.read();
  const all = reading.objects('server');
  assert.equal(all.length, 1_000);
  assert.ok(all.every(([name, block]) => `s ${reading.count(block, 'received')}` === name));
});

test('what was read stays as it was, whatever is counted or forgotten later', () => {
  const counters = new Counters();
  counters.add(counters.blockOf('router', 'db@docker'), 'done');
  const reading = counters.read();
  counters.retain('router', () => false);
  counters.add(counters.blockOf('router', 'other@docker'), 'done', 9);
  const [[name, block] = assert.fail('nothing')] = reading.objects('router');
  assert.deepEqual([name, reading.count(block, 'done')], ['db@docker', 1]);
});

test('a dial is counted within the first bound that it did not pass', () => {
  const named = [0, 1, 1.1, 30, 10_000, 10_001].map(dialCountOf);
  assert.deepEqual(named, ['dial-1', 'dial-1', 'dial-3', 'dial-30', 'dial-10000', 'dial-longer']);
});
