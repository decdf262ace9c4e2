import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { TlsOptions } from 'node:tls';
import type { ServersTransportConfig } from '../../src/config/model.js';
import type { SpiffeTlsFor } from '../../src/routing/transport-tls.js';
import { authorizerOf } from '../../src/spiffe/authorizer.js';
import { SpiffeTls } from '../../src/spiffe/spiffe-tls.js';
import { x509ContextOf, type X509Context } from '../../src/spiffe/x509-context.js';
import { readX509SvidResponse } from '../../src/spiffe/x509-svid-response.js';
import { issue, issueCa, type Issued } from '../support/certificates.js';
import { Generations, TestFiles } from '../support/compiled.js';
import { router, service, transport } from '../support/merged.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo } from '../support/servers.js';
import { responseMessage } from '../support/svids.js';
import { startTlsServer } from '../support/tls-servers.js';

const ca = issueCa('ca');
const intermediate = issueCa('intermediate', { issuer: ca });
const other = issueCa('other');
const HOUR = 3_600_000;

const leaf = (options: Parameters<typeof issue>[0] = {}): Issued =>
  issue({ name: 'server', dns: ['db.test'], issuer: ca, ...options });

const shows = ({ chain, key }: Issued): TlsOptions => ({ cert: chain, key });

interface Setup {
  readonly server: TlsOptions;
  readonly transport: ServersTransportConfig;
  readonly spiffe?: SpiffeTlsFor;
  readonly files?: TestFiles;
}

