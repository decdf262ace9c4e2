import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { nextTurn, Turn } from '../../../src/routing/turns.js';

const candidate = (name: string, weight = 1) => ({ name, weight, turn: new Turn() });

const turns = (of: readonly ReturnType<typeof candidate>[], count: number) =>
  Array.from({ length: count }, () => nextTurn(of)?.name ?? '-').join(' ');

const ORDERS: readonly (readonly [weights: Readonly<Record<string, number>>, order: string])[] = [
  [{ a: 1, b: 1, c: 1 }, 'a b c a b c'],
  [{ a: 5, b: 1, c: 1 }, 'a a b a c a a'],
  [{ a: 2, b: 1, c: 1 }, 'a b c a'],
  [{ a: 3, b: 1 }, 'a a b a a a b a'],
  [{}, '-'],
];

for (const [weights, order] of ORDERS) {
  test(`weights ${JSON.stringify(weights)} take turns smoothly`, () => {
    const all = Object.entries(weights).map(([name, weight]) => candidate(name, weight));
    assert.equal(turns(all, order.split(' ').length), order);
  });
}

test('equal ones take turns in the same order for ever', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => candidate(name));
  assert.equal(turns(all, 70_000), Array(10_000).fill('a b c d e f g').join(' '));
});

test('others go on where those before stopped', () => {
  const [a, b, c] = [candidate('a'), candidate('b'), candidate('c')];
  assert.equal(turns([a, b], 1), 'a');
  assert.equal(turns([a, b, c], 3), 'b c a');
  assert.equal(turns([b, c], 2), 'b c');
});

test('each gets its share, never more than one turn off', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 300 }), (shares, count) => {
      const all = shares.map((weight, i) => candidate(`s${i}`, weight));
      const sum = shares.reduce((a, b) => a + b, 0);
      const counts = new Map(all.map(({ name }) => [name, 0]));
      for (let i = 0; i < count; i += 1) {
        const name = nextTurn(all)?.name ?? '';
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      for (const { name, weight } of all) {
        const off = Math.abs((counts.get(name) ?? 0) - (count * weight) / sum);
        assert.ok(off <= all.length, `${name} is off by ${off}`);
      }
    }),
  );
});

test('however others come and go, those that stay share evenly', () => {
  const generations = fc.array(
    fc.record({ guests: fc.integer({ min: 0, max: 4 }), picks: fc.integer({ min: 0, max: 12 }) }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(generations, (list) => {
      const [a, b] = [candidate('a'), candidate('b')];
      const counts = { a: 0, b: 0 };
      let guest = 0;
      for (const { guests, picks } of list) {
        const others = Array.from({ length: guests }, () => candidate(`guest${guest++}`));
        for (let i = 0; i < picks; i += 1) {
          const name = nextTurn([a, b, ...others])?.name;
          if (name === 'a' || name === 'b') counts[name] += 1;
        }
      }
      const drift = Math.abs(counts.a - counts.b);
      assert.ok(drift <= 2, `a ${counts.a}, b ${counts.b}`);
    }),
  );
});
