import assert from 'node:assert/strict';
import test from 'node:test';
import { RE2Set } from 're2js';
import { patternCost } from '../../../src/rule/pattern-cost.js';

const CASES: readonly (readonly [pattern: string, cost: number])[] = [
  ['', 0],
  ['abc', 3],
  ['a\\.b', 3],
  ['[a-z0-9]x', 2],
  ['[]a]x', 2],
  ['[[:alpha:]]x', 2],
  ['[{3}]', 1],
  ['\\x{61}', 1],
  ['a{3}', 3],
  ['a{3,}', 4],
  ['a{0,3}', 6],
  ['a{0}', 1],
  ['(ab){3}', 12],
  ['(?:(?P<n>ab){3}c){2}', 30],
  ['a{b}', 4],
  ['\\pL', 51],
  ['[\\pL\\p{Greek}]{2}', 202],
  ['((a', 5],
  ['a))', 1],
  ['[', 1],
  ['{9}', 0],
  [`{${'9'.repeat(400)}}`, 0],
  ['a' + '{999}'.repeat(200), 1e9],
  [`a{${'9'.repeat(400)},}b`, 1e9 + 1],
];

for (const [pattern, cost] of CASES) {
  test(`/${pattern}/ costs ${cost}`, () => {
    assert.equal(patternCost(pattern), cost);
  });
}

test('what an expression costs is about what RE2 makes of it', () => {
  const patterns = [
    '^[a-z0-9-]{1,63}\\.example\\.(com|org)$',
    '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+example\\.com$',
    'a{1000}',
    '(?i)(ab?c*){20,}',
    '(a{10}|b{3,9}){20}',
    '(?:x{2}(?:y{3}){4}){5}',
  ];
  for (const pattern of patterns) {
    const set = new RE2Set();
    set.add(pattern);
    set.compile();
    const ratio = patternCost(pattern) / set.prog.numInst();
    assert.ok(ratio > 0.8 && ratio < 1.7, `${pattern}: ${ratio}`);
  }
});

test('whatever is not closed is looked at once', () => {
  for (const piece of ['[', '[^', '[a', '[[:a', '[\\', '\\p{', '(?<', '(?P<a', '{1', '\\', '(']) {
    const started = performance.now();
    patternCost(piece.repeat(65_536 / piece.length));
    // Looked at from each beginning it would take ten seconds.
    assert.ok(performance.now() - started < 2_000, piece);
  }
});
