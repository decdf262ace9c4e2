import assert from 'node:assert/strict';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import test from 'node:test';
import { inspect } from 'node:util';
import { clientOptions } from '../../../../providers/docker/endpoint.js';
import { SshAgent } from '../../../../providers/docker/ssh.js';
import type { TlsFiles } from '../../../../src/config/static.js';
import { dockerConfig } from '../../../support/docker.js';
import { folderWith, write } from '../../../support/folder.js';

interface Case {
  readonly endpoint: string;
  readonly tls?: TlsFiles;
  /** `protocol host port`, or the path of a socket. */
  readonly reached: string;
}

const TLS: TlsFiles = { ca: '', cert: '', key: '', insecureSkipVerify: false };

const CASES: readonly Case[] = [
  { endpoint: 'unix:///var/run/docker.sock', reached: '/var/run/docker.sock' },
  { endpoint: '/run/podman/podman.sock', reached: '/run/podman/podman.sock' },
  { endpoint: 'tcp://192.0.2.1:4000', reached: 'http 192.0.2.1 4000' },
  { endpoint: 'tcp://192.0.2.1:4000', tls: TLS, reached: 'https 192.0.2.1 4000' },
  { endpoint: 'tcp://[2001:db8::1]:4000', reached: 'http [2001:db8::1] 4000' },
  { endpoint: 'tcp://socket-proxy', reached: 'http socket-proxy 2375' },
  { endpoint: 'socket-proxy:4000', reached: 'http socket-proxy 4000' },
  { endpoint: 'http://192.0.2.1:80', reached: 'http 192.0.2.1 80' },
  { endpoint: 'https://192.0.2.1:443', reached: 'https 192.0.2.1 443' },
  { endpoint: 'https://192.0.2.1', reached: 'https 192.0.2.1 2376' },
];

for (const { endpoint, tls, reached } of CASES) {
  test(`${endpoint}${tls ? ' with TLS' : ''} is ${reached}`, () => {
    const options = clientOptions(dockerConfig({ endpoint, tls }));
    const { socketPath, protocol = '', host = '', port = '' } = options;
    assert.equal(socketPath ?? `${protocol} ${host} ${port}`, reached);
    assert.equal(options.agent instanceof HttpsAgent, protocol === 'https');
    assert.equal(inspect(options.agent, { showHidden: true, depth: null }), '…');
  });
}

for (const endpoint of [
  'ssh://',
  'ssh://host/run/docker.sock',
  'npipe:////./pipe/docker_engine',
  'tcp://',
  'tcp://a b',
]) {
  test(`${endpoint} is no endpoint`, () => {
    assert.throws(() => clientOptions(dockerConfig({ endpoint })), Error);
  });
}

test('ssh is an agent of its own, with plain HTTP inside', () => {
  const { protocol, agent } = clientOptions(dockerConfig({ endpoint: 'ssh://me@192.0.2.1:2222' }));
  assert.equal(protocol, 'http');
  assert.ok(agent instanceof SshAgent);
});

test('a user is named only with a password (DKR-1)', () => {
  const authorization = (username: string, password: string) => {
    const { headers } = clientOptions(dockerConfig({ username, password }));
    return (headers as Readonly<Record<string, string>>)['Authorization'];
  };
  assert.equal(authorization('u', ''), undefined);
  assert.equal(authorization('', 'p'), undefined);
  assert.equal(authorization('u', 'p:ü'), `Basic ${Buffer.from('u:p:ü').toString('base64')}`);
});

test('TLS files are named by their path, or given as they are (DYN-36)', (t) => {
  const folder = folderWith(t);
  write(join(folder, 'ca.pem'), 'from a file');
  const tls = { ...TLS, ca: join(folder, 'ca.pem'), cert: 'CERT', insecureSkipVerify: true };
  const { agent } = clientOptions(dockerConfig({ endpoint: 'tcp://192.0.2.1', tls }));
  assert.ok(agent instanceof HttpsAgent);
  const { ca, cert, key, rejectUnauthorized } = agent.options;
  assert.deepEqual(
    { ca, cert, key, rejectUnauthorized },
    { ca: 'from a file', cert: 'CERT', key: undefined, rejectUnauthorized: false },
  );
});
