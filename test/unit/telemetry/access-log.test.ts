import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AccessLog } from '../../../src/telemetry/access-log.js';
import { eventually } from '../../support/eventually.js';
import { folderWith } from '../../support/folder.js';

function open(t: TestContext, bufferingSize = 0) {
  const filePath = join(folderWith(t), 'deep/access.log');
  const log = new AccessLog({ filePath, bufferingSize, minDuration: 0 });
  return { log, filePath, text: () => readFileSync(filePath, 'utf8') };
}

test('a line is written before the call returns, in a folder that is made', (t) => {
  const { log, text } = open(t);
  log.write({ id: 1, nothing: undefined });
  log.write({ id: 2 });
  assert.equal(text(), '{"id":1}\n{"id":2}\n');
});

test('as many lines as bufferingSize says are written together', (t) => {
  const { log, text } = open(t, 2);
  log.write({ id: 1 });
  assert.equal(text(), '');
  log.write({ id: 2 });
  assert.equal(text(), '{"id":1}\n{"id":2}\n');
  log.write({ id: 3 });
  log.flush();
  assert.match(text(), /"id":3/);
});

test('a line does not wait for others for ever', async (t) => {
  const { log, text } = open(t, 100);
  log.write({ id: 1 });
  await eventually('it is written', () => text() !== '' || undefined);
});

test('after a rename lines go to a new file, and what was kept to the old one', (t) => {
  const { log, filePath, text } = open(t, 10);
  log.write({ id: 1 });
  renameSync(filePath, `${filePath}.1`);
  log.reopen();
  log.write({ id: 2 });
  log.flush();
  assert.equal(readFileSync(`${filePath}.1`, 'utf8'), '{"id":1}\n');
  assert.equal(text(), '{"id":2}\n');
});
