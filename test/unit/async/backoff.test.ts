import assert from 'node:assert/strict';
import test from 'node:test';
import { backoff } from '../../../src/async/backoff.js';

const cases = [
  { failures: 0, random: 0, ms: 50 },
  { failures: 0, random: 1, ms: 100 },
  { failures: 1, random: 1, ms: 200 },
  { failures: 3, random: 1, ms: 800 },
  { failures: 4, random: 1, ms: 1_000 },
  { failures: 4, random: 1, ms: 1_600, longest: 5_000 },
  { failures: 100_000, random: 1, ms: 1_000 },
  { failures: 100_000, random: 0, ms: 500 },
  { failures: 100_000, random: 1, ms: 5_000, longest: 5_000 },
];

for (const { failures, random, ms, longest } of cases) {
  test(`after ${failures + 1} failures the wait is ${ms} ms at a throw of ${random}`, () => {
    assert.equal(
      backoff(failures, longest, () => random),
      ms,
    );
  });
}

test('the wait is never more than a second, and never nothing', () => {
  for (let failures = 0; failures < 100; failures += 1) {
    const ms = backoff(failures);
    assert.ok(ms > 0 && ms <= 1_000, String(ms));
  }
});