/** A proxy in front of one TLS server, by the configuration of its transport. */
async function reaching(t: TestContext, setup: Setup): Promise<RunningProxy> {
  const { port } = await startTlsServer(t, echo, setup.server);
  const generation = new Generations({ spiffe: setup.spiffe }).next(
    {
      routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
      services: [service('s@file', [`127.0.0.1:${port}`], { serversTransport: 't' })],
      transports: [transport('t@file', setup.transport)],
    },
    setup.files?.materials(),
  );
  assert.deepEqual(
    generation.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return startProxy(t, { table: generation.table });
}

async function assertServed(running: RunningProxy): Promise<void> {
  const client = running.client().finish('hello');
  assert.equal(await client.ended, 'fin', JSON.stringify(running.lines));
  assert.equal(client.received, 'hello');
}

async function assertRefused(running: RunningProxy, reason: string): Promise<void> {
  assert.equal(await running.client().send('hello').ended, 'reset');
  await running.ended(1);
  const ended = running.lines.find(({ message }) => message === 'connection ended');
  assert.match(String(ended?.fields['failed']), new RegExp(`: ${reason}`));
}

const trusting = { rootCAs: [ca.cert] };
const named = { ...trusting, serverName: 'db.test' };
const WORKLOAD = 'spiffe://example.org/db';

const SERVED: readonly (readonly [string, Issued, ServersTransportConfig['tls']])[] = [
  ['a name', leaf(), named],
  ['a name in other case, with a dot', leaf(), { ...trusting, serverName: 'DB.test.' }],
  ['a wildcard', leaf({ dns: ['*.b.test'] }), { ...trusting, serverName: 'a.b.test' }],
  ['the address of the server, without a name', leaf({ ip: ['127.0.0.1'] }), trusting],
  ['an intermediate that the server shows', leaf({ issuer: intermediate }), named],
  ['one of several authorities', leaf(), { ...named, rootCAs: [other.cert, ca.cert] }],
  ['several authorities in one value', leaf(), { ...named, rootCAs: [other.cert + ca.cert] }],
  ['anything, where nothing is verified', issue({ name: 'x' }), { insecureSkipVerify: true }],
  [
    'a URI, whatever the name',
    leaf({ dns: [], uris: [WORKLOAD] }),
    { ...trusting, insecureSkipVerify: true, peerCertURI: WORKLOAD },
  ],
  [
    'one of several URIs, and the name',
    leaf({ uris: ['spiffe://a/b', WORKLOAD] }),
    { ...named, peerCertURI: WORKLOAD },
  ],
];

for (const [what, certificate, tls] of SERVED) {
  test(`a server is believed by ${what}`, async (t) => {
    await assertServed(await reaching(t, { server: shows(certificate), transport: { tls } }));
  });
}

const REFUSED: readonly (readonly [string, Issued, ServersTransportConfig['tls'], string])[] = [
  ['expired', leaf({ notAfter: new Date(Date.now() - HOUR / 2) }), named, 'untrusted'],
  ['not yet valid', leaf({ notBefore: new Date(Date.now() + HOUR) }), named, 'untrusted'],
  ['of another name', leaf({ dns: ['x.test'] }), named, 'wrong-name'],
  ['named by its common name alone', leaf({ name: 'db.test', dns: [] }), named, 'wrong-name'],
  [
    'named by its common name beside a URI',
    leaf({ name: 'db.test', dns: [], uris: [WORKLOAD] }),
    named,
    'wrong-name',
  ],
  ['of two labels below a wildcard', leaf({ dns: ['*.b.test'] }), named, 'wrong-name'],
  ['of another address', leaf({ ip: ['127.0.0.2'] }), trusting, 'wrong-name'],
  ['of another authority', leaf({ issuer: other }), named, 'untrusted'],
  ['self-signed', issue({ name: 'db.test', dns: ['db.test'] }), named, 'untrusted'],
  ['of nobody that Node knows', leaf(), { serverName: 'db.test' }, 'untrusted'],
  ['for clients alone', leaf({ extendedKeyUsage: ['clientAuth'] }), named, 'untrusted'],
  [
    'of another URI',
    leaf({ uris: [WORKLOAD] }),
    { ...named, peerCertURI: 'spiffe://x/y' },
    'wrong-uri',
  ],
  [
    'of a URI in other case',
    leaf({ uris: [WORKLOAD] }),
    { ...named, peerCertURI: WORKLOAD.toUpperCase() },
    'wrong-uri',
  ],
  [
    'of a URI that only begins like it',
    leaf({ uris: [`${WORKLOAD}2`] }),
    { ...named, peerCertURI: WORKLOAD },
    'wrong-uri',
  ],
  [
    'of the right URI by nobody, also under insecureSkipVerify',
    issue({ name: 'x', uris: [WORKLOAD] }),
    { ...trusting, insecureSkipVerify: true, peerCertURI: WORKLOAD },
    'untrusted',
  ],
];

for (const [what, certificate, tls, reason] of REFUSED) {
  test(`a server is refused whose certificate is ${what}`, async (t) => {
    await assertRefused(
      await reaching(t, { server: shows(certificate), transport: { tls } }),
      reason,
    );
  });
}

test('trust that is withdrawn by a changed file holds from the next dial on', async (t) => {
  const { port } = await startTlsServer(t, echo, shows(leaf()));
  const files = new TestFiles();
  const generations = new Generations();
  const objects = {
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [service('s@file', [`127.0.0.1:${port}`], { serversTransport: 't' })],
    transports: [transport('t@file', { tls: { rootCAs: ['/ca.pem'], serverName: 'db.test' } })],
  };
  files.write('/ca.pem', ca.cert);
  const first = generations.next(objects, files.materials());
  const running = await startProxy(t, { table: first.table });
  await assertServed(running);

  files.write('/ca.pem', 'half wri');
  const broken = generations.next(objects, files.materials());
  assert.deepEqual(
    broken.diagnostics.map(({ code, severity }) => `${severity} ${code}`),
    ['error unreadable'],
  );
  running.proxy.apply(broken.table);
  await assertServed(running);

  files.write('/ca.pem', other.cert);
  running.proxy.apply(generations.next(objects, files.materials()).table);
  assert.equal(await running.client().send('hello').ended, 'reset');
});

test('a transport whose file was never right is disabled, and its routers hold their place', () => {
  const { table, diagnostics } = new Generations().next({
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [service('s@file', ['127.0.0.1:1'], { serversTransport: 't' })],
    transports: [transport('t@file', { tls: { rootCAs: ['/nowhere.pem'] } })],
  });
  assert.equal(table.of('tcp').plain[0]?.service, undefined);
  assert.deepEqual(
    diagnostics.map(({ code, object }) => `${code} on ${object?.name ?? ''}`).toSorted(),
    ['broken-reference on r@file', 'unreadable on t@file'],
  );
});

test('a server that asks for TLS gets it also without a transport, and none in clear beside one', async (t) => {
  const { port } = await startTlsServer(t, echo, shows(leaf()));
  const asking = service('s@file', [`127.0.0.1:${port}`]);
  const [owned] = asking.servers;
  assert.ok(owned);
  const secured = { ...asking, servers: [{ ...owned, server: { ...owned.server, tls: true } }] };
  const { table } = new Generations().next({
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [secured],
  });
  // Nobody that Node knows signed it: what counts is that it was asked.
  await assertRefused(await startProxy(t, { table }), 'untrusted');

  const denying = { ...asking, servers: [{ ...owned, server: { ...owned.server, tls: false } }] };
  const { table: still, diagnostics } = new Generations().next({
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [{ ...denying, config: { loadBalancer: { serversTransport: 't' } } }],
    transports: [transport('t@file', { tls: named })],
  });
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['ignored'],
  );
  await assertServed(await startProxy(t, { table: still }));
});

