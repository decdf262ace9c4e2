import assert from 'node:assert/strict';
import test from 'node:test';
import { canonicalName, wildcardOf } from '../../../src/tls/names.js';

for (const [written, canonical] of [
  ['A.Example.COM', 'a.example.com'],
  ['a.example.com.', 'a.example.com'],
  ['10.0.0.1', '10.0.0.1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:A00:1', '10.0.0.1'],
  ['localhost', 'localhost'],
  ['', ''],
] as const) {
  test(`${JSON.stringify(written)} is ${JSON.stringify(canonical)}`, () => {
    assert.equal(canonicalName(written), canonical);
  });
}

for (const [name, wildcard] of [
  ['a.example.com', '*.example.com'],
  ['*.example.com', '*.example.com'],
  ['localhost', undefined],
  ['.example.com', undefined],
  ['10.0.0.1', undefined],
  ['', undefined],
] as const) {
  test(`the wildcard of ${JSON.stringify(name)} is ${wildcard ?? 'none'}`, () => {
    assert.equal(wildcardOf(name), wildcard);
  });
}
