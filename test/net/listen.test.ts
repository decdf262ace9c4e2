import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { hasReusePort } from '../../src/config/static/node-version.js';
import { listen, type ListenOptions } from '../../src/net/listen.js';
import { ignore } from '../support/sockets.js';

/** What `listen` says, and the addresses of who was accepted. */
async function listening(t: TestContext, options: ListenOptions) {
  const accepted: Socket[] = [];
  const result = await listen(options, (socket) => {
    socket.on('error', ignore);
    accepted.push(socket);
    t.after(() => socket.destroy());
  });
  if (result.ok) t.after(() => result.server.close());
  return { result, accepted };
}

const port = ({ result }: Awaited<ReturnType<typeof listening>>) =>
  result.ok ? result.port : assert.fail(result.detail);

async function reaches(t: TestContext, host: string, to: number): Promise<boolean> {
  const socket = connect({ host, port: to });
  t.after(() => socket.destroy());
  return once(socket, 'connect').then(
    () => true,
    () => false,
  );
}

test('without a host both families are listened on, on one port', async (t) => {
  const both = await listening(t, { host: '', port: 0 });
  assert.equal(await reaches(t, '127.0.0.1', port(both)), true);
  assert.equal(await reaches(t, '::1', port(both)), true);
});

test('with a host only that address is listened on', async (t) => {
  const six = await listening(t, { host: '::1', port: 0 });
  assert.equal(await reaches(t, '::1', port(six)), true);
  assert.equal(await reaches(t, '127.0.0.1', port(six)), false);
  const two = await listening(t, { host: '127.0.0.2', port: 0 });
  assert.equal(await reaches(t, '127.0.0.1', port(two)), false);
});

test('who is accepted can be half-closed', async (t) => {
  const one = await listening(t, { host: '127.0.0.1', port: 0 });
  const client = connect({ host: '127.0.0.1', port: port(one) });
  client.end();
  await once(client, 'connect');
  const [socket = await Promise.reject(new Error('nobody was accepted'))] = one.accepted;
  socket.resume();
  await once(socket, 'end');
  socket.end('late');
  const [bytes] = (await once(client, 'data')) as [Buffer];
  assert.equal(bytes.toString(), 'late');
});

test('why a port cannot be had is one of a closed list, with the word of the system', async (t) => {
  const taken = port(await listening(t, { host: '127.0.0.1', port: 0 }));
  const reason = async (options: ListenOptions) => {
    const { result } = await listening(t, options);
    return result.ok ? 'none' : [result.reason, result.detail];
  };
  assert.deepEqual(await reason({ host: '127.0.0.1', port: taken }), ['in-use', 'EADDRINUSE']);
  assert.deepEqual(await reason({ host: '', port: taken }), ['in-use', 'EADDRINUSE']);
  assert.deepEqual(await reason({ host: '192.0.2.1', port: 0 }), [
    'no-such-address',
    'EADDRNOTAVAIL',
  ]);
});

test('reusePort shares a port where this Node can (D40)', async (t) => {
  const first = await listening(t, { host: '127.0.0.1', port: 0, reusePort: true });
  const second = await listening(t, { host: '127.0.0.1', port: port(first), reusePort: true });
  assert.equal(second.result.ok, hasReusePort(process.versions.node));
});
