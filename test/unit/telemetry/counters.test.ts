import assert from 'node:assert/strict';
import test from 'node:test';
import { Counters } from '../../../src/telemetry/counters.js';

const read = (counters: Counters) =>
  (['entryPoint', 'router', 'service', 'server'] as const).flatMap((kind) =>
    counters.read(kind).map(({ name, counts }) => [kind, name, Object.fromEntries(counts)]),
  );

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
  assert.equal(
    counters
      .read('server')
      .every(({ name, counts }) => `s ${counts.get('received') ?? 0}` === name),
    true,
  );
});
