import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { atOnce } from '../../../src/async/slices.js';
import { DiagnosticStore, logChanges } from '../../../src/control/diagnostics.js';
import { RecordedLog } from '../../support/recorded-log.js';

const finding = (message: string, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'bad-value',
  severity: 'error',
  object: { kind: 'router', name: 'db' },
  at: { kind: 'label', container: 'c', containerId: 'id', key: 'traefik.tcp.routers.db.rule' },
  message,
  ...rest,
});

test('a finding that stays keeps its id and its time, and is not said again', () => {
  const store = new DiagnosticStore();
  store.replace([finding('a')], 100);
  const [before] = store.list();
  const { appeared, gone } = store.replace([finding('a'), finding('b')], 200);
  assert.deepEqual(
    store.list().map(({ message, since }) => [message, since]),
    [
      ['a', 100],
      ['b', 200],
    ],
  );
  assert.equal(store.list()[0]?.id, before?.id);
  assert.deepEqual([appeared.map(({ message }) => message), gone], [['b'], []]);
});

test('a finding that went and came back is a new one', () => {
  const store = new DiagnosticStore();
  store.replace([finding('a')], 100);
  assert.deepEqual(
    store.replace([], 200).gone.map(({ message }) => message),
    ['a'],
  );
  store.replace([finding('a')], 300);
  assert.equal(store.list()[0]?.since, 300);
});

test('the same finding twice is one, and of another object, place or code it is another', () => {
  const store = new DiagnosticStore();
  const { at } = finding('a');
  store.replace(
    [
      finding('a'),
      finding('a'),
      finding('a', { object: { kind: 'router', name: 'other' } }),
      finding('a', { at: { ...at, kind: 'label', container: 'd', containerId: 'x', key: 'k' } }),
      finding('a', { code: 'missing' }),
    ],
    0,
  );
  assert.equal(store.list().length, 4);
});

test('what a finding is about may be seen in one line, however long the label is', () => {
  const log = new RecordedLog();
  const store = new DiagnosticStore();
  const long = finding('x'.repeat(5_000), { value: 'y'.repeat(5_000), fix: 'write it shorter' });
  atOnce(logChanges(store.replace([long, finding('b', { severity: 'warning' })], 0), log));
  const [error] = log.of('error');
  assert.ok((error?.message.length ?? 0) <= 201);
  assert.ok((error?.fields.value?.length ?? 0) <= 201);
  assert.equal(error?.fields.fix, 'write it shorter');
  assert.equal(log.of('warn').length, 1);
  atOnce(logChanges(store.replace([], 0), log));
  assert.equal(log.of('info').length, 2, 'that it is gone is said as well');
});