test('our certificate is shown to a server that asks, from one text or from two', async (t) => {
  const own = leaf({ name: 'client' });
  for (const pair of [
    { certFile: own.chain, keyFile: own.key },
    { certFile: own.chain + own.key },
  ]) {
    const running = await reaching(t, {
      server: { ...shows(leaf()), requestCert: true, rejectUnauthorized: true, ca: ca.cert },
      transport: { tls: { ...named, certificates: [pair] } },
    });
    await assertServed(running);
  }
});

// SPIFFE.

const authority = issueCa('td');
const federated = issueCa('federated');

function contextOf(id: string): X509Context {
  const svid = issue({ name: 'us', uris: [id], issuer: authority });
  const message = responseMessage(
    [
      {
        id,
        chain: [svid],
        key: svid.privateKey.export({ type: 'pkcs8', format: 'der' }),
        bundle: [authority],
      },
    ],
    { 'spiffe://other.org': [federated] },
  );
  const response = readX509SvidResponse(message) ?? assert.fail('unreadable');
  const result = x509ContextOf(response);
  return result.ok ? result.context : assert.fail(result.problem);
}

const spiffeBy =
  (current: () => X509Context | undefined): SpiffeTlsFor =>
  ({ serverName, uri, ...wanted }) =>
    new SpiffeTls({ current }, { authorizer: authorizerOf(wanted), serverName, uri });

const us = contextOf('spiffe://example.org/us');
const svid = (uris: readonly string[], options: Parameters<typeof issue>[0] = {}) =>
  issue({ name: 'peer', uris, issuer: authority, ...options });

