import assert from 'node:assert/strict';
import test from 'node:test';
import { END_CLASSES, reasonsOf, type EndClass } from '../../../src/telemetry/end-classes.js';
import { END_REASONS } from '../../../src/telemetry/end-reasons.js';

const reasons = (...classes: readonly EndClass[]) => [...reasonsOf(classes)];

test('a reason stands for itself, a phase and who ended it for all of theirs', () => {
  assert.deepEqual(reasons(), []);
  assert.deepEqual(reasons('no-route'), ['no-route']);
  assert.deepEqual(reasons('accept'), ['unrouted-limit', 'connection-limit', 'api-request']);
  assert.ok(reasons('server').includes('dial-failed'));
  assert.ok(!reasons('server').includes('no-server'));
  assert.deepEqual(reasons('client', 'server', 'proxy').sort(), Object.keys(END_REASONS).sort());
});

test('every reason is a word, and no word stands for nothing', () => {
  for (const reason of Object.keys(END_REASONS)) {
    assert.ok((END_CLASSES as readonly string[]).includes(reason), reason);
  }
  for (const word of END_CLASSES) assert.ok(reasonsOf([word]).size > 0, word);
});
