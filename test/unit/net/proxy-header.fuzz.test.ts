import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readProxyHeader } from '../../../src/net/proxy-header.js';
import { writeProxyHeader } from '../../../src/net/write-proxy-header.js';
import { assertSameForEveryPrefix, edited, edits, Tally } from '../../support/fuzz.js';

const RUNS = 100_000;
const NO_STALL = { timeout: 120_000 };

const V4 = { host: '192.0.2.1', port: 56_324 };
const V6 = { host: '2001:db8::1', port: 443 };
const NOBODY = { host: '', port: 0 };
const PAIRS = [
  [V4, V4],
  [V6, V6],
  [V4, V6],
  [NOBODY, V4],
] as const;

const V2_WITH_EXTRAS = Buffer.from(
  '0d0a0d0a000d0a515549540a21110018c0000201c6336402dc0401bb030004db52bb470200026869',
  'hex',
);

const SEEDS: Readonly<Record<string, readonly Buffer[]>> = {
  'version 1': PAIRS.map(([source, destination]) => writeProxyHeader(1, source, destination)),
  'version 2': [
    ...PAIRS.map(([source, destination]) => writeProxyHeader(2, source, destination)),
    V2_WITH_EXTRAS,
  ],
};

for (const [version, seeds] of Object.entries(SEEDS)) {
  test(`100,000 broken headers of ${version}: the same answer for every split`, NO_STALL, () => {
    const tally = new Tally();
    const cuts = fc.array(fc.nat(200), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...seeds), edits, cuts, (seed, changes, at) => {
        const bytes = edited(seed, changes);
        const answer = readProxyHeader(bytes);
        tally.count(answer);
        assertSameForEveryPrefix(readProxyHeader, bytes, at);
        if (typeof answer === 'string') return;
        assert.ok(answer.length <= bytes.length);
        // Nothing of what follows was looked at.
        assert.deepEqual(readProxyHeader(bytes.subarray(0, answer.length)), answer);
        assert.equal(readProxyHeader(bytes.subarray(0, answer.length - 1)), 'more');
      }),
      { numRuns: RUNS },
    );
    tally.assertAll(['read', 'bad', 'more', 'none'], RUNS / 50);
  });
}

test('a header is never longer than its limit, so that nobody waits for more', NO_STALL, () => {
  for (const seed of ['PROXY ', 'PROXY TCP4 ', '\r\n\r\n\0\r\nQUIT\n!\x11\x10\x01']) {
    const endless = Buffer.concat([Buffer.from(seed, 'latin1'), Buffer.alloc(5_000, 0x20)]);
    assert.equal(readProxyHeader(endless), 'bad');
  }
});
