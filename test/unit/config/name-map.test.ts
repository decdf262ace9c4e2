import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { atOnce } from '../../../src/async/slices.js';
import { byText, NameMap } from '../../../src/config/name-map.js';

const names = fc.constantFrom(...Array.from({ length: 200 }, (_, n) => `n${n}`), '', '__proto__');
const change = fc.tuple(names, fc.option(fc.nat(3), { nil: undefined }));

test('a map that is changed step by step is a sorted map, and knows what differs', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 20 }), { maxLength: 20 }), (steps) => {
      let map = NameMap.of<number>();
      const like = new Map<string, number>();
      const first = map;
      for (const changes of steps) {
        const before = map;
        const was = new Map(like);
        map = map.with(changes);
        for (const [name, value] of changes) {
          if (value === undefined) like.delete(name);
          else like.set(name, value);
        }
        const sorted = [...like].sort(([a], [b]) => byText(a, b));
        assert.deepEqual([...map], sorted);
        assert.deepEqual([...map.keys()], [...sorted.map(([name]) => name)]);
        assert.deepEqual([before.size, map.size], [was.size, like.size]);
        assert.deepEqual([...before.keys()].length, was.size);
        const differing = [...new Set([...was.keys(), ...like.keys()])]
          .filter((name) => was.get(name) !== like.get(name))
          .sort(byText)
          .map((name) => ({ name, before: was.get(name), now: like.get(name) }));
        assert.deepEqual(atOnce(map.changesSince(before)), differing);
        if (differing.length === 0) assert.equal(map, before);
        assert.equal(atOnce(map.changesSince(first)).length, like.size);
      }
    }),
  );
});

test('a map made of nothing that another was made of is compared as well', () => {
  const one = NameMap.of([
    ['a', 1],
    ['b', 2],
  ]);
  const other = NameMap.of([
    ['b', 3],
    ['c', 4],
  ]);
  assert.deepEqual(atOnce(other.changesSince(one)), [
    { name: 'a', before: 1, now: undefined },
    { name: 'b', before: 2, now: 3 },
    { name: 'c', before: undefined, now: 4 },
  ]);
});

test('entries begin where they are told to', () => {
  const map = NameMap.of(['a', 'b', 'c'].map((name) => [name, name] as const));
  assert.deepEqual(
    Array.from(map.entries('b'), ([name]) => name),
    ['b', 'c'],
  );
  assert.deepEqual([...map.entries('d')], []);
});
