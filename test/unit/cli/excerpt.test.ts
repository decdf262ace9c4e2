import assert from 'node:assert/strict';
import test from 'node:test';
import { excerpt } from '../../../src/cli/excerpt.js';
import type { Place } from '../../../src/config/diagnostic.js';

const LINES = ['tcp:', '  routers: { db: { rul: "HostSNI(`*`)" } }', `a: ${'x'.repeat(300)} bad`];

const lineOf = (path: string, line: number) => (path === 'a.yml' ? LINES[line - 1] : undefined);

const inFile = (line: number, column: number, path = 'a.yml'): Place => ({
  kind: 'file',
  path,
  line,
  column,
});

const label = (key: string, offset?: number): Place => ({
  kind: 'label',
  container: 'c',
  containerId: 'c1',
  key,
  ...(offset !== undefined && { offset }),
});

const CASES: readonly (readonly [
  name: string,
  at: Place,
  value: string | undefined,
  lines: readonly string[],
])[] = [
  [
    'a word',
    inFile(2, 20),
    undefined,
    ['  2 |   routers: { db: { rul: "HostSNI(`*`)" } }', '    |                    ^^^'],
  ],
  [
    'a value with spaces',
    inFile(2, 3),
    'routers: {',
    ['  2 |   routers: { db: { rul: "HostSNI(`*`)" } }', '    |   ^^^^^^^^^^'],
  ],
  ['a file as a whole', inFile(0, 0), undefined, []],
  ['a file that is gone', inFile(2, 1, 'b.yml'), undefined, []],
  ['a label', label('traefik.enable'), 'x', ['   | traefik.enable', '   | ^^^^^^^^^^^^^^']],
  ['a place in a value', label('rule', 2), 'a &', ['   | a &', '   |   ^']],
  ['a container as a whole', label(''), 'x', []],
  ['no text', { kind: 'endpoint', url: 'unix:///x' }, undefined, []],
];

for (const [name, at, value, lines] of CASES) {
  test(`${name} is shown with its carets`, () => {
    assert.deepEqual(excerpt(at, value, lineOf), lines);
  });
}

test('of a long line the part around the place is shown', () => {
  const [text = '', carets = ''] = excerpt(inFile(3, 305), 'bad', lineOf);
  assert.equal(text.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'bad');
  assert.ok(text.length < 120);
});

test('no control character gets to the terminal', () => {
  const [text = ''] = excerpt(label('a\u001b[31mb\u202e'), undefined, lineOf);
  assert.equal(text, '   | a [31mb ');
});
