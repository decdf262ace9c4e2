import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLog, type LogOptions } from '../../../src/telemetry/log.js';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const options = (filePath: string, other: Partial<LogOptions> = {}): LogOptions => ({
  level: 'info',
  format: 'json',
  noColor: false,
  isTerminal: false,
  filePath,
  ...other,
});

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line is in the file before the call returns, with a level by name and a time', async (t) => {
  const path = join(folder(t), 'deep/down/log.json');
  const { log } = await openLog(options(path));
  log.info({ entryPoint: 'web' }, 'listening');
  log.debug({}, 'not at this level');
  const [line, ...others] = linesOf(path);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [line?.['level'], line?.['entryPoint'], line?.['msg']],
    ['info', 'web', 'listening'],
  );
  assert.ok(!Number.isNaN(Date.parse(String(line?.['time']))));
});

test('an error carries its cause', async (t) => {
  const path = join(folder(t), 'log.json');
  const { log } = await openLog(options(path));
  log.error({ err: new Error('above', { cause: new Error('below') }) }, 'lost');
  assert.match(JSON.stringify(linesOf(path)), /above.*below/);
});

test('after a rename the next lines go to a new file of the old name', async (t) => {
  const path = join(folder(t), 'log.json');
  for (const format of ['json', 'common'] as const) {
    const { log, reopen } = await openLog(options(path, { format }));
    log.info({}, 'first');
    renameSync(path, `${path}.1`);
    log.info({}, 'second');
    reopen();
    log.info({}, 'third');
    assert.match(readFileSync(`${path}.1`, 'utf8'), /first[^]*second/);
    assert.match(readFileSync(path, 'utf8'), /^[^]*third[^]*$/);
    rmSync(path);
  }
});

test('a folder that is gone at the reopening keeps the old file', async (t) => {
  const path = join(folder(t), 'log');
  const { log, reopen } = await openLog(options(join(path, 'log.json')));
  renameSync(path, `${path}.old`);
  // A file where the folder was: it cannot be made again.
  const { log: other } = await openLog(options(path));
  reopen();
  log.info({}, 'still here');
  other.info({}, 'elsewhere');
  assert.match(readFileSync(join(`${path}.old`, 'log.json'), 'utf8'), /still here/);
});

test('pretty text is one line too, written at once, without colours in a file', async (t) => {
  const path = join(folder(t), 'log.txt');
  const { log } = await openLog(options(path, { format: 'common', isTerminal: true }));
  log.warn({ provider: 'docker' }, 'lost');
  const text = readFileSync(path, 'utf8');
  assert.match(text, /WARN.*lost/);
  assert.match(text, /^[^\n]*docker[^\n]*\n$/);
  assert.ok(!text.includes('\u001b['));
  assert.throws(() => JSON.parse(text));
});

test('a file that cannot be opened is an error at once', async (t) => {
  const path = join(folder(t), 'file');
  await openLog(options(path));
  await assert.rejects(openLog(options(join(path, 'log.json'))));
});

test('a full disk ends neither the program nor the log', async (t) => {
  const errors: unknown[] = [];
  const listener = (error: unknown) => errors.push(error);
  process.on('uncaughtException', listener);
  t.after(() => process.off('uncaughtException', listener));
  const { log } = await openLog(options('/dev/full'));
  const before = process.memoryUsage.rss();
  for (let line = 0; line < 20_000; line += 1) log.info({ value: 'x'.repeat(1_000) }, 'lost');
  await new Promise(setImmediate);
  assert.deepEqual(errors, []);
  assert.ok(process.memoryUsage.rss() - before < 100 << 20);
});

test('a level that is silent writes nothing', async (t) => {
  const path = join(folder(t), 'log.json');
  const { log } = await openLog(options(path, { level: 'silent' }));
  log.fatal({}, 'no');
  assert.equal(readFileSync(path, 'utf8'), '');
  assert.equal(log.isLevelEnabled('fatal'), false);
});
