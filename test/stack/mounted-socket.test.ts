import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import test, { after } from 'node:test';
import { parse } from 'yaml';
import { Engine } from '../e2e/support/engine.js';
import { Client } from '../support/clients.js';
import { eventually, until } from '../support/eventually.js';
import { COMPOSE_FILE, IMAGE, Stack, type SluiceOptions } from './support/stack.js';

const SOCKET = '/var/run/docker.sock';

/** What docker-compose.yml says in a comment: the service `sluice` without the socket proxy. */
function secondVariant(): SluiceOptions {
  const [, comment = ''] =
    /^ +# Second variant.*\n(?: +# .*\n)+? +#\n((?: +# {3}.*\n)+)/m.exec(
      readFileSync(COMPOSE_FILE, 'utf8'),
    ) ?? [];
  return parse(comment.replace(/^ +# {3}/gm, '')) as SluiceOptions;
}

const { environment, ...rest } = secondVariant();
const stack = await Stack.start({
  services: ['sluice', 'redis'],
  sluice: {
    ...rest,
    environment: {
      ...environment,
      SLUICE_ENTRYPOINTS_REDIS_TRANSPORT_LIFECYCLE_GRACETIMEOUT: '1s',
    },
  },
  env: { DOCKER_GID: String(statSync(SOCKET).gid) },
});
after(() => stack.stop());
const engine = new Engine();

test('with the socket mounted, and its group added, a service is reached', async (t) => {
  assert.equal(
    await stack.inspect('sluice', '{{index .HostConfig.Binds 0}}'),
    `${SOCKET}:${SOCKET}:rw`,
  );
  await eventually('redis', async () => {
    const client = new Client(t, await stack.port(6379)).send('PING\r\n');
    await client.gets('+PONG');
    return client.finish();
  });
});

test('without the group, Sluice says what is missing', async (t) => {
  const name = `sluice-groupless-${process.pid}`;
  t.after(() => engine.remove(name));
  const mount = ['--volume', `${SOCKET}:${SOCKET}`];
  await engine.docker('run', '-d', '--name', name, ...mount, IMAGE, '--providers.docker');
  await until('the hint', async () => (await engine.docker('logs', name)).includes('--group-add'));
});

test('docker stop cuts what is still open when the grace is over, and Sluice exits with 0', async (t) => {
  const client = new Client(t, 6379, await stack.address()).send('PING\r\n');
  await client.gets('+PONG');
  await engine.docker('stop', await stack.container('sluice'));
  assert.equal(await client.ended, 'reset');
  assert.equal(await stack.inspect('sluice', '{{.State.ExitCode}}'), '0');
  assert.match(await stack.log('sluice'), /"cut":1,"msg":"stopped"/);
});
