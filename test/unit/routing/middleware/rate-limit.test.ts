import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Buckets, RateLimit, type Rate } from '../../../../src/routing/middleware/rate-limit.js';

const limit = (rate: Partial<Rate>, buckets = new Buckets()) =>
  new RateLimit('m', { average: 1, period: 1_000, burst: 1, ...rate }, buckets);

interface Case {
  readonly name: string;
  readonly rate: Partial<Rate>;
  /** Address, time, and whether it gets in. */
  readonly arrivals: readonly (readonly [string, number, boolean])[];
}

const CASES: readonly Case[] = [
  {
    name: 'one a second',
    rate: {},
    arrivals: [
      ['a', 0, true],
      ['a', 999, false],
      ['a', 1_000, true],
      ['a', 1_500, false],
      ['a', 9_000, true],
      ['a', 9_001, false],
    ],
  },
  {
    name: 'sources do not know of one another, but those of one IPv6 network do',
    rate: {},
    arrivals: [
      ['192.0.2.1', 0, true],
      ['192.0.2.2', 0, true],
      ['2001:db8::1', 0, true],
      ['2001:db8::2', 0, false],
    ],
  },
  {
    name: 'a burst of three, and then as they come back',
    rate: { average: 2, burst: 3 },
    arrivals: [
      ['a', 10, true],
      ['a', 10, true],
      ['a', 10, true],
      ['a', 10, false],
      ['a', 510, true],
      ['a', 510, false],
      ['a', 1_510, true],
      ['a', 1_510, true],
      ['a', 1_510, false],
    ],
  },
  {
    name: 'five a minute',
    rate: { average: 5, period: 60_000 },
    arrivals: [
      ['a', 0, true],
      ['a', 11_999, false],
      ['a', 12_000, true],
    ],
  },
];

for (const { name, rate, arrivals } of CASES) {
  test(name, () => {
    const limited = limit(rate);
    for (const [address, now, gets] of arrivals) {
      assert.equal(limited.admits(address, now), gets, `${address} at ${now}`);
    }
  });
}

test('no source gets in more often than burst and average allow, and whoever keeps to it always', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
  const rates = fc.record({
    average: fc.integer({ min: 1, max: 20 }),
    burst: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(rates, arrivals, (rate, pauses) => {
      const limited = limit(rate);
      let now = 0;
      // A bucket as everybody imagines it.
      let tokens = rate.burst;
      for (const pause of pauses) {
        now += pause;
        tokens = Math.min(rate.burst, tokens + (pause * rate.average) / 1_000);
        const near = Math.abs(tokens - 1) < 1e-6;
        const gets = limited.admits('a', now);
        if (!near) assert.equal(gets, tokens >= 1, `at ${now} with ${tokens}`);
        if (gets) tokens -= 1;
      }
    }),
  );
});

test('a limit that is changed goes by what it knows', () => {
  const buckets = new Buckets();
  assert.ok(limit({}, buckets).admits('a', 0));
  const faster = limit({ average: 10 }, buckets);
  assert.deepEqual([faster.admits('a', 500), faster.admits('a', 1_000)], [false, true]);
});

test('a limit that is relaxed lets a source in as soon as its new rate does', () => {
  const buckets = new Buckets();
  assert.ok(limit({ period: 3_600_000 }, buckets).admits('a', 0));
  const relaxed = limit({ average: 10 }, buckets);
  assert.deepEqual(
    [500, 599, 600, 650].map((now) => relaxed.admits('a', now)),
    [false, false, true, false],
  );
});

test('sources that are gone take no room', () => {
  const buckets = new Buckets();
  const limited = limit({}, buckets);
  for (let i = 0; i < 1_000; i += 1) limited.admits(`s${i}`, 0);
  assert.equal(buckets.size, 1_000);
  limited.admits('a', 1_500);
  limited.admits('a', 3_500);
  assert.equal(buckets.size, 1);
});

test('however many sources come at once, a bounded number is remembered', () => {
  const buckets = new Buckets();
  const limited = limit({ period: 3_600_000 }, buckets);
  for (let i = 0; i < 100_000; i += 1) limited.admits(`s${i}`, i / 1_000);
  assert.ok(buckets.size <= 40_000, String(buckets.size));
  // The latest of them are known.
  assert.equal(limited.admits('s99999', 1_000), false);
});
