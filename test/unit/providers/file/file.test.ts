import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type TestContext } from 'node:test';
import { fileProvider, type FileProviderOptions } from '../../../../providers/file/file.js';
import { eventually } from '../../../support/eventually.js';
import { folderWith, write } from '../../../support/folder.js';
import { follow, type Following } from '../../../support/following.js';

const service = (name: string) =>
  `tcp: {services: {${name}: {loadBalancer: {servers: [{address: "192.0.2.1:1"}]}}}}`;

const provider = (options: Partial<FileProviderOptions>) =>
  fileProvider({ directory: undefined, filename: undefined, watch: true, env: {}, ...options });

const names = (following: Following) =>
  following.latest()?.parts.flatMap(({ config }) => [...config.services.keys()]);
const codes = (following: Following) =>
  following.latest()?.diagnostics.map(({ code }) => code) ?? [];

const services = (following: Following, ...expected: readonly string[]) =>
  eventually(`services ${expected.join(', ')}`, () =>
    names(following)?.join() === expected.join() ? true : undefined,
  );

async function started(t: TestContext, folder: string): Promise<Following> {
  const following = follow(t, provider({ directory: folder }));
  await eventually('the first snapshot', following.latest);
  return following;
}

test('a file that is written, replaced by renaming again and again, and removed is followed', async (t) => {
  const folder = folderWith(t);
  const following = await started(t, folder);
  assert.deepEqual(names(following), []);
  write(join(folder, 'a.yml'), service('a'));
  await services(following, 'a');
  for (const name of ['b', 'c', 'd']) {
    write(join(folder, '.new'), service(name));
    renameSync(join(folder, '.new'), join(folder, 'a.yml'));
    await services(following, name);
  }
  rmSync(join(folder, 'a.yml'));
  await services(following);
});

test('a new sub-folder is watched too', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a') });
  const following = await started(t, folder);
  write(join(folder, 'x/y/b.yml'), service('b'));
  await services(following, 'a', 'b');
  write(join(folder, 'x/y/b.yml'), service('c'));
  await services(following, 'a', 'c');
});

test('the swap of a Kubernetes volume is followed, again and again', async (t) => {
  const folder = folderWith(t, { '..v0/a.yml': service('v0') });
  symlinkSync('..v0', join(folder, '..data'));
  symlinkSync('..data/a.yml', join(folder, 'a.yml'));
  const following = await started(t, folder);
  for (const [version, before] of [
    ['v1', 'v0'],
    ['v2', 'v1'],
  ] as const) {
    write(join(folder, `..${version}/a.yml`), service(version));
    symlinkSync(`..${version}`, join(folder, '..new'));
    renameSync(join(folder, '..new'), join(folder, '..data'));
    rmSync(join(folder, `..${before}`), { recursive: true });
    await services(following, version);
  }
});

test('one file alone is followed through renaming', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a'), 'b.yml': service('b') });
  const following = follow(t, provider({ filename: join(folder, 'a.yml') }));
  await services(following, 'a');
  write(join(folder, 'new'), service('c'));
  renameSync(join(folder, 'new'), join(folder, 'a.yml'));
  await services(following, 'c');
});

test('a path that does not exist is said, and read as soon as it does', async (t) => {
  const folder = join(folderWith(t), 'later');
  const following = await started(t, folder);
  assert.deepEqual(codes(following), ['unreadable']);
  write(join(folder, 'a.yml'), service('a'));
  await services(following, 'a');
  assert.deepEqual(codes(following), []);
});

test('a file that is emptied and written again never loses what it says', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a') });
  const path = join(folder, 'a.yml');
  const following = await started(t, folder);
  writeFileSync(path, '');
  // How long it is empty is what is tested: longer than a quiet period, shorter than the second look.
  await delay(100);
  writeFileSync(path, service('b'));
  await services(following, 'b');
  const seen = following.snapshots.map(({ parts }) => parts[0]?.config.services.size);
  assert.equal(seen.includes(0), false);
});

test('a file that stays empty applies', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a') });
  const following = await started(t, folder);
  writeFileSync(join(folder, 'a.yml'), '');
  await services(following);
});

test('a confirmation that nothing changed is the same snapshot', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a') });
  const files = provider({ directory: folder, watch: false });
  const following = follow(t, files);
  await eventually('the first snapshot', following.latest);
  files.refresh?.();
  await eventually('the second', () => (following.snapshots.length > 1 ? true : undefined));
  assert.equal(following.snapshots[1], following.snapshots[0]);
});

test('without watching, files are read again when that is asked for', async (t) => {
  const folder = folderWith(t, { 'a.yml': service('a') });
  const files = provider({ directory: folder, watch: false });
  const following = follow(t, files);
  await services(following, 'a');
  write(join(folder, 'a.yml'), service('b'));
  files.refresh?.();
  await services(following, 'b');
});

test('a single file of another kind is refused with the kinds that are read', async (t) => {
  const folder = folderWith(t, { 'a.conf': service('a') });
  const following = follow(t, provider({ filename: join(folder, 'a.conf') }));
  assert.equal(await following.ended, undefined);
  assert.deepEqual(codes(following), ['unknown-value']);
});

test('abort ends it without an error', async (t) => {
  const following = await started(t, folderWith(t));
  assert.equal(await following.stop(), undefined);
});
