import assert from 'node:assert/strict';
import test from 'node:test';
import { LABEL_FUNCTIONS } from '../../../../providers/docker/label-functions.js';
import { parseConstraint } from '../../../../src/config/constraints/constraints.js';

const LABELS = new Map([
  ['tier', 'front'],
  ['traefik.enable', 'true'],
  ['empty', ''],
]);

/** DKR-25 to DKR-27. */
const HOLDS: readonly (readonly [expression: string, holds: boolean])[] = [
  ['', true],
  ['Label(`tier`, `front`)', true],
  ['Label("tier", "front")', true],
  ['Label(`tier`, `fron`)', false],
  ['Label(`Tier`, `front`)', false],
  // A label that is missing reads as an empty one.
  ['Label(`none`, ``)', true],
  ['Label(`empty`, ``)', true],
  ['Label(`traefik.enable`, `true`)', true],
  ['LabelRegex(`tier`, `ro`)', true],
  ['LabelRegex(`tier`, `^ro`)', false],
  ['LabelRegex(`none`, `^$`)', true],
  ['Label(`tier`, `back`) || Label(`tier`, `front`) && !Label(`empty`, `x`)', true],
  ['!(Label(`tier`, `back`) || Label(`tier`, `front`))', false],
];

for (const [expression, holds] of HOLDS) {
  test(`${expression || 'no condition'} is ${holds} of these labels`, () => {
    const parsed = parseConstraint(expression, LABEL_FUNCTIONS);
    assert.ok(parsed.ok);
    assert.equal(parsed.matches(LABELS), holds);
  });
}

const WRONG: readonly (readonly [expression: string, offset: number])[] = [
  ['Label(`tier`)', 0],
  ['Label(`tier`, `front`, `x`)', 0],
  ['Label()', 0],
  ['Label(`a`, `b`) && LabelRegex(`tier`)', 19],
  ['label(`tier`, `front`)', 0],
  ["Label('tier', 'front')", 6],
  ['Tag(`tier`)', 0],
  // Not a pattern that matches nothing: `!` would expose everybody.
  ['!LabelRegex(`tier`, `[`)', 1],
];

for (const [expression, offset] of WRONG) {
  test(`${expression} is no condition, from character ${offset}`, () => {
    const parsed = parseConstraint(expression, LABEL_FUNCTIONS);
    assert.ok(!parsed.ok);
    assert.equal(parsed.offset, offset);
  });
}

test('a pattern that would stall a backtracking matcher is decided at once (D24)', () => {
  const parsed = parseConstraint('LabelRegex(`long`, `^(a+)+$`)', LABEL_FUNCTIONS);
  assert.ok(parsed.ok);
  const started = performance.now();
  assert.equal(parsed.matches(new Map([['long', `${'a'.repeat(2_000)}!`]])), false);
  assert.ok(performance.now() - started < 5_000);
});
