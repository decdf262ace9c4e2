import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readServerAnswer, SSL_REQUEST } from '../../../src/net/postgres.js';
import { beginsWith } from '../../../src/net/prefix.js';
import { assertSameForEveryPrefix, edited, edits, Tally } from '../../support/fuzz.js';

const RUNS = 100_000;

test('100,000 broken SSLRequests: the same answer for every split', () => {
  const tally = new Tally();
  const read = (bytes: Buffer) => {
    const begins = beginsWith(bytes, SSL_REQUEST);
    return begins === true ? 'read' : begins === false ? 'none' : begins;
  };
  const cuts = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(edits, cuts, (changes, at) => {
      const bytes = edited(SSL_REQUEST, changes);
      tally.count(read(bytes));
      assertSameForEveryPrefix(read, bytes, at);
      assert.equal(read(bytes) === 'read', bytes.indexOf(SSL_REQUEST) === 0);
    }),
    { numRuns: RUNS },
  );
  tally.assertAll(['read', 'more', 'none'], RUNS / 50);
});

test('100,000 answers of a server: only one byte S, and nothing with it, is accepted', () => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.uint8Array({ maxLength: 2 }).map((rest) => [0x53, ...rest]),
  );
  fc.assert(
    fc.property(answers, (bytes) => {
      const answer = Buffer.from(bytes);
      const isAccepted = answer.toString('latin1') === 'S';
      const expected = bytes.length === 0 ? 'more' : isAccepted ? 'accepted' : 'refused';
      assert.equal(readServerAnswer(answer), expected);
    }),
    { numRuns: RUNS },
  );
});
