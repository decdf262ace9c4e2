import assert from 'node:assert/strict';
import test from 'node:test';
import { spiffeFindings, type WrittenSpiffe } from '../../../src/config/spiffe-section.js';

const cases: readonly (readonly [string, WrittenSpiffe, readonly string[]])[] = [
  ['an empty section', {}, []],
  ['empty fields', { ids: [], trustDomain: '' }, []],
  ['an ID', { ids: ['spiffe://example.org/db'] }, []],
  ['a trust domain', { trustDomain: 'example.org' }, []],
  ['the trust domain of an ID', { trustDomain: 'spiffe://example.org/db' }, []],
  [
    "the seed's section: IDs within the trust domain",
    { ids: ['spiffe://example.org/id1', 'spiffe://example.org/id2'], trustDomain: 'example.org' },
    [],
  ],
  [
    'one bad ID among good ones',
    { ids: ['spiffe://a/b', 'nope', 'spiffe://a/b/'] },
    ['error bad-value ids nope', 'error bad-value ids spiffe://a/b/'],
  ],
  ['an empty ID', { ids: [''] }, ['error bad-value ids ']],
  [
    'a bad trust domain',
    { trustDomain: 'Example.org' },
    ['error bad-value trustDomain Example.org'],
  ],
  [
    'both bad',
    { ids: ['nope'], trustDomain: 'a:1' },
    ['error bad-value ids nope', 'error bad-value trustDomain a:1'],
  ],
  [
    'an ID outside the trust domain, which does not bind it',
    { ids: ['spiffe://example.org/a', 'spiffe://other.org/a'], trustDomain: 'example.org' },
    ['warning ignored trustDomain example.org'],
  ],
];

for (const [name, section, expected] of cases) {
  test(`${name}: ${expected.length} findings`, () => {
    const findings = spiffeFindings(section);
    assert.deepEqual(
      findings.map(({ severity, code, key, value }) => `${severity} ${code} ${key} ${value}`),
      expected,
    );
  });
}

test('values are cut: a label could be of any length', () => {
  const [finding] = spiffeFindings({ ids: ['x'.repeat(10_000)] });
  assert.ok(JSON.stringify(finding).length < 1_000);
});
