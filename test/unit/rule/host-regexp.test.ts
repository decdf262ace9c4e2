import assert from 'node:assert/strict';
import test from 'node:test';
import { hostRegexp } from '../../../src/rule/host-regexp.js';

function matcher(pattern: string) {
  const regexp = hostRegexp(pattern);
  assert.ok(regexp.ok, pattern);
  return regexp.matches;
}

const CASES: readonly (readonly [
  pattern: string,
  takes: readonly string[],
  leaves: readonly string[],
])[] = [
  ['a', ['a', 'xax'], ['b', '']],
  ['^a', ['ab'], ['ba']],
  ['a$', ['ba'], ['ab']],
  ['^a\\.b-c$', ['a.b-c'], ['axb-c', 'a.b-c.d']],
  ['^a.b$', ['a.b', 'axb'], ['ab']],
  ['', ['', 'a'], []],
  ['^$', [''], ['a']],
  ['^.*$', ['', 'a'], []],
  ['^(?P<x>a|b)\\z', ['a', 'b'], ['c', 'a\n']],
  ['\\pL', ['a'], ['1']],
];

for (const [pattern, takes, leaves] of CASES) {
  test(`/${pattern}/ is searched for as RE2 does`, () => {
    for (const name of takes) assert.equal(matcher(pattern)(name), true, name);
    for (const name of leaves) assert.equal(matcher(pattern)(name), false, name);
  });
}

for (const pattern of [
  '(',
  'a++',
  '(?=a)',
  '(a)\\1',
  '[z-a]',
  'a\\Z',
  '\\u0061',
  '(?<=a)b',
  'a{1001}',
]) {
  test(`/${pattern}/ is refused, as in RE2`, () => {
    assert.equal(hostRegexp(pattern).ok, false);
  });
}

test('expressions that would cost too much are refused', () => {
  for (const pattern of ['a'.repeat(5000), '(abc){999}', '(((a{30}){30}){30})', '('.repeat(4000)]) {
    assert.equal(hostRegexp(pattern).ok, false, pattern.slice(0, 20));
  }
});

test('an expression that stalls other engines is matched in linear time', () => {
  const matches = matcher('^(a+)+$');
  const started = performance.now();
  for (let length = 20; length <= 250; length += 10) matches(`${'a'.repeat(length)}!`);
  // Others need seconds for a length of 30 alone, and years for 60.
  assert.ok(performance.now() - started < 5000);
});
