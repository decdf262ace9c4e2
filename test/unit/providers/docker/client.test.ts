import assert from 'node:assert/strict';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connectDocker } from '../../../../providers/docker/client.js';
import { freePort } from '../../../e2e/support/sluice.js';
import { dockerConfig } from '../../../support/docker.js';
import { folderWith } from '../../../support/folder.js';
import { startServer } from '../../../support/servers.js';

test('a socket that the engine has left is said to be old', async (t) => {
  const folder = folderWith(t);
  const [path, left] = [join(folder, 'docker.sock'), join(folder, 'left.sock')];
  const server = createServer().listen(path);
  await once(server, 'listening');
  // Closing removes the file by its first name.
  renameSync(path, left);
  server.close();
  await once(server, 'close');
  const config = dockerConfig({ endpoint: `unix://${left}` });
  await assert.rejects(connectDocker(config, new AbortController().signal), {
    code: 'ECONNREFUSED',
    message: new RegExp(`^connect ECONNREFUSED ${left}: .*: then restart the container$`),
  });
});

for (const [status, says] of [
  [403, /^GET \/version is forbidden: allow it in the socket proxy$/],
  [503, /^GET \/version: HTTP status 503: the socket proxy does not reach the engine/],
  [500, /^GET \/version: .*500/],
] as const) {
  test(`an answer with status ${status} is a refusal, and says who refuses`, async (t) => {
    const { address } = await startServer(t, (socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    });
    const config = dockerConfig({ endpoint: `tcp://${address}` });
    await assert.rejects(connectDocker(config, new AbortController().signal), {
      name: 'EngineError',
      message: says,
    });
  });
}

test('what a TCP connection fails with is said as it is', async () => {
  const port = await freePort();
  const config = dockerConfig({ endpoint: `tcp://127.0.0.1:${port}` });
  await assert.rejects(connectDocker(config, new AbortController().signal), {
    code: 'ECONNREFUSED',
    message: `connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});
