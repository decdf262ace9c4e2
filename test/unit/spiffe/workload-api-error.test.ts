import assert from 'node:assert/strict';
import test from 'node:test';
import {
  connectionError,
  statusError,
  WorkloadApiError,
} from '../../../src/spiffe/workload-api-error.js';

const statuses: readonly (readonly [string | undefined, string, string, string])[] = [
  ['7', 'no identity issued', 'permission-denied', 'PermissionDenied: no identity issued'],
  ['3', '', 'invalid-argument', 'InvalidArgument'],
  ['14', 'a%20%C3%A4', 'lost', 'Unavailable: a ä'],
  ['0', '', 'lost', 'OK'],
  ['12', 'unknown service', 'refused', 'Unimplemented: unknown service'],
  ['99', '', 'refused', 'status 99'],
  ['nonsense', '%', 'refused', 'status nonsense: %'],
  [undefined, '', 'lost', 'the stream ended without a status'],
];

for (const [status, message, reason, text] of statuses) {
  test(`status ${status ?? 'missing'} is ${reason}: ${text}`, () => {
    const error = statusError(status, message);
    assert.deepEqual([error.reason, error.message], [reason, text]);
  });
}

test('the words of an agent are cut', () => {
  assert.ok(statusError('7', 'x'.repeat(10_000)).message.length < 300);
  assert.ok(statusError('x'.repeat(10_000)).message.length < 300);
});

const codes: readonly (readonly [string, string])[] = [
  ['ENOENT', 'unreachable'],
  ['ECONNREFUSED', 'unreachable'],
  ['EACCES', 'not-allowed'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'lost'],
  ['ERR_HTTP2_ERROR', 'bad-answer'],
  ['ERR_SOMETHING_NEW', 'lost'],
];

for (const [code, reason] of codes) {
  test(`${code} is ${reason}`, () => {
    assert.equal(connectionError(Object.assign(new Error('x'), { code })).reason, reason);
  });
}

test('an error that has its reason keeps it, and one without words has its code for them', () => {
  const error = new WorkloadApiError('timeout', 'late');
  assert.equal(connectionError(error), error);
  assert.equal(connectionError(Object.assign(new Error(''), { code: 'EPIPE' })).message, 'EPIPE');
});
