import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { authorizerOf } from '../../src/spiffe/authorizer.js';
import { SpiffeTls, type SpiffeSettings } from '../../src/spiffe/spiffe-tls.js';
import { workloadApiFeed } from '../../src/spiffe/workload-api-feed.js';
import { X509Source } from '../../src/spiffe/x509-source.js';
import { issueCa, type Issued } from '../support/certificates.js';
import { until } from '../support/eventually.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo } from '../support/servers.js';
import { pkcs8, responseMessage, trustDomain } from '../support/svids.js';
import { route, server, service, table } from '../support/tables.js';
import { startTlsServer } from '../support/tls-servers.js';
import { startAgent, type Agent } from '../support/workload-api.js';

const ours = trustDomain('example.org');
const intermediate = issueCa('below', { issuer: ours.ca });
const yesterday = new Date(Date.now() - 1_000);
const expired = issueCa('below', { issuer: ours.ca, notAfter: yesterday });

const proxySvid = responseMessage([ours.svid('/proxy')]);
const db = [ours.issue('/db')];

/** A source that follows an agent, and has had its first answer. */
async function identified(t: TestContext, message: Buffer | undefined) {
  const agent = await startAgent(
    t,
    message ? { kind: 'serve', message } : { kind: 'status', code: 7, message: 'not registered' },
  );
  const life = new AbortController();
  const source = new X509Source({ feed: workloadApiFeed(agent.address), changed: () => {} });
  const run = source.run(life.signal);
  t.after(async () => {
    life.abort();
    await run;
  });
  await until('an answer of the agent', () => source.state().status !== 'waiting');
  return { agent, source };
}

/** A server that shows this chain, and wants the certificate of its client. */
async function startPeer(
  t: TestContext,
  chain: readonly Issued[],
  serve: (stream: TLSSocket) => void = echo,
): Promise<number> {
  const { port } = await startTlsServer(t, serve, {
    cert: chain.map(({ cert }) => cert).join(''),
    key: chain[0]?.key,
    ca: [ours.ca.cert],
    requestCert: true,
    rejectUnauthorized: true,
  });
  return port;
}

function proxied(
  t: TestContext,
  source: X509Source,
  port: number,
  wanted: Partial<SpiffeSettings> = {},
) {
  const settings = { authorizer: authorizerOf({}), serverName: '', uri: undefined, ...wanted };
  const tls = new SpiffeTls(source, settings);
  return startProxy(t, {
    table: table({ tcp: [route(service([server(port)], {}, 'db@test', tls))] }),
  });
}

/** Why the only attempt of the last connection failed, as the log has it. */
const failed = ({ lines }: RunningProxy) =>
  String(lines.filter(({ message }) => message === 'connection ended').at(-1)?.fields['failed']);

async function answers(running: RunningProxy): Promise<boolean> {
  const client = running.client().finish('hello');
  return (await client.ended) === 'fin' && client.received === 'hello';
}

test('our SVID is shown with its intermediates; without serverName there is no SNI', async (t) => {
  const leaf = ours.issue('/proxy', { issuer: intermediate });
  const sent = { ...ours.svid('/proxy'), chain: [leaf, intermediate], key: pkcs8(leaf) };
  const { source } = await identified(t, responseMessage([sent]));
  const seen: unknown[] = [];
  const port = await startPeer(t, db, (stream) => {
    seen.push(stream.getPeerX509Certificate()?.subjectAltName, stream.servername);
    echo(stream);
  });
  assert.ok(await answers(await proxied(t, source, port)));
  assert.ok(await answers(await proxied(t, source, port, { serverName: 'db.internal' })));
  const uri = 'URI:spiffe://example.org/proxy';
  assert.deepEqual(seen, [uri, false, uri, 'db.internal']);
});

