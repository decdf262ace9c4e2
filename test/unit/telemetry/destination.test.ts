import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { eventually } from '../../support/eventually.js';

const DESTINATION = join(import.meta.dirname, '../../../src/telemetry/destination.js');

/** A program that opens stdout as the log does, and runs this. Nobody reads yet. */
function writing(t: TestContext, script: string) {
  const program = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { openDestination } from '${DESTINATION}';
       const out = openDestination('', (lines) => out.write('lost ' + lines + '\\n'));
       const line = (n) => String(n).padStart(1_000, '.') + '\\n';
       ${script}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  t.after(() => program.kill('SIGKILL'));
  const ended = once(program, 'exit');
  return { program, ended };
}

/** All lines up to the end, from now on. */
async function read(program: ReturnType<typeof writing>['program']): Promise<readonly string[]> {
  let text = '';
  program.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await once(program, 'close');
  return text.trimEnd().split('\n');
}

const numbers = (lines: readonly string[]) => lines.map((line) => Number(line.replace(/^\.*/, '')));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('a reader that does not read holds up nobody, and gets everything later', async (t) => {
  const { program } = writing(
    t,
    `for (let n = 0; n < 3_000; n += 1) out.write(line(n));
     process.send('written');
     process.on('message', () => process.disconnect());`,
  );
  assert.deepEqual(await once(program, 'message'), ['written', undefined]);
  const lines = read(program);
  program.send('end');
  assert.deepEqual(numbers(await lines), upTo(3_000));
});

test('what waits when the process ends is written before it has ended', async (t) => {
  const { program } = writing(
    t,
    `for (let n = 0; n < 3_000; n += 1) out.write(line(n));
     process.send('written', () => process.exit());`,
  );
  await once(program, 'message');
  assert.deepEqual(numbers(await read(program)), upTo(3_000));
});

test('a reader that never reads does not keep the process from ending', async (t) => {
  const { ended } = writing(
    t,
    `for (let n = 0; n < 3_000; n += 1) out.write(line(n));
     process.exit(3);`,
  );
  assert.deepEqual(await ended, [3, null]);
});

test('what was lost is said at the end at the latest', async (t) => {
  const { program } = writing(
    t,
    `for (let n = 0; n < 20_000; n += 1) out.write(line(n));
     process.send('written', () => process.exit());`,
  );
  await once(program, 'message');
  const lines = await read(program);
  const [, lost] = /^lost (\d+)$/.exec(lines.at(-1) ?? '') ?? [];
  assert.equal(lines.length - 1 + Number(lost), 20_000);
});

test('stdout by another name is the same, and holds up nobody', async (t) => {
  const { program } = writing(
    t,
    `const same = openDestination('/dev/stdout', () => {});
     for (let n = 0; n < 3_000; n += 1) (n % 2 ? same : out).write(line(n));
     process.send('written');
     process.on('message', () => process.disconnect());`,
  );
  await once(program, 'message');
  const lines = read(program);
  program.send('end');
  assert.deepEqual(numbers(await lines), upTo(3_000));
});

test('a reader that has gone is not waited for, not at the end either', async (t) => {
  const { program, ended } = writing(
    t,
    `for (let n = 0; n < 3_000; n += 1) out.write(line(n));
     process.send('written');
     process.on('message', () => {
       const free = () => process.listenerCount('exit') === 0 && process.disconnect();
       setInterval(free, 5).unref();
     });`,
  );
  await once(program, 'message');
  program.stdout?.destroy();
  program.send('end');
  assert.deepEqual(await ended, [0, null]);
});

test('what finds no room any more is counted, and that is said once there is room', async (t) => {
  const { program } = writing(
    t,
    `for (let n = 0; n < 30_000; n += 1) out.write(line(n));
     process.send('written');
     process.on('message', () => process.disconnect());`,
  );
  await once(program, 'message');
  let text = '';
  program.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const lost = await eventually('it is said', () => /^lost (\d+)$/m.exec(text)?.[1]);
  program.send('end');
  await once(program, 'close');
  const written = numbers(text.trimEnd().split('\n')).filter((n) => !Number.isNaN(n));
  assert.equal(written.length + Number(lost), 30_000);
  assert.deepEqual(written, upTo(written.length));
});