const SPIFFE: readonly (readonly [
  string,
  Issued,
  NonNullable<ServersTransportConfig['spiffe']>,
  string | undefined,
])[] = [
  ['the ID that is wanted', svid([WORKLOAD]), { ids: [WORKLOAD] }, undefined],
  ['any ID of the trust domain', svid([WORKLOAD]), { trustDomain: 'example.org' }, undefined],
  ['any ID at all', svid([WORKLOAD]), {}, undefined],
  [
    'an ID of a federated trust domain',
    svid(['spiffe://other.org/db'], { issuer: federated }),
    { ids: ['spiffe://other.org/db'] },
    undefined,
  ],
  [
    'an ID without any usage for servers',
    svid([WORKLOAD], { extendedKeyUsage: ['clientAuth'] }),
    {},
    undefined,
  ],
  ['another ID', svid(['spiffe://example.org/x']), { ids: [WORKLOAD] }, 'wrong-id'],
  [
    'an ID outside ids, inside trustDomain',
    svid(['spiffe://example.org/x']),
    { ids: [WORKLOAD], trustDomain: 'example.org' },
    'wrong-id',
  ],
  [
    'another trust domain',
    svid(['spiffe://other.org/db'], { issuer: federated }),
    { trustDomain: 'example.org' },
    'wrong-id',
  ],
  ['an ID by the authority of another', svid([WORKLOAD], { issuer: federated }), {}, 'untrusted'],
  [
    'a trust domain without a bundle',
    svid(['spiffe://third.org/x'], { issuer: other }),
    {},
    'untrusted',
  ],
  ['an expired SVID', svid([WORKLOAD], { notAfter: new Date(Date.now() - 1) }), {}, 'untrusted'],
  ['two URIs', svid([WORKLOAD, 'spiffe://example.org/x']), {}, 'untrusted'],
  [
    'a CA as leaf',
    svid([WORKLOAD], { isCa: true, keyUsage: ['digitalSignature'] }),
    {},
    'untrusted',
  ],
  ['no ID', leaf({ issuer: authority }), {}, 'untrusted'],
];

for (const [what, certificate, wanted, reason] of SPIFFE) {
  test(`SPIFFE: ${what} is ${reason === undefined ? 'served' : 'refused'}`, async (t) => {
    let shown: string | undefined;
    const { port } = await startTlsServer(
      t,
      (stream) => {
        shown = stream.getPeerX509Certificate()?.subjectAltName;
        echo(stream);
      },
      { ...shows(certificate), requestCert: true, rejectUnauthorized: false },
    );
    const { table } = new Generations({ spiffe: spiffeBy(() => us) }).next({
      routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
      services: [service('s@file', [`127.0.0.1:${port}`], { serversTransport: 't' })],
      transports: [transport('t@file', { spiffe: wanted })],
    });
    const running = await startProxy(t, { table });
    if (reason !== undefined) {
      await assertRefused(running, reason);
      return;
    }
    await assertServed(running);
    assert.equal(shown, 'URI:spiffe://example.org/us');
  });
}

test('SPIFFE: until there is an SVID only its own dials fail, and a new one is shown from the next dial on', async (t) => {
  let current: X509Context | undefined;
  const seen: (string | undefined)[] = [];
  const { port } = await startTlsServer(
    t,
    (stream) => {
      seen.push(stream.getPeerX509Certificate()?.subjectAltName);
      echo(stream);
    },
    { ...shows(svid([WORKLOAD])), requestCert: true, rejectUnauthorized: false },
  );
  const { table } = new Generations({ spiffe: spiffeBy(() => current) }).next({
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [service('s@file', [`127.0.0.1:${port}`], { serversTransport: 't' })],
    transports: [transport('t@file', { spiffe: {} })],
  });
  const running = await startProxy(t, { table });
  await assertRefused(running, 'no-identity');
  current = us;
  await assertServed(running);
  current = contextOf('spiffe://example.org/us2');
  await assertServed(running);
  assert.deepEqual(seen, ['URI:spiffe://example.org/us', 'URI:spiffe://example.org/us2']);
});

test('SPIFFE that is off is an error of the transport that wants it', () => {
  const { table, diagnostics } = new Generations().next({
    routers: [router('r@file', { rule: 'HostSNI(`*`)', service: 's' })],
    services: [service('s@file', ['127.0.0.1:1'], { serversTransport: 't' })],
    transports: [transport('t@file', { spiffe: {} })],
  });
  assert.equal(table.of('tcp').plain[0]?.service, undefined);
  assert.deepEqual(
    diagnostics.map(({ code, object }) => `${code} on ${object?.name ?? ''}`).toSorted(),
    ['broken-reference on r@file', 'missing on t@file'],
  );
});
