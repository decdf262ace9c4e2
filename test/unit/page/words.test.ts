import assert from 'node:assert/strict';
import test from 'node:test';
import { ageText, bytesText, nameParts, placeText, plural, rateText } from '../../../page/words.js';
import { formatPlace, type Place } from '../../../src/config/diagnostic.js';

const SIZES: readonly (readonly [bytes: number, text: string])[] = [
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [1_234, '1.2 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [3.2e9, '3.2 GB'],
  [1e21, '1000000 PB'],
];

for (const [bytes, text] of SIZES) {
  test(`${bytes} bytes are ${text}`, () => assert.equal(bytesText(bytes), text));
}

test('a rate is per second, and whole bytes', () => assert.equal(rateText(12.4), '12 B/s'));

const AGES: readonly (readonly [seconds: number, text: string])[] = [
  [-1, '0 s'],
  [0.4, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3_599, '59 min'],
  [3_600, '1 h'],
  [7_500, '2 h 5 min'],
  [86_400, '1 d'],
  [97_200, '1 d 3 h'],
];

for (const [seconds, text] of AGES) {
  test(`${seconds} s are ${text}`, () => assert.equal(ageText(seconds), text));
}

test('one is one, and many are many', () => {
  assert.deepEqual([plural(1, 'error'), plural(0, 'error')], ['1 error', '0 errors']);
  assert.equal(plural(12_345, 'error'), '12,345 errors');
});

test('a name has its provider behind the last @', () => {
  assert.deepEqual(nameParts('a@b@docker'), ['a@b', '@docker']);
  assert.deepEqual(nameParts('default'), ['default', '']);
  assert.deepEqual(nameParts('@x'), ['@x', '']);
});

const PLACES: readonly Place[] = [
  { kind: 'label', container: 'pg-1', containerId: 'f', key: 'traefik.enable' },
  { kind: 'label', container: 'pg-1', containerId: 'f', key: 'traefik.x', offset: 3 },
  { kind: 'label', container: 'pg-1', containerId: 'f', key: '' },
  { kind: 'label', container: 'pg', containerId: 'f', key: 'traefik.x', isService: true },
  { kind: 'tag', node: 'n', service: 's', instance: 'i', tag: 't', offset: 0 },
  { kind: 'tag', node: 'n', service: 's', instance: 'i', tag: '' },
  { kind: 'file', path: '/a.yml', line: 3, column: 7 },
  { kind: 'file', path: '/a.yml', line: 3, column: 0 },
  { kind: 'file', path: '/a.yml', line: 0, column: 0 },
  { kind: 'static', option: '--log.level', source: 'flag' },
  { kind: 'endpoint', url: 'unix:///x' },
];

for (const place of PLACES) {
  test(`a place reads as it does in the log: ${formatPlace(place)}`, () => {
    assert.equal(placeText(place), formatPlace(place));
  });
}
