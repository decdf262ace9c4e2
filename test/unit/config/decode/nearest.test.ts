import assert from 'node:assert/strict';
import test from 'node:test';
import { nearest } from '../../../../src/config/decode/nearest.js';

const NAMES = ['mtls', 'service', 'entryPoints', 'rule'];

const CASES: readonly (readonly [written: string, meant: string | undefined])[] = [
  ['servcie', 'service'],
  ['ruel', 'rule'],
  ['mtsl', 'mtls'],
  ['entrypoint', 'entryPoints'],
  ['RULES', 'rule'],
  ['x', undefined],
  ['unlike', undefined],
  ['s'.repeat(101), undefined],
];

for (const [written, meant] of CASES) {
  test(`"${written.slice(0, 20)}" is nearest to ${meant ?? 'nothing'}`, () => {
    assert.deepEqual(nearest(written, NAMES), meant === undefined ? [] : [meant]);
  });
}
