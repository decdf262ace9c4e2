import assert from 'node:assert/strict';
import test from 'node:test';
import { failure, json } from '../../../src/api/answer.js';

test('an answer is one JSON value and a newline (API-3)', () => {
  assert.deepEqual(json({ a: '<' }, { 'x-next-page': '1' }), {
    status: 200,
    headers: { 'content-type': 'application/json', 'x-next-page': '1' },
    body: '{"a":"\\u003c"}\n',
  });
});

test('a header that is said goes before the usual one', () => {
  const { headers } = json([], { 'content-type': 'application/json; charset=UTF-8' });
  assert.deepEqual(headers, { 'content-type': 'application/json; charset=UTF-8' });
});

test('an error is JSON that calls itself text, and no browser looks into it (API-4)', () => {
  assert.deepEqual(failure(404, 'router not found: <x>'), {
    status: 404,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    },
    body: '{"message":"router not found: \\u003cx\\u003e"}\n',
  });
});
