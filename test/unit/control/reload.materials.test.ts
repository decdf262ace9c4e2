import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { MergedConfig } from '../../../src/config/merged.js';
import { withoutFiles, type Materials } from '../../../src/config/pem.js';
import type { Snapshot } from '../../../src/config/provider.js';
import { Reload } from '../../../src/control/reload.js';
import { unstarted } from '../../../src/control/supervise.js';
import { until } from '../../support/eventually.js';
import { part, served, snapshot } from '../../support/parts.js';
import { RecordedLog } from '../../support/recorded-log.js';

/** A reload whose files are answered by hand, and what it applied: services and the file's content. */
function reloading(t: TestContext) {
  const life = new AbortController();
  t.after(() => life.abort());
  const applied: string[] = [];
  const log = new RecordedLog();
  const waiting: ((materials: Materials) => void)[] = [];
  let current: Materials | undefined = withoutFiles();
  const reload = new Reload<{ readonly diagnostics: [] }>({
    providers: new Map([['docker', 'here']]),
    standing: () => [],
    throttleDuration: 0,
    materials: () => current ?? new Promise((resolve) => waiting.push(resolve)),
    *compile(merged: MergedConfig, materials) {
      yield;
      const pem = materials.pem('a.pem');
      applied.push(`${[...merged.services.keys()].join()} ${pem.ok ? pem.text : pem.reason}`);
      return { diagnostics: [] };
    },
    apply: () => {},
    log,
    now: () => 0,
    signal: life.signal,
  });
  const say = (delivered: Snapshot) =>
    reload.changed({ ...unstarted('docker', 'here'), delivered: true, snapshot: delivered });
  return {
    applied,
    failures: () => log.of('error').length,
    waiting,
    life,
    reload,
    saying: (name: string) => say(snapshot(part('web', served('10.0.0.1:1', name)))),
    /** Undefined: it must be waited for. */
    files: (materials: Materials | undefined) => (current = materials),
  };
}

const content = (text: string): Materials => ({ pem: () => ({ ok: true, text }) });

test('a change that names no new file is applied at once, without a tick', (t) => {
  const { applied, saying } = reloading(t);
  saying('a');
  assert.deepEqual(applied, ['a@docker not-found']);
});

test('new files are waited for, and what came meanwhile is applied after', async (t) => {
  const { applied, saying, files, waiting } = reloading(t);
  files(undefined);
  saying('a');
  assert.deepEqual(applied, []);
  saying('b');
  files(content('B'));
  waiting[0]?.(content('A'));
  await until('both are applied', () => applied.length === 2);
  assert.deepEqual(applied, ['a@docker A', 'b@docker B']);
});

test('a file that changed makes a new table, and one that did not makes none', async (t) => {
  const { applied, saying, files, reload } = reloading(t);
  files(content('A'));
  saying('a');
  reload.materialsChanged();
  files(content('A2'));
  reload.materialsChanged();
  await until('it is applied', () => applied.length === 2);
  reload.materialsChanged();
  saying('b');
  await until('the next one is applied', () => applied.length > 2);
  assert.deepEqual(applied, ['a@docker A', 'a@docker A2', 'b@docker A2']);
});

test('what depends on the day is looked at again, and only when asked', async (t) => {
  const { applied, saying, reload } = reloading(t);
  reload.recheck();
  assert.deepEqual(applied, [], 'the first table is waited for');
  saying('a');
  await until('the first table is there', () => applied.length === 1);
  reload.recheck();
  await until('it is made again', () => applied.length === 2);
  reload.materialsChanged();
  saying('b');
  await until('the next one is applied', () => applied.length > 2);
  assert.deepEqual(applied, ['a@docker not-found', 'a@docker not-found', 'b@docker not-found']);
});

test('files that change before the first table wait for it', (t) => {
  const { applied, reload } = reloading(t);
  reload.materialsChanged();
  assert.deepEqual(applied, []);
});

test('what cannot be asked for leaves the table in force', async (t) => {
  const { applied, failures, saying, files, waiting, reload } = reloading(t);
  saying('a');
  files(undefined);
  saying('b');
  await until('it waits', () => waiting.length > 0);
  files(Promise.reject(new Error('a bug')) as unknown as Materials);
  waiting[0]?.(withoutFiles());
  saying('c');
  await until('it is said', () => failures() > 0);
  files(content('D'));
  saying('d');
  await until('the next one is applied', () => applied.includes('d@docker D'));
  assert.equal(reload.stats().failures, 1);
});

test('after the end nothing is applied', async (t) => {
  const { applied, saying, files, waiting, life } = reloading(t);
  files(undefined);
  saying('a');
  life.abort();
  waiting[0]?.(content('A'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(applied, []);
});
