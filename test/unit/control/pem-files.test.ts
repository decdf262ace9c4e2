import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Materials, Pem } from '../../../src/config/pem.js';
import { PemFiles, type PemFilesOptions } from '../../../src/control/pem-files.js';
import { until } from '../../support/eventually.js';
import { folderWith, write } from '../../support/folder.js';

const pem = (text: string) => `-----BEGIN X-----\n${text}\n-----END X-----\n`;

const shown = (value: Pem | undefined) => (value?.ok === true ? value.text : value?.reason);

/** Files for the time of a test, looked at more often than in earnest. */
function filesOf(t: TestContext, options: Partial<PemFilesOptions> = {}) {
  const life = new AbortController();
  t.after(() => life.abort());
  const changes: (readonly string[])[] = [];
  const files = new PemFiles({
    changed: (paths) => changes.push(paths),
    signal: life.signal,
    times: { compare: 20, again: 20, settle: 5, ...options.times },
    ...(options.read && { read: options.read }),
  });
  return { files, changes };
}

/** What was there at the first time, and how to ask again. */
async function asking(files: PemFiles, ...values: readonly string[]) {
  const of = new Set(values);
  const first = await files.of(of);
  const now = (): Materials => {
    const materials = files.of(of);
    assert.ok(!(materials instanceof Promise), 'nothing is new, so nothing is waited for');
    return materials;
  };
  return { first, now };
}

test('what is named is read before the first answer, and then at once', async (t) => {
  const path = join(folderWith(t, { 'a.pem': pem('AA') }), 'a.pem');
  const { files } = filesOf(t);
  const { first, now } = await asking(files, path, pem('BB'), '/gone.pem');
  assert.equal(shown(first.pem(path)), pem('AA'));
  assert.equal(shown(first.pem(pem('BB'))), pem('BB'));
  assert.equal(shown(first.pem('/gone.pem')), 'not-found');
  assert.equal(now(), first);
});

test('content costs no wait', (t) => {
  const { files } = filesOf(t);
  assert.ok(!(files.of(new Set([pem('AA'), ''])) instanceof Promise));
});

test('what nobody names any more is forgotten, and read anew when it is named again', async (t) => {
  const path = join(folderWith(t, { 'a.pem': pem('AA') }), 'a.pem');
  const { files } = filesOf(t);
  await files.of(new Set([path]));
  const none = await files.of(new Set());
  assert.equal(shown(none.pem(path)), 'not-found');
  assert.ok(files.of(new Set([path])) instanceof Promise);
});

test('what did not change is the same object, beside what did', async (t) => {
  const folder = folderWith(t, { 'a.pem': pem('AA'), 'b.pem': pem('BB') });
  const [a, b] = [join(folder, 'a.pem'), join(folder, 'b.pem')];
  const { files, changes } = filesOf(t);
  const { first, now } = await asking(files, a, b, pem('CC'));
  write(a, pem('A2'));
  await until('the change is seen', () => changes.length > 0);
  const after = now();
  assert.deepEqual(changes[0], [a]);
  assert.equal(shown(after.pem(a)), pem('A2'));
  assert.equal(after.pem(b), first.pem(b));
  assert.equal(after.pem(pem('CC')), first.pem(pem('CC')));
  assert.equal(shown(first.pem(a)), pem('AA'), 'the materials of before stay as they were');
});

const changesOf: readonly (readonly [string, (folder: string) => void])[] = [
  ['written in place', (folder) => writeFileSync(join(folder, 'a.pem'), pem('A2'))],
  [
    'replaced by renaming',
    (folder) => {
      write(join(folder, 'new'), pem('A2'));
      renameSync(join(folder, 'new'), join(folder, 'a.pem'));
    },
  ],
  [
    'removed and written again',
    (folder) => {
      rmSync(join(folder, 'a.pem'));
      write(join(folder, 'a.pem'), pem('A2'));
    },
  ],
];

for (const [how, change] of changesOf) {
  for (const compare of [20, 600_000]) {
    test(`a file ${how} is seen by ${compare === 20 ? 'comparing' : 'its events'}`, async (t) => {
      const folder = folderWith(t, { 'a.pem': pem('AA') });
      const path = join(folder, 'a.pem');
      const { files } = filesOf(t, { times: { compare } });
      const { now } = await asking(files, path);
      // By events alone, only once the watch is there: it is changed until it is seen.
      await until('the change is seen', () => {
        if (shown(now().pem(path)) === pem('A2')) return true;
        change(folder);
        return false;
      });
    });
  }
}

