import assert from 'node:assert/strict';
import test from 'node:test';
import { findingOf, workloadApiWords } from '../../../src/spiffe/finding.js';
import type { SpiffeState } from '../../../src/spiffe/x509-source.js';

const FAILING: SpiffeState = {
  status: 'failing',
  since: 0,
  reason: 'unreachable',
  detail: 'connect ENOENT',
  spiffeId: undefined,
  expiresAt: undefined,
};

const address = { kind: 'tcp', host: '::1', port: 8081 } as const;
const find = (state: Partial<SpiffeState>) =>
  findingOf({ ...FAILING, ...state }, workloadApiWords(address));

test('a source that does not fail is nothing to report', () => {
  for (const status of ['off', 'waiting', 'ready'] as const) {
    assert.equal(find({ status, reason: undefined }), undefined);
  }
});

test('one that fails is a warning about the Workload API, with the reason and what helps', () => {
  const { message, fix, ...finding } = find({}) ?? assert.fail();
  assert.deepEqual(finding, {
    code: 'identity-lost',
    severity: 'warning',
    object: { kind: 'option', name: 'spiffe' },
    at: { kind: 'endpoint', url: 'tcp://[::1]:8081' },
    value: 'unreachable: connect ENOENT',
  });
  assert.ok(message !== '' && fix !== '');
});

test('the reason may change without another finding; losing the identity is another one', () => {
  const messages = [
    find({}),
    find({ reason: 'timeout' }),
    find({ spiffeId: 'spiffe://a/b' }),
    find({ spiffeId: 'spiffe://a/b', reason: 'svid-expired' }),
  ].map((finding) => finding?.message);
  assert.equal(messages[0], messages[1]);
  assert.equal(new Set(messages).size, 3);
});

test('an SVID that has expired is an error', () => {
  assert.equal(find({ reason: 'svid-expired', detail: undefined })?.severity, 'error');
});
