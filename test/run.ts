import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/**
 * Runs the compiled tests of the suites that are named, and closes with `N passed, N failed`.
 * Files are passed by name: `node --test FOLDER` finds nothing on Node 24.
 */
interface Suite {
  readonly name: string;
  /** Sockets under load and real services want the machine for themselves. */
  readonly concurrency: number;
}

const SUITES: readonly Suite[] = [
  { name: 'unit', concurrency: 2 },
  { name: 'conformance', concurrency: 2 },
  { name: 'corpus', concurrency: 2 },
  { name: 'net', concurrency: 1 },
  { name: 'e2e', concurrency: 1 },
  { name: 'stack', concurrency: 1 },
  { name: 'load', concurrency: 1 },
];

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')}`);

const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const suite of SUITES) {
  if (wanted.length === 0 || wanted.includes(suite.name)) await runSuite(suite, tally);
}
if (tally.skipped > 0) console.log(`${tally.skipped} skipped: a skipped test counts as failed`);
console.log(`${tally.passed} passed, ${tally.failed + tally.skipped} failed`);
process.exitCode = tally.failed + tally.skipped === 0 && tally.passed > 0 ? 0 : 1;

async function runSuite(suite: Suite, counts: Tally): Promise<void> {
  const root = join(import.meta.dirname, suite.name);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .sort()
    .map((file) => join(root, file));
  const started = performance.now();
  const stream = run({ files, concurrency: suite.concurrency });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip === undefined && event.todo === undefined) counts.passed += 1;
    else counts.skipped += 1;
  });
  stream.on('test:fail', (event) => {
    if (event.details.type !== 'suite') counts.failed += 1;
  });
  for await (const text of stream.compose(new spec())) process.stdout.write(String(text));
  console.log(`${suite.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
