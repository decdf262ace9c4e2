import assert from 'node:assert/strict';
import fc from 'fast-check';
import test from 'node:test';
import {
  parseConstraint,
  type ConstraintFunction,
} from '../../../../src/config/constraints/constraints.js';

/** `Is("a")` is true of "a". */
const FUNCTIONS: ReadonlyMap<string, ConstraintFunction<string>> = new Map([
  [
    'Is',
    (args: readonly string[]) =>
      args.length === 1 ? (subject: string) => subject === args[0] : 'Is takes one word',
  ],
]);

/** Of the subject `a`. */
const HOLDS: readonly (readonly [expression: string, holds: boolean])[] = [
  ['', true],
  [' \n', true],
  ['Is("a")', true],
  ['Is(`a`)', true],
  ['Is("b")', false],
  [' Is ( "a" ) ', true],
  ['Is("a",)', true],
  ['!Is("a")', false],
  ['!!Is("a")', true],
  ['Is("a") && Is("b")', false],
  ['Is("a") || Is("b")', true],
  // && binds closer than ||, and ! closer than both.
  ['Is("a") || Is("b") && Is("b")', true],
  ['(Is("a") || Is("b")) && Is("b")', false],
  ['!Is("b") && Is("a")', true],
  ['!(Is("b") && Is("a"))', true],
  ['Is("\\"") || Is("a")', true],
];

for (const [expression, holds] of HOLDS) {
  test(`${JSON.stringify(expression)} is ${holds}`, () => {
    const parsed = parseConstraint(expression, FUNCTIONS);
    assert.ok(parsed.ok);
    assert.equal(parsed.matches('a'), holds);
  });
}

const WRONG: readonly (readonly [expression: string, offset: number])[] = [
  ['Is', 2],
  ['Is(', 3],
  ['Is("a"', 6],
  ['Is("a" "b")', 7],
  ['Is(a)', 3],
  ['Is("a")  Is("b")', 9],
  ['Is("a") && ', 11],
  ['Is("a") & Is("b")', 8],
  ['  Was("a")', 2],
  ['Is("a") && Is()', 11],
  ['("a")', 1],
  ['(Is("a")', 8],
  ['Is("a"))', 7],
  ["Is('a')", 3],
  ['"a"', 0],
  // A pattern's backslash needs back quotes, or a second one.
  ['Is("^\\d")', 5],
  ['Is("a', 3],
];

for (const [expression, offset] of WRONG) {
  test(`${JSON.stringify(expression)} is wrong from character ${offset}`, () => {
    const parsed = parseConstraint(expression, FUNCTIONS);
    assert.ok(!parsed.ok);
    assert.equal(parsed.offset, offset);
  });
}

test('deep nesting is refused before it costs the stack', () => {
  for (const open of ['(', '!']) {
    assert.ok(!parseConstraint(`${open.repeat(100_000)}Is("a")`, FUNCTIONS).ok);
  }
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom('Is', '(', ')', '"a"', '`b`', '&&', '||', '!', ',', ' ', '\\', '"');
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (expression) => {
      const parsed = parseConstraint(expression, FUNCTIONS);
      if (!parsed.ok) assert.ok(parsed.offset >= 0 && parsed.offset <= expression.length);
    }),
  );
});
