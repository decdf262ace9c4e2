import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encode, type Json } from '../../../src/api/json.js';

const TEXTS: readonly (readonly [value: Json, text: string])[] = [
  ['a && b <c>', String.raw`"a \u0026\u0026 b \u003cc\u003e"`],
  ['\u2028\u2029', String.raw`"\u2028\u2029"`],
  ['"quoted"\n', String.raw`"\"quoted\"\n"`],
  ['uñused', '"uñused"'],
  [{ '<k>': 1 }, String.raw`{"\u003ck\u003e":1}`],
  [9223372036854775807n, '9223372036854775807'],
  [-1n, '-1'],
  [{ a: undefined, b: null, c: false, d: 0 }, '{"b":null,"c":false,"d":0}'],
  [[], '[]'],
  [{}, '{}'],
  [[1, ['x'], { y: [] }], '[1,["x"],{"y":[]}]'],
  [Object.fromEntries([['__proto__', 1]]), '{"__proto__":1}'],
];

for (const [value, text] of TEXTS) {
  test(`it is written as Go writes it: ${text}`, () => {
    assert.equal(encode(value), `${text}\n`);
  });
}

test('any value is read again as it was, and no page takes it for markup', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = encode(value);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.doesNotMatch(text, /[<>&\u2028\u2029]/);
    }),
  );
});
