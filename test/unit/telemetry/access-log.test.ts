import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AccessLog, type AccessLogOptions } from '../../../src/telemetry/access-log.js';
import { eventually } from '../../support/eventually.js';
import { folderWith } from '../../support/folder.js';

const EVERYTHING: AccessLogOptions['filters'] = {
  minDuration: 0,
  status: [],
  retryAttempts: false,
};

function open(t: TestContext, bufferingSize = 0, filters: Partial<typeof EVERYTHING> = {}) {
  const filePath = join(folderWith(t), 'deep/access.log');
  const log = new AccessLog(
    {
      filePath,
      bufferingSize,
      atStart: false,
      addInternals: false,
      filters: { ...EVERYTHING, ...filters },
    },
    () => {},
  );
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

type Ended = Parameters<AccessLog['takes']>;

const SHORT: Ended = ['done', 10, 1];
const LONG: Ended = ['done', 500, 1];
const RETRIED: Ended = ['done', 10, 2];
const UNROUTED: Ended = ['no-route', 10, 0];
const REFUSED: Ended = ['dial-failed', 10, 1];
const OF_THE_API: Ended = ['api-request', 10, 0];
const ALL = [SHORT, LONG, RETRIED, UNROUTED, REFUSED];

const FILTERED: readonly (readonly [Partial<typeof EVERYTHING>, readonly Ended[]])[] = [
  [{}, ALL],
  [{ minDuration: 500 }, [LONG]],
  [{ status: ['no-route'] }, [UNROUTED]],
  [{ status: ['dial'] }, [REFUSED]],
  [{ status: ['server'] }, [REFUSED]],
  [{ retryAttempts: true }, [RETRIED]],
  [{ minDuration: 500, status: ['route'] }, [LONG, UNROUTED]],
];

for (const [filters, taken] of FILTERED) {
  test(`the filters ${JSON.stringify(filters)} take ${taken.length} of ${ALL.length}`, (t) => {
    const { log } = open(t, 0, filters);
    assert.deepEqual(
      [...ALL, OF_THE_API].filter((ended) => log.takes(...ended)),
      taken,
    );
  });
}
