import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { found, hasStatus, page, sorted, type SortKey } from '../../../src/api/listing.js';

const query = (text: string) => new URLSearchParams(text);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const same = (one: number) => one;

const PAGES: readonly (readonly [
  items: number,
  query: string,
  first: number,
  last: number,
  next: number,
])[] = [
  [3, '', 1, 3, 1],
  [100, '', 1, 100, 1],
  [101, '', 1, 100, 2],
  [101, 'page=2', 101, 101, 1],
  [5, 'per_page=2', 1, 2, 2],
  [5, 'per_page=2&page=2', 3, 4, 3],
  [5, 'per_page=2&page=3', 5, 5, 1],
  [4, 'per_page=2&page=2', 3, 4, 1],
  [5, 'page=&per_page=', 1, 5, 1],
  [5, 'page=%2B1', 1, 5, 1],
  [5, 'per_page=2&page=2&page=3', 3, 4, 3],
  [5, 'per_page=999999999999999', 1, 5, 1],
];

for (const [items, text, first, last, next] of PAGES) {
  test(`of ${items} items, "${text}" is ${first} to ${last}, and ${next} is next`, () => {
    const cut = page(numbers(items), query(text), same);
    assert.ok(cut.ok);
    assert.deepEqual(cut.items, numbers(last).slice(first - 1));
    assert.equal(cut.next, next);
  });
}

test('only what is on the page is viewed', () => {
  const viewed: number[] = [];
  const view = (one: number) => void viewed.push(one);
  page(numbers(1_000), query('per_page=3&page=2'), view);
  assert.deepEqual(viewed, [4, 5, 6]);
});

test('nothing has one page', () => {
  assert.deepEqual(page([], query(''), same), { ok: true, items: [], next: 1 });
});

const REFUSED: readonly (readonly [items: number, query: string])[] = [
  [5, 'page=0'],
  [5, 'page=-1'],
  [5, 'page=x'],
  [5, 'page=1.0'],
  [5, 'page=1e1'],
  [5, 'page= 1'],
  [5, 'page=9999999999999999'],
  [5, 'per_page=0'],
  [5, 'per_page=-1'],
  [5, 'per_page=x'],
  [5, 'page=2'],
  [4, 'per_page=2&page=3'],
  [0, 'page=2'],
];

for (const [items, text] of REFUSED) {
  test(`of ${items} items, "${text}" is no page`, () => {
    assert.equal(page(numbers(items), query(text), same).ok, false);
  });
}

test('whoever follows the next page sees each item once', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (items, size) => {
      const seen: number[] = [];
      let number = 1;
      do {
        const cut = page(numbers(items), query(`per_page=${size}&page=${number}`), same);
        assert.ok(cut.ok);
        seen.push(...cut.items);
        number = cut.next;
      } while (number !== 1);
      assert.deepEqual(seen, numbers(items));
    }),
  );
});

interface Item {
  readonly name: string;
  readonly size: bigint;
}

const ITEMS: readonly Item[] = [
  { name: 'b', size: 2n },
  { name: 'a', size: 9223372036854775807n },
  { name: 'c', size: -3n },
  { name: 'd', size: 2n },
];

const KEYS = new Map<string, SortKey<Item>>([
  ['name', ({ name }) => name],
  ['size', ({ size }) => size],
]);

const ORDERS: readonly (readonly [query: string, order: string])[] = [
  ['', 'abcd'],
  ['sortBy=name', 'abcd'],
  ['sortBy=', 'abcd'],
  ['sortBy=nope', 'abcd'],
  ['sortBy=Size', 'abcd'],
  ['sortBy=size', 'cbda'],
  ['sortBy=size&direction=asc', 'cbda'],
  ['sortBy=size&direction=', 'cbda'],
  ['sortBy=size&direction=desc', 'adbc'],
  ['sortBy=size&direction=foo', 'adbc'],
  ['direction=desc', 'dcba'],
];

for (const [text, order] of ORDERS) {
  test(`"${text}" sorts to ${order}`, () => {
    const items = sorted(ITEMS, query(text), KEYS, ({ name }) => name);
    assert.equal(items.map(({ name }) => name).join(''), order);
  });
}

test('a search finds part of any text, in any case', () => {
  assert.equal(found(query(''), []), true);
  assert.equal(found(query('search='), ['x']), true);
  assert.equal(found(query('search=SNI(%60B'), [undefined, 'HostSNI(`b.test`)']), true);
  assert.equal(found(query('search=zzz'), ['a', undefined]), false);
});

test('a status is compared whole, in any case', () => {
  assert.equal(hasStatus(query(''), 'disabled'), true);
  assert.equal(hasStatus(query('status='), 'disabled'), true);
  assert.equal(hasStatus(query('status=DISABLED'), 'disabled'), true);
  assert.equal(hasStatus(query('status=disable'), 'disabled'), false);
});
