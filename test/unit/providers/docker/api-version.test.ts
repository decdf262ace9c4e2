import assert from 'node:assert/strict';
import test from 'node:test';
import { negotiate } from '../../../../providers/docker/api-version.js';

interface Case {
  readonly engine: string;
  readonly oldest?: string;
  readonly spoken: string;
}

const CASES: readonly Case[] = [
  { engine: '1.24', spoken: '1.24' },
  { engine: '1.41', oldest: '1.12', spoken: '1.41' },
  { engine: '1.51', oldest: '1.24', spoken: '1.51' },
  { engine: '1.60', oldest: '1.44', spoken: '1.51' },
  // An engine of the future that refuses what is known here is spoken to in its own oldest version.
  { engine: '1.80', oldest: '1.60', spoken: '1.60' },
  { engine: '1.41', oldest: '', spoken: '1.41' },
];

for (const { engine, oldest = '', spoken } of CASES) {
  test(`with an engine of API ${engine} that accepts ${oldest || 'anything'}, ${spoken} is spoken (D14)`, () => {
    assert.equal(negotiate(engine, oldest), spoken);
  });
}

for (const engine of ['1.23', '', '2.0', '1.41-beta', 'v1.41']) {
  test(`API "${engine}" is refused`, () => {
    assert.throws(() => negotiate(engine, ''), Error);
  });
}
