import assert from 'node:assert/strict';
import { chmodSync, chownSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { issue, issueCa, type Issued } from '../support/certificates.js';
import { Client } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { startServer } from '../support/servers.js';
import { call, serve } from './support/programs.js';
import { freePort, startSluice, type Sluice } from './support/sluice.js';

// What others made, against the built program.

const ca = issueCa('ca');
const own = issue({ name: 'db', dns: ['db.test', 'strict.test'], issuer: ca });
const friend = issue({ name: 'friend', issuer: ca });

interface Files {
  readonly folder: string;
  readonly of: (name: string) => string;
}

const pems = (name: string, { chain, key }: Issued) => ({
  [`${name}.crt`]: chain,
  [`${name}.key`]: key,
});

function filesFor(t: TestContext, more: Readonly<Record<string, string>> = {}): Files {
  const folder = folderWith(t, {
    'ca.crt': ca.cert,
    ...pems('db', own),
    ...pems('friend', friend),
    ...more,
  });
  return { folder, of: (name) => join(folder, name) };
}

/** Sluice with this dynamic configuration, once it routes. */
async function routing(
  t: TestContext,
  { folder }: Files,
  dynamic: string,
  flags: readonly string[] = [],
): Promise<Sluice> {
  write(join(folder, 'dynamic', 'a.yml'), dynamic);
  const sluice = await startSluice(
    t,
    ['in'],
    [`--providers.file.directory=${join(folder, 'dynamic')}`, ...flags],
  );
  await eventually('the routers', async () => {
    const routers = await sluice.api<readonly { readonly status: string }[]>('/api/tcp/routers');
    return (routers.length > 0 && routers.every(({ status }) => status === 'enabled')) || undefined;
  });
  return sluice;
}

const tcp = (rule: string, tls: string, port: number, rest = '') => `
tcp:
  routers:
    r: { rule: "${rule}", entryPoints: [in], service: s${tls === '' ? '' : `, tls: ${tls}`} }
  services:
    s: { loadBalancer: { servers: [{ address: "127.0.0.1:${port}" }]${rest} } }
`;

const certificates = ({ of }: Files) => `
tls:
  certificates: [{ certFile: ${of('db.crt')}, keyFile: ${of('db.key')} }]
`;

const answerOnce = (socket: Socket) => socket.once('data', (data) => socket.end(data));

async function userOf(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([call('id', ['-u', name]), call('id', ['-g', name])]);
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

const POSTGRES = '/usr/lib/postgresql/15/bin';

async function startPostgres(t: TestContext, files: Files, isSecure: boolean): Promise<number> {
  const user = await userOf('postgres');
  const data = folderWith(t);
  for (const path of [data, files.of('db.key'), files.of('db.crt')]) {
    chownSync(path, user.uid, user.gid);
  }
  chmodSync(files.of('db.key'), 0o600);
  chmodSync(files.folder, 0o755);
  const made = await call(`${POSTGRES}/initdb`, ['-D', data, '-A', 'trust', '--no-sync'], { user });
  assert.equal(made.code, 0, made.output);
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    `ssl=${isSecure ? 'on' : 'off'}`,
    `ssl_cert_file=${files.of('db.crt')}`,
    `ssl_key_file=${files.of('db.key')}`,
  ].flatMap((setting) => ['-c', setting]);
  await serve(t, port, `${POSTGRES}/postgres`, ['-D', data, ...settings], { user });
  return port;
}

for (const [how, tls] of [
  ['ended here', '{}'],
  ['passed through', '{ passthrough: true }'],
] as const) {
  test(`psql with sslmode=verify-full reaches a real PostgreSQL, TLS ${how}`, async (t) => {
    const files = filesFor(t);
    const isPassed = how === 'passed through';
    const server = await startPostgres(t, files, isPassed);
    const sluice = await routing(
      t,
      files,
      tcp('HostSNI(`db.test`)', tls, server) + (isPassed ? '' : certificates(files)),
    );
    const connection = (host: string) =>
      `host=${host} hostaddr=127.0.0.1 port=${sluice.port('in')} user=postgres dbname=postgres sslmode=verify-full sslrootcert=${files.of('ca.crt')}`;
    await eventually('an answer', async () => {
      const asked = await call('psql', [connection('db.test'), '-Atc', 'select 6*7']);
      return asked.output.trim() === '42' || undefined;
    });
    const wrong = await call('psql', [connection('x.test'), '-Atc', 'select 6*7']);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.output, /unrecognized name/);
  });
}

/** What comes back of `hello` through TLS by openssl, or what it complains of. */
function opensslAsks(sluice: Sluice, files: Files, args: readonly string[]): Promise<string> {
  return call(
    'openssl',
    [
      ...['s_client', '-quiet', '-verify_quiet', '-verify_return_error'],
      ...['-connect', `127.0.0.1:${sluice.port('in')}`, '-CAfile', files.of('ca.crt'), ...args],
    ],
    { input: 'hello\n' },
  ).then(({ output }) => output);
}

