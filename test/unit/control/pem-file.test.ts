import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readPemFile } from '../../../src/control/pem-file.js';
import { folderWith } from '../../support/folder.js';

const PEM = '-----BEGIN X-----\nAA\n-----END X-----\n';

const reason = async (path: string) => {
  const pem = await readPemFile(path);
  return pem.ok ? pem.text : pem.reason;
};

test('a file is read, through links as well', async (t) => {
  const folder = folderWith(t, { 'a.pem': PEM });
  symlinkSync('a.pem', join(folder, 'link.pem'));
  assert.equal(await reason(join(folder, 'link.pem')), PEM);
});

test('what is no PEM file says why', async (t) => {
  const folder = folderWith(t, { empty: '', blank: '\n', text: 'no PEM', file: PEM });
  symlinkSync('gone', join(folder, 'dangling'));
  symlinkSync('circle', join(folder, 'circle'));
  mkdirSync(join(folder, 'folder'));
  const reasons = await Promise.all(
    ['empty', 'blank', 'text', 'gone', 'dangling', 'folder', 'file/below', 'circle'].map(
      async (name) => `${name}: ${await reason(join(folder, name))}`,
    ),
  );
  assert.deepEqual(reasons, [
    'empty: empty',
    'blank: empty',
    'text: no-pem',
    'gone: not-found',
    'dangling: not-found',
    'folder: not-a-file',
    'file/below: not-found',
    'circle: unreadable',
  ]);
  assert.equal(await reason('x'.repeat(5_000)), 'not-found');
});

test('a pipe and a device are not waited for', async (t) => {
  const folder = folderWith(t);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.equal(await reason(join(folder, 'pipe')), 'not-a-file');
  assert.equal(await reason('/dev/zero'), 'not-a-file');
});

test('more than 1 MiB is not read', async (t) => {
  const folder = folderWith(t, { large: PEM });
  truncateSync(join(folder, 'large'), 1024 * 1024);
  assert.ok((await readPemFile(join(folder, 'large'))).ok);
  truncateSync(join(folder, 'large'), 1024 * 1024 + 1);
  assert.equal(await reason(join(folder, 'large')), 'too-large');
});

test('a file whose size is not known beforehand is read', async () => {
  assert.equal(await reason('/proc/self/status'), 'no-pem');
});
