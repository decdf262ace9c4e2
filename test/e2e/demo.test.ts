import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const DEMO = join(import.meta.dirname, '../demo/demo.js');

test('the demo routes to both of its servers, and ends by itself when it only checks', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [DEMO, '--check'], {
    timeout: 30_000,
  });
  assert.match(stdout, /^ {2}echo +echo@file +HostSNI\(`\*`\) +echo@file .* enabled$/m);
  assert.match(stdout, /^ {2}sent hello, got one: hello$/m);
  assert.match(stdout, /^ {2}sent again, got two: again$/m);
});