for (const version of ['-tls1_2', '-tls1_3']) {
  test(`openssl s_client ${version} is served by name, and by certificate where one is required`, async (t) => {
    // The end of the server is the end of s_client.
    const { port } = await startServer(t, answerOnce);
    const files = filesFor(t);
    const sluice = await routing(
      t,
      files,
      `
tcp:
  routers:
    open: { rule: "HostSNI(\`db.test\`)", entryPoints: [in], service: s, tls: {} }
    strict: { rule: "HostSNI(\`strict.test\`)", entryPoints: [in], service: s, tls: { options: strict } }
  services:
    s: { loadBalancer: { servers: [{ address: "127.0.0.1:${port}" }], serversTransport: t } }
  serversTransports:
    t: { terminationDelay: 5s }
${certificates(files)}
  options:
    strict: { clientAuth: { caFiles: [${files.of('ca.crt')}] } }
`,
    );
    const asks = (...args: string[]) => opensslAsks(sluice, files, [version, ...args]);
    assert.equal(await asks('-servername', 'db.test'), 'hello\n');
    assert.match(await asks('-servername', 'x.test'), /unrecognized name/);
    const shown = ['-cert', files.of('friend.crt'), '-key', files.of('friend.key')];
    assert.equal(await asks('-servername', 'strict.test', ...shown), 'hello\n');
    assert.doesNotMatch(await asks('-servername', 'strict.test'), /hello/);
  });
}

test('curl speaks HTTP/1.1 to a TLS server that is passed through', async (t) => {
  const files = filesFor(t);
  const server = await freePort();
  const args = ['-accept', String(server), '-cert', files.of('db.crt'), '-key', files.of('db.key')];
  await serve(t, server, 'openssl', ['s_server', '-www', '-quiet', ...args]);
  const sluice = await routing(
    t,
    files,
    tcp('HostSNI(`db.test`)', '{ passthrough: true }', server),
  );
  const port = sluice.port('in');
  const { output, code } = await call('curl', [
    ...['-sS', '--http1.1', '--cacert', files.of('ca.crt')],
    ...['--resolve', `db.test:${port}:127.0.0.1`, `https://db.test:${port}/`],
  ]);
  assert.equal(code, 0, output);
  assert.match(output, /s_server/);
});

for (const header of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2-ssl']) {
  test(`HAProxy says by ${header} whose connection it is`, async (t) => {
    const { port } = await startServer(t, answerOnce);
    const files = filesFor(t);
    const front = await freePort();
    // Only who comes from here by HAProxy's word is served.
    const sluice = await routing(t, files, tcp('ClientIP(`127.0.0.9`)', '', port), [
      '--entryPoints.in.proxyProtocol.trustedIPs=127.0.0.1',
    ]);
    const config = join(files.folder, 'haproxy.cfg');
    write(
      config,
      `defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen in
  bind 127.0.0.1:${front}
  server s 127.0.0.1:${sluice.port('in')} ${header}
`,
    );
    await serve(t, front, 'haproxy', ['-db', '-f', config]);
    const from = (address: string) =>
      call('curl', [
        ...['-sS', '-m', '5', '--interface', address, '--http0.9'],
        `http://127.0.0.1:${front}/served`,
      ]).then(({ output }) => output);
    assert.match(await from('127.0.0.9'), /GET \/served/);
    assert.doesNotMatch(await from('127.0.0.8'), /GET/);
  });
}

for (const version of [1, 2]) {
  test(`nginx believes our PROXY header, version ${version}`, async (t) => {
    const files = filesFor(t);
    const back = await freePort();
    const config = join(files.folder, 'nginx.conf');
    write(
      config,
      `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; master_process off; pid ${files.of('nginx.pid')}; error_log stderr;
events {}
stream {
  server { listen 127.0.0.1:${back} proxy_protocol; return "$proxy_protocol_addr:$proxy_protocol_port>$proxy_protocol_server_addr:$proxy_protocol_server_port"; }
}
`,
    );
    await serve(t, back, 'nginx', ['-c', config, '-p', files.folder]);
    const sluice = await routing(
      t,
      files,
      `${tcp('HostSNI(`*`)', '', back, ', serversTransport: t')}
  serversTransports:
    t: { proxyProtocol: { version: ${version} } }
`,
    );
    const port = sluice.port('in');
    const { output } = await call('curl', [
      ...['-sS', '-m', '5', '--http0.9', '--interface', '127.0.0.9'],
      ...['--local-port', '20000-29999', `http://127.0.0.1:${port}/`],
    ]);
    assert.match(output, new RegExp(`^127\\.0\\.0\\.9:2\\d{4}>127\\.0\\.0\\.1:${port}$`));
  });
}

for (const version of ['-tls1_2', '-tls1_3']) {
  test(`a server that refuses our first certificate (${version}) is shown the second one next time`, async (t) => {
    const stranger = issue({ name: 'stranger' });
    const files = filesFor(t, pems('stranger', stranger));
    const server = await freePort();
    await serve(t, server, 'openssl', [
      ...['s_server', version, '-quiet', '-accept', String(server), '-rev'],
      ...['-cert', files.of('db.crt'), '-key', files.of('db.key')],
      ...['-Verify', '2', '-verify_return_error', '-CAfile', files.of('ca.crt')],
    ]);
    const sluice = await routing(
      t,
      files,
      `${tcp('HostSNI(`*`)', '', server, ', serversTransport: t')}
  serversTransports:
    t:
      terminationDelay: 5s
      tls:
        serverName: db.test
        rootCAs: [${files.of('ca.crt')}]
        certificates:
          - { certFile: ${files.of('stranger.crt')}, keyFile: ${files.of('stranger.key')} }
          - { certFile: ${files.of('friend.crt')}, keyFile: ${files.of('friend.key')} }
`,
    );
    const ask = () => new Client(t, sluice.port('in')).send('hello\n');
    assert.equal(await ask().ended, 'reset');
    // The one that worked is remembered. s_server serves one after the other.
    for (let times = 0; times < 2; times += 1) {
      const served = ask();
      await served.gets('olleh');
      served.socket.destroy();
    }
  });
}
