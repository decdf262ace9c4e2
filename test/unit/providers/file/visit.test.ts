import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readOne, visitDirectory } from '../../../../providers/file/visit.js';
import { folderWith } from '../../../support/folder.js';

/** What was found, each as `path` below the folder, `!` in front of what is unreadable. */
async function found(folder: string): Promise<readonly string[]> {
  const visited = await visitDirectory(folder);
  return visited.found.map(
    ({ kind, path }) => (kind === 'unreadable' ? '!' : '') + path.slice(folder.length + 1),
  );
}

test('supported files are found in byte order, sub-folders at their place', async (t) => {
  const folder = folderWith(t, {
    'b.yml': '',
    'B.YAML': '',
    'a/z.toml': '',
    'a/a/x.yaml': '',
    'a.toml': '',
    'ü.yml': '',
    'notes.txt': '',
    yml: '',
  });
  assert.deepEqual(await found(folder), [
    'B.YAML',
    'a/a/x.yaml',
    'a/z.toml',
    'a.toml',
    'b.yml',
    'ü.yml',
  ]);
});

test('files of other kinds are passed over', async (t) => {
  const folder = folderWith(t, { 'a.json': '{}', 'b.txt': '' });
  const { passedOver } = await visitDirectory(folder);
  assert.deepEqual(passedOver, [join(folder, 'a.json'), join(folder, 'b.txt')]);
});

test('of a Kubernetes volume the links at the top are read, and nothing twice', async (t) => {
  const folder = folderWith(t, { '..v1/a.yml': 'one', '..v1/sub/b.yml': 'two' });
  symlinkSync('..v1', join(folder, '..data'));
  symlinkSync('..data/a.yml', join(folder, 'a.yml'));
  symlinkSync('..data/sub', join(folder, 'sub'));
  assert.deepEqual(await found(folder), ['a.yml', 'sub/b.yml']);
});

test('a folder that links lead to twice, or back to, is read once', async (t) => {
  const folder = folderWith(t, { 'a/x.yml': '' });
  symlinkSync('..', join(folder, 'a', 'back'));
  symlinkSync('a', join(folder, 'b'));
  assert.deepEqual(await found(folder), ['a/x.yml']);
});

test('a dangling link and a link to itself are unreadable', async (t) => {
  const folder = folderWith(t);
  symlinkSync('nowhere.yml', join(folder, 'a.yml'));
  symlinkSync('b.yml', join(folder, 'b.yml'));
  assert.deepEqual(await found(folder), ['!a.yml', '!b.yml']);
});

test('a folder that does not exist is unreadable', async (t) => {
  const folder = join(folderWith(t), 'missing');
  const { found } = await visitDirectory(folder);
  assert.deepEqual(
    found.map(({ kind, path }) => [kind, path]),
    [['unreadable', folder]],
  );
});

test('a file in the place of a folder is unreadable', async (t) => {
  const folder = join(folderWith(t, { 'a.yml': '' }), 'a.yml');
  const { found } = await visitDirectory(folder);
  assert.deepEqual(
    found.map(({ kind, path }) => [kind, path]),
    [['unreadable', folder]],
  );
});

test('a folder with the name of a file is a folder', async (t) => {
  const folder = folderWith(t, { 'a.yml/b.yml': '' });
  assert.deepEqual(await found(folder), ['a.yml/b.yml']);
});

test('a pipe is not waited for', async (t) => {
  const folder = folderWith(t);
  execFileSync('mkfifo', [join(folder, 'a.yml')]);
  assert.deepEqual(await found(folder), ['!a.yml']);
});

test('what is not UTF-8 is unreadable', async (t) => {
  const path = join(folderWith(t), 'a.yml');
  writeFileSync(path, Buffer.from([0xff, 0xfe, 0x74, 0x00]));
  assert.equal((await readOne(path)).kind, 'unreadable');
});

test('a file of an impossible size is not read', async (t) => {
  const path = join(folderWith(t, { 'a.yml': '' }), 'a.yml');
  execFileSync('truncate', ['--size=1G', path]);
  assert.equal((await readOne(path)).kind, 'unreadable');
});
