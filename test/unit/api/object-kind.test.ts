import assert from 'node:assert/strict';
import test from 'node:test';
import { objectKind, type Shown } from '../../../src/api/object-kind.js';
import type { Merged } from '../../../src/config/merged.js';
import type { Status } from '../../../src/routing/runtime.js';
import { apiSources } from '../../support/api.js';
import { merged } from '../../support/merged.js';

interface Ship {
  readonly merged: Merged<{ readonly flag: string }>;
  readonly status: Status;
}

const ship = (name: string, flag: string, status: Status): readonly [string, Ship] => [
  name,
  { merged: merged(name, { flag }), status },
];

const SHIPS = new Map([
  ship('b@docker', 'red', 'disabled'),
  ship('a@file', 'blue', 'enabled'),
  ship('c@docker', 'blue', 'warning'),
]);

const ships = objectKind<Ship>({
  singular: 'ship',
  objects: () => SHIPS,
  entry: ({ merged: { name } }) => ({ name }),
  sortKeys: [['flag', ({ merged: { config } }) => config.flag]],
  texts: ({ merged: { config } }) => [config.flag],
  isAsked: ({ merged: { config } }, query) => (query.get('flag') ?? config.flag) === config.flag,
});

const { runtime, defaultTransport } = apiSources();
const shown: Shown = { runtime: runtime(), defaultTransport };

const LISTS: readonly (readonly [query: string, names: readonly string[]])[] = [
  ['', ['a@file', 'b@docker', 'c@docker']],
  ['sortBy=provider', ['b@docker', 'c@docker', 'a@file']],
  ['sortBy=status', ['b@docker', 'a@file', 'c@docker']],
  ['sortBy=flag', ['a@file', 'c@docker', 'b@docker']],
  ['sortBy=flag&direction=desc', ['b@docker', 'c@docker', 'a@file']],
  ['status=WARNING', ['c@docker']],
  ['search=DOCKER', ['b@docker', 'c@docker']],
  ['search=blu', ['a@file', 'c@docker']],
  ['search=blu&status=enabled', ['a@file']],
  ['flag=red', ['b@docker']],
  ['flag=red&status=enabled', []],
];

for (const [query, names] of LISTS) {
  test(`the list "${query}"`, () => {
    const items = names.map((name) => ({ name }));
    const cut = ships.list(shown, new URLSearchParams(query));
    assert.deepEqual(cut, { ok: true, items, next: 1 });
  });
}

test('of a page only what is on it is made', () => {
  const cut = ships.list(shown, new URLSearchParams('page=2&per_page=2'));
  assert.deepEqual(cut, { ok: true, items: [{ name: 'c@docker' }], next: 1 });
  assert.equal(ships.list(shown, new URLSearchParams('page=3&per_page=2')).ok, false);
});

test('one of them is found by its whole name alone', () => {
  assert.deepEqual(ships.one(shown, 'a@file'), { name: 'a@file' });
  for (const name of ['a', 'A@file', 'a@docker', '', '__proto__']) {
    assert.equal(ships.one(shown, name), undefined);
  }
});
