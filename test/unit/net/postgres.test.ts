import assert from 'node:assert/strict';
import test from 'node:test';
import { readServerAnswer, SSL_ACCEPTED } from '../../../src/net/postgres.js';

const CASES: readonly (readonly [string, string])[] = [
  ['', 'more'],
  ['S', 'accepted'],
  ['N', 'refused'],
  ['s', 'refused'],
  ['E\0\0\0', 'refused'],
  ['SS', 'refused'],
  ['S\x16\x03\x01', 'refused'],
];

for (const [answer, expected] of CASES) {
  test(`a server that answers ${JSON.stringify(answer)} to an SSLRequest: ${expected}`, () => {
    assert.equal(readServerAnswer(Buffer.from(answer)), expected);
  });
}

test('our own answer is one that we would accept', () => {
  assert.equal(readServerAnswer(SSL_ACCEPTED), 'accepted');
});
