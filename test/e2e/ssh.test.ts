import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { timed, until } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { Engine, routed } from './support/engine.js';
import { ask, freePort, startSluice, type Finding } from './support/sluice.js';

/** A real sshd of the test's own, and a program `ssh` that knows it, in the folder that is returned. */
async function sshd(t: TestContext, knownHost = true): Promise<{ readonly path: string }> {
  const folder = folderWith(t);
  const port = await freePort();
  const key = (name: string) => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return execFileSync('cat', [`${file}.pub`], { encoding: 'utf8' }).trim();
  };
  const host = key('host');
  const other = key('other');
  write(join(folder, 'authorized'), key('user'));
  write(join(folder, 'known'), `[127.0.0.1]:${port} ${knownHost ? host : other}\n`);
  write(
    join(folder, 'sshd_config'),
    `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
`,
  );
  write(
    join(folder, 'config'),
    `Host engine
  HostName 127.0.0.1
  Port ${port}
  IdentityFile ${folder}/user
  UserKnownHostsFile ${folder}/known
  StrictHostKeyChecking yes
`,
  );
  const path = join(folder, 'bin');
  write(join(path, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${folder}/config "$@"\n`);
  chmodSync(join(path, 'ssh'), 0o755);
  // Where the daemon locks itself in; Debian makes it when it starts the service.
  mkdirSync('/run/sshd', { recursive: true });
  const daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: 'ignore',
  });
  t.after(async () => {
    daemon.kill();
    if (daemon.exitCode === null) await once(daemon, 'exit');
  });
  await until('sshd answers', async () => (await ask(port)).startsWith('SSH-2.0'));
  return { path: `${path}:${process.env['PATH'] ?? ''}` };
}

const FLAGS = [
  '--providers.docker.endpoint=ssh://engine',
  '--providers.docker.constraints=Label(`stack`, `ssh`)',
];

test('an engine behind ssh is followed like any other', async (t) => {
  const engine = new Engine();
  const { path } = await sshd(t);
  const sluice = await startSluice(t, ['pg'], FLAGS, { env: { PATH: path } });
  const name = await engine.start(t, {
    says: 'over ssh',
    labels: { ...routed('pg', 'pg'), stack: 'ssh' },
  });
  await timed('the route over ssh', async () => {
    const said = await ask(sluice.port('pg'));
    return said.trim() === 'over ssh' || undefined;
  });
  await engine.stop(name);
  await timed('no route after the stop', async () => {
    const routers = await sluice.api<readonly object[]>('/api/tcp/routers');
    return routers.length === 0 || undefined;
  });
});

test('a host that is not the one that ssh knows is not believed, and that is said', async (t) => {
  const { path } = await sshd(t, false);
  const sluice = await startSluice(t, [], FLAGS, { env: { PATH: path } });
  await until('it is said', async () => {
    const findings = await sluice.api<Finding[]>('/api/diagnostics');
    const lost = findings.find(({ code }) => code === 'provider-lost');
    return lost?.value?.includes('Host key verification failed') === true;
  });
  const { providers } = await sluice.api<{ providers: readonly string[] }>('/api/overview');
  assert.deepEqual(providers, ['Docker']);
});
