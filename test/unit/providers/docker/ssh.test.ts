import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer, get, type Agent } from 'node:http';
import { delimiter, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { connectDocker } from '../../../../providers/docker/client.js';
import { SshAgent } from '../../../../providers/docker/ssh.js';
import { TimeoutError } from '../../../../src/async/delay.js';
import { dockerConfig } from '../../../support/docker.js';
import { folderWith, write } from '../../../support/folder.js';
import { until } from '../../../support/eventually.js';

/** Notes how it was called and its own process, and is then the connection to the engine. */
const DIALS = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const [folder] = [__dirname];
appendFileSync(folder + '/calls', JSON.stringify([process.pid, ...process.argv.slice(2)]) + '\\n');
const socket = require('node:net').connect(folder + '/engine.sock');
process.stdin.pipe(socket).pipe(process.stdout);
`;

/** An engine that says its version, and to all else an answer that is none after its head. */
const BREAKS_OFF = `#!${process.execPath}
const version = '{"ApiVersion":"1.41","MinAPIVersion":"1.12"}';
process.stdin.on('data', (request) => process.stdout.write(
  String(request).startsWith('GET /version')
    ? 'HTTP/1.1 200 OK\\r\\nContent-Length: ' + version.length + '\\r\\n\\r\\n' + version
    : 'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n'));
`;

const DENIES = `#!/bin/sh
echo 'me@host: Permission denied (publickey).' >&2
exit 255
`;

/** A folder with this \`ssh\` in it is the only one that programs are looked for in. */
function withSsh(t: TestContext, script?: string): string {
  const folder = folderWith(t);
  if (script !== undefined) {
    write(join(folder, 'ssh'), script);
    chmodSync(join(folder, 'ssh'), 0o755);
  }
  const { PATH } = process.env;
  process.env['PATH'] = script === undefined ? folder : [folder, PATH].join(delimiter);
  t.after(() => (process.env['PATH'] = PATH));
  return folder;
}

/** An engine that says which path it was asked for, on a socket in that folder. */
async function engine(t: TestContext, folder: string): Promise<void> {
  const server = createServer((request, response) => response.end(request.url));
  server.listen(join(folder, 'engine.sock'));
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
}

const ask = (agent: Agent, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ agent, host: 'docker', path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });

function agentFor(t: TestContext, endpoint: string): Agent {
  const agent = new SshAgent(new URL(endpoint));
  t.after(() => agent.destroy());
  return agent;
}

interface Call {
  readonly pid: number;
  readonly args: readonly string[];
}

const calls = (folder: string): readonly Call[] =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, ...args] = JSON.parse(line) as [number, ...string[]];
      return { pid, args };
    });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

for (const [endpoint, login] of [
  ['ssh://engine', ['--', 'engine']],
  ['ssh://me@192.0.2.1', ['-l', 'me', '--', '192.0.2.1']],
  ['ssh://a%40b@[2001:db8::1]:2222', ['-l', 'a@b', '-p', '2222', '--', '2001:db8::1']],
  ['ssh://-oProxyCommand=evil', ['--', '-oProxyCommand=evil']],
] as const) {
  test(`${endpoint} is dialled as the docker command does it, and asks nobody`, async (t) => {
    const folder = withSsh(t, DIALS);
    await engine(t, folder);
    assert.equal(await ask(agentFor(t, endpoint), '/version'), '/version');
    const [{ args } = assert.fail()] = calls(folder);
    assert.ok(args.includes('BatchMode=yes'));
    assert.deepEqual(args.slice(args.indexOf('-T') + 1), [
      ...login,
      ...['docker', 'system', 'dial-stdio'],
    ]);
  });
}

test('calls share a few logins, and none of these outlives its agent', async (t) => {
  const folder = withSsh(t, DIALS);
  await engine(t, folder);
  const agent = agentFor(t, 'ssh://engine');
  const paths = Array.from({ length: 30 }, (_, n) => `/containers/${n}/json`);
  assert.deepEqual(await Promise.all(paths.map((path) => ask(agent, path))), paths);
  const pids = calls(folder).map(({ pid }) => pid);
  assert.ok(pids.length <= 5, `${pids.length} logins`);
  agent.destroy();
  await until('all have ended', () => !pids.some(isRunning));
});

test('a login that nobody wants any more ends by itself', async (t) => {
  const folder = withSsh(t, DIALS);
  await engine(t, folder);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const agent = agentFor(t, 'ssh://engine');
  await ask(agent, '/version');
  const [{ pid } = assert.fail()] = calls(folder);
  // It rests once the answer has been read to its end.
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(4_999);
  assert.equal(isRunning(pid), true);
  t.mock.timers.tick(1);
  t.mock.timers.reset();
  await until('it has ended', () => !isRunning(pid));
});

test('an answer that breaks off with its head is found out at once', async (t) => {
  withSsh(t, BREAKS_OFF);
  const life = new AbortController();
  t.after(() => life.abort());
  const api = await connectDocker(dockerConfig({ endpoint: 'ssh://engine' }), life.signal);
  const error: unknown = await api.list(life.signal).catch((caught: unknown) => caught);
  assert.ok(error instanceof Error && !(error instanceof TimeoutError));
});

test('when ssh fails, what it said is why', async (t) => {
  withSsh(t, DENIES);
  await assert.rejects(
    ask(agentFor(t, 'ssh://host'), '/version'),
    /Permission denied \(publickey\)/,
  );
});

test('without ssh on the machine that is said', async (t) => {
  withSsh(t);
  await assert.rejects(ask(agentFor(t, 'ssh://host'), '/version'), /no program "ssh"/);
});
