import assert from 'node:assert/strict';
import test from 'node:test';
import { findConfigFile } from '../../../../src/config/static/config-file.js';

const find = (
  files: Readonly<Record<string, string | Error>>,
  named?: string,
  env: Readonly<Record<string, string>> = {},
) => {
  const texts = new Map(Object.entries(files));
  const found = findConfigFile(named, env, (path) => texts.get(path));
  return found && [found.path, ...found.diagnostics.map(({ code }) => code)];
};

test('each default place has sluice before traefik, and toml before yaml before yml', () => {
  const env = { HOME: '/h', XDG_CONFIG_HOME: '/x' };
  const order = ['/etc/sluice', '/etc/traefik', '/x', '/h/.config', '.'].flatMap((folder) =>
    ['sluice', 'traefik'].flatMap((name) =>
      ['toml', 'yaml', 'yml'].map((end) => `${folder}/${name}.${end}`),
    ),
  );
  const left = new Map(
    order.map((path) => [path, path.endsWith('toml') ? 'ping = {}' : 'ping: {}']),
  );
  for (const path of order) {
    assert.deepEqual(find(Object.fromEntries(left), undefined, env), [path]);
    left.delete(path);
  }
  assert.equal(find({}, undefined, env), undefined);
});

test('without HOME and XDG_CONFIG_HOME the root folder is not searched', () => {
  assert.equal(find({ '/traefik.yml': 'ping: {}', '/.config/traefik.yml': 'ping: {}' }), undefined);
});

test('a named file is the only one, and must be there', () => {
  const files = { 'a.yml': 'ping: {}', './traefik.yml': 'ping: {}' };
  assert.deepEqual(find(files, 'a.yml'), ['a.yml']);
  assert.deepEqual(find(files, 'b.yml'), ['b.yml', 'missing']);
  assert.deepEqual(find(files, ' '), ['./traefik.yml']);
});

test('variables in the name are filled in', () => {
  const files = { '/h/a.yml': 'ping: {}' };
  assert.deepEqual(find(files, '$H/a.yml', { H: '/h' }), ['/h/a.yml']);
  assert.deepEqual(find(files, '${H}/a.yml', { H: '/h' }), ['/h/a.yml']);
});

const TEXTS: readonly (readonly [
  name: string,
  path: string,
  text: string | Error,
  code?: string,
])[] = [
  ['YAML', 'a.YML', 'ping: {}'],
  ['TOML', 'a.toml', '[ping]'],
  ['JSON', 'a.json', '{"ping": {}}'],
  ['another extension', 'a.txt', 'ping: {}', 'syntax'],
  ['broken YAML', 'a.yml', 'api: [', 'syntax'],
  ['broken TOML', 'a.toml', 'api = [', 'syntax'],
  ['nothing', 'a.yml', '# nothing\n', 'missing'],
  ['only the keys of its author', 'a.yml', 'x-a: 1\n', 'missing'],
  ['a list', 'a.yml', '- a\n', 'syntax'],
  ['a word', 'a.yml', 'ping\n', 'syntax'],
  ['what cannot be read', 'a.yml', new Error('EISDIR'), 'unreadable'],
];

for (const [name, path, text, code] of TEXTS) {
  test(`a file that holds ${name} is ${code ?? 'read'}`, () => {
    assert.deepEqual(find({ [path]: text }, path), code === undefined ? [path] : [path, code]);
  });
}