const refused: readonly (readonly [string, readonly Issued[], Partial<SpiffeSettings>, RegExp])[] =
  [
    ['another URI', db, { uri: 'spiffe://example.org/x' }, /wrong-uri/],
    ['a URI in another case', db, { uri: 'spiffe://example.org/DB' }, /wrong-uri/],
    [
      'a chain with an expired CA',
      [ours.issue('/db', { issuer: expired }), expired],
      {},
      /untrusted/,
    ],
    [
      'a certificate that cannot be read',
      [ours.issue('/db', { ip: ['::1'], dns: ['ä'] })],
      {},
      /untrusted/,
    ],
  ];

for (const [name, chain, wanted, reason] of refused) {
  test(`${name} gets not a byte`, async (t) => {
    const { source } = await identified(t, proxySvid);
    let received = 0;
    const port = await startPeer(t, chain, (stream) => {
      stream.on('data', (chunk: Buffer) => (received += chunk.length));
    });
    const running = await proxied(t, source, port, wanted);
    assert.equal(await running.client().finish('secret').ended, 'reset');
    assert.deepEqual(await running.ended(1), ['dial-failed']);
    assert.match(failed(running), reason);
    assert.equal(received, 0);
  });
}

test('a chain is believed, and the wanted URI', async (t) => {
  const { source } = await identified(t, proxySvid);
  const chain = [ours.issue('/db', { issuer: intermediate }), intermediate];
  const uri = 'spiffe://example.org/db';
  assert.ok(await answers(await proxied(t, source, await startPeer(t, chain), { uri })));
});

test('without an identity only the dial fails, and works as soon as the agent gives one', async (t) => {
  const { agent, source } = await identified(t, undefined);
  const running = await proxied(t, source, await startPeer(t, db));
  assert.equal(await running.client().ended, 'reset');
  await running.ended(1);
  assert.match(failed(running), /no-identity/);
  agent.serve(proxySvid);
  await until('an identity', () => source.current() !== undefined);
  assert.ok(await answers(running));
});

test('an SVID that OpenSSL does not take is no identity, and no crash', async (t) => {
  // OpenSSL 3 refuses a leaf that is signed with less than its security level asks for.
  const weak = ours.svid('/proxy', { keyType: 'rsa-512' });
  const { source } = await identified(t, responseMessage([weak]));
  const running = await proxied(t, source, await startPeer(t, db));
  assert.equal(await running.client().ended, 'reset');
  await running.ended(1);
  assert.match(failed(running), /no-identity/);
});

test('a rotation counts from the next dial, and open connections stay', async (t) => {
  const { agent, source } = await identified(t, proxySvid);
  const shown = new Set<string>();
  const port = await startPeer(t, db, (stream) => {
    shown.add(stream.getPeerX509Certificate()?.subjectAltName ?? 'nothing');
    echo(stream);
  });
  const running = await proxied(t, source, port);
  const open = running.client().send('before');
  await open.gets('before');

  await rotate(agent, source, responseMessage([ours.svid('/renamed')]));
  assert.ok(await answers(running));
  assert.deepEqual(
    [...shown],
    ['/proxy', '/renamed'].map((path) => `URI:spiffe://example.org${path}`),
  );

  // Our own trust domain has another authority now: the server's certificate is worth nothing.
  const renewed = issueCa(ours.ca.name);
  await rotate(agent, source, responseMessage([{ ...ours.svid('/proxy'), bundle: [renewed] }]));
  assert.equal(await running.client().ended, 'reset');

  // Both, as during a rotation of authorities.
  const both = [renewed, ours.ca];
  await rotate(agent, source, responseMessage([{ ...ours.svid('/proxy'), bundle: both }]));
  assert.ok(await answers(running));

  await agent.die();
  await until('the loss', () => source.state().status === 'failing');
  assert.ok(await answers(running));
  open.send(' and after');
  await open.gets('before and after');
});

async function rotate(agent: Agent, source: X509Source, message: Buffer): Promise<void> {
  const before = source.current();
  agent.serve(message);
  await until('the rotation', () => source.current() !== before);
}
