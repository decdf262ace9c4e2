import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { nestingOf } from '../../../src/routing/nesting.js';

const nesting = (parts: Readonly<Record<string, readonly string[]>>) => {
  const { order, circular } = nestingOf(new Map(Object.entries(parts)));
  return [order.join(' '), [...circular].map((pair) => pair.join('<')).join(' ')];
};

const CASES: readonly (readonly [
  name: string,
  parts: Readonly<Record<string, readonly string[]>>,
  order: string,
  circular: string,
])[] = [
  ['nothing', {}, '', ''],
  ['what consists of others comes after them', { a: ['b'], b: ['c', 'x'], c: [] }, 'c b a', ''],
  ['what is named twice counts once', { a: ['b', 'b'], b: [] }, 'b a', ''],
  ['itself', { a: ['a'] }, 'a', 'a<a'],
  ['a circle', { a: ['b'], b: ['c'], c: ['a'] }, 'a c b', 'a<a b<a c<a'],
  ['what leads into a circle is not in it', { a: ['b'], b: ['b'], c: ['a'] }, 'b a c', 'b<b'],
  ['nor what lies between two', { a: ['a'], b: ['a'], c: ['b', 'c'] }, 'a b c', 'a<a c<c'],
];

for (const [name, parts, order, circular] of CASES) {
  test(name, () => {
    assert.deepEqual(nesting(parts), [order, circular]);
  });
}

test('all are in the order once, each behind what it consists of, but for circles', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const graphs = fc.dictionary(names, fc.array(names, { maxLength: 4 }), { maxKeys: 5 });
  fc.assert(
    fc.property(graphs, (graph) => {
      const parts = new Map(Object.entries(graph));
      const { order, circular } = nestingOf(parts);
      assert.deepEqual([...order].sort(), [...parts.keys()].sort());
      for (const [name, of] of parts) {
        if (circular.has(name)) continue;
        for (const part of of) {
          if (parts.has(part)) assert.ok(order.indexOf(part) < order.indexOf(name));
        }
      }
    }),
  );
});