test('a folder that is swapped by its link is seen (Kubernetes)', async (t) => {
  const folder = folderWith(t, { 'v1/a.pem': pem('AA'), 'v2/a.pem': pem('A2') });
  symlinkSync('v1', join(folder, '..data'));
  symlinkSync('..data/a.pem', join(folder, 'a.pem'));
  const path = join(folder, 'a.pem');
  const { files } = filesOf(t);
  const { first, now } = await asking(files, path);
  assert.equal(shown(first.pem(path)), pem('AA'));
  symlinkSync('v2', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  await until('the new folder is seen', () => shown(now().pem(path)) === pem('A2'));
});

test('a file that comes later is seen', async (t) => {
  const path = join(folderWith(t), 'a.pem');
  const { files } = filesOf(t);
  const { now } = await asking(files, path);
  write(path, pem('AA'));
  await until('it is seen', () => shown(now().pem(path)) === pem('AA'));
});

test('a certificate and its key that are replaced together change together', async (t) => {
  const folder = folderWith(t, { 'a.crt': pem('C1'), 'a.key': pem('K1') });
  const [cert, key] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  const seen: string[] = [];
  // The key comes while the certificate is being read again.
  let reads = 0;
  const { files } = filesOf(t, {
    times: { compare: 600_000 },
    read: async (path) => {
      reads += 1;
      const isNew = path === cert ? reads > 2 : reads > 4;
      return { ok: true, text: isNew ? `${path} new` : `${path} old` };
    },
  });
  const { now } = await asking(files, cert, key);
  await until('both are new', () => {
    files.refresh();
    const pair = [cert, key].map((path) => shown(now().pem(path))?.split(' ').at(-1)).join(' ');
    if (seen.at(-1) !== pair) seen.push(pair);
    return pair === 'new new';
  });
  assert.deepEqual(seen, ['old old', 'new new']);
});

test('a file that is empty for a moment is never seen so', async (t) => {
  const path = '/a.pem';
  let reads = 0;
  const { files, changes } = filesOf(t, {
    read: async () => {
      reads += 1;
      return reads % 2 === 0 ? { ok: false, reason: 'empty' } : { ok: true, text: 'AA' };
    },
  });
  const { first, now } = await asking(files, path);
  await until('it was read often', () => reads > 20);
  assert.equal(now(), first);
  assert.deepEqual(changes, []);
});

test('a file that stays empty counts', async (t) => {
  const path = join(folderWith(t, { 'a.pem': pem('AA') }), 'a.pem');
  const { files } = filesOf(t);
  const { now } = await asking(files, path);
  write(path, '');
  await until('it counts', () => shown(now().pem(path)) === 'empty');
});

test('a disk that hangs is waited for no longer than patience, and asked once', async (t) => {
  const reads: string[] = [];
  const answers = new Map<string, (pem: Pem) => void>();
  const { files, changes } = filesOf(t, {
    times: { patience: 30 },
    read: (path) => {
      reads.push(path);
      if (path !== '/hangs') return Promise.resolve({ ok: true, text: path });
      return new Promise((resolve) => answers.set(path, resolve));
    },
  });
  const { first, now } = await asking(files, '/hangs', '/works');
  assert.equal(shown(first.pem('/hangs')), 'timeout');
  assert.equal(shown(first.pem('/works')), '/works');
  await until('others are compared meanwhile', () => reads.length > 10);
  assert.equal(reads.filter((path) => path === '/hangs').length, 1);
  assert.deepEqual(changes, []);
  answers.get('/hangs')?.({ ok: true, text: 'at last' });
  await until('it is seen', () => shown(now().pem('/hangs')) === 'at last');
  assert.deepEqual(changes, [['/hangs']]);
});

test('after the end nothing is read any more', async (t) => {
  const life = new AbortController();
  let reads = 0;
  const files = new PemFiles({
    changed: () => assert.fail('nobody asks any more'),
    signal: life.signal,
    read: async () => {
      reads += 1;
      return { ok: true, text: String(reads) };
    },
    times: { compare: 1 },
  });
  t.after(() => life.abort());
  await files.of(new Set(['/a']));
  life.abort();
  const before = reads;
  await new Promise((resolve) => setImmediate(resolve));
  files.refresh();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(reads, before);
});
