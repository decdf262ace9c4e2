import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { folderWith } from '../support/folder.js';
import { callSluice } from './support/sluice.js';

const exec = promisify(execFile);

/** What bash offers for the last of these words. */
async function offered(script: string, folder: string, ...words: readonly string[]) {
  const program = `source "${script}"
complete -p sluice >/dev/null || exit 1
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
_sluice
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await exec('bash', ['-c', program, 'bash', ...words], { cwd: folder });
  return stdout.split('\n').filter(Boolean);
}

test('bash completes commands, options, words and files', async (t) => {
  const { code, stdout } = await callSluice(['completion', 'bash']);
  assert.equal(code, 0);
  const folder = folderWith(t, { 'sluice.bash': stdout, 'my compose.yml': '', 'checked.yml': '' });
  const of = (...words: readonly string[]) =>
    offered(join(folder, 'sluice.bash'), folder, 'sluice', ...words);
  assert.deepEqual(await of('ch'), ['check']);
  assert.deepEqual(await of('--config'), ['--configFile=']);
  assert.deepEqual(await of('check', '--do'), ['--docker']);
  assert.deepEqual(await of('check', 'my'), ['my compose.yml']);
  assert.deepEqual(await of('check', '--compose', '=', 'my'), ['my compose.yml']);
  assert.deepEqual(await of('schema', 'st'), ['static']);
  assert.deepEqual(await of('route', '--sn'), ['--sni=']);
  assert.deepEqual(await of('route', '--providers.docker.end'), ['--providers.docker.endpoint=']);
  assert.deepEqual(await of('version', 'x'), []);
});

test('each command says how it is used; a slip of the pen is told what was meant', async () => {
  const help = await callSluice(['explain', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^ {2}sluice explain NAME/m);
  assert.equal((await callSluice(['help', 'route'])).code, 0);
  const slip = await callSluice(['chekc']);
  assert.equal(slip.code, 2);
  assert.match(slip.stderr, /did you mean check\?/);
});

test('the schemas are printed, also to a reader who goes', async () => {
  const { code, stdout } = await callSluice(['schema', 'static']);
  assert.equal(code, 0);
  const schema = JSON.parse(stdout) as { readonly properties: object };
  assert.ok('entryPoints' in schema.properties);
  const main = join(import.meta.dirname, '../../src/main.js');
  const program = `"${process.execPath}" "${main}" schema | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
  assert.equal((await exec('bash', ['-c', program])).stdout.trim(), '0');
});
