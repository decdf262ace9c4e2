import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { TlsOptionsConfig } from '../../../src/config/model.js';
import { withoutFiles } from '../../../src/config/pem.js';
import type { Termination } from '../../../src/net/termination.js';
import { readPair, type Certificate } from '../../../src/tls/certificate.js';
import { selfSigned } from '../../../src/tls/default-certificate.js';
import type { TlsIdentity } from '../../../src/tls/identity.js';
import { readOptions } from '../../../src/tls/options.js';
import { CertificateStore } from '../../../src/tls/store.js';
import { OptionTermination } from '../../../src/tls/termination.js';
import { issue, issueCa, type CertificateOptions } from '../../support/certificates.js';

const ca = issueCa('ca');
const clients = issueCa('clients');

function certificate(name: string, options: CertificateOptions = {}): Certificate {
  const { chain, key } = issue({ name, dns: [name], issuer: ca, ...options });
  const read = readPair({ certFile: chain, keyFile: key }, withoutFiles());
  assert.ok(read.ok);
  return read.certificate;
}

const [a, b, wild] = [certificate('a.test'), certificate('b.test'), certificate('*.w.test')];

function newIdentity(): TlsIdentity & { readonly made: () => number } {
  let made = 0;
  let own: Certificate | undefined;
  const make = () => {
    made += 1;
    return selfSigned(Date.now());
  };
  return { secret: Buffer.alloc(32, 1), selfSigned: () => (own ??= make()), made: () => made };
}

const identity = newIdentity();

interface Of {
  readonly options?: TlsOptionsConfig;
  readonly certificates?: readonly Certificate[];
  readonly store?: CertificateStore;
  readonly fallback?: Certificate;
  readonly name?: string;
  readonly identity?: TlsIdentity;
  readonly previous?: OptionTermination;
}

function termination(of: Of = {}): OptionTermination {
  const { settings } = readOptions(of.options ?? {}, withoutFiles());
  assert.ok(settings);
  const store = of.store ?? new CertificateStore(of.certificates ?? [a, b, wild], of.fallback);
  return OptionTermination.of(
    of.name ?? 'default',
    settings,
    store,
    of.identity ?? identity,
    of.previous,
  );
}

/** What a client sees of a termination; the name is given as a session would give it. */
interface Seen {
  readonly subject: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  readonly isReused: boolean;
  readonly session: Buffer | undefined;
}

async function dial(
  t: TestContext,
  ended: Termination,
  options: ConnectionOptions = {},
): Promise<Seen> {
  const accepting = createServer((raw: Socket) => {
    raw.on('error', () => {});
    const { servername } = options;
    const server = ended.serverFor(servername === '' ? undefined : servername, '127.0.0.1');
    if (server === undefined) raw.destroy();
    else {
      server.once('secureConnection', (stream) => stream.on('error', () => {}).end('x'));
      server.emit('connection', raw);
    }
  });
  accepting.listen(0, '127.0.0.1');
  await once(accepting, 'listening');
  t.after(() => accepting.close());
  const { port } = accepting.address() as AddressInfo;
  const client: TLSSocket = connect({ port, ca: ca.cert, rejectUnauthorized: false, ...options });
  t.after(() => client.destroy());
  let session: Buffer | undefined;
  client.on('session', (ticket: Buffer) => (session = ticket));
  await once(client, 'secureConnect');
  const seen = {
    subject: client.getPeerX509Certificate()?.subject ?? '',
    protocol: client.getProtocol(),
    alpn: client.alpnProtocol,
    isReused: client.isSessionReused(),
  };
  // The tickets of TLS 1.3 come with the first bytes.
  client.resume();
  await once(client, 'end');
  return { ...seen, session };
}

for (const [servername, subject] of [
  ['a.test', 'CN=a.test'],
  ['b.test', 'CN=b.test'],
  ['x.w.test', 'CN=*.w.test'],
] as const) {
  test(`${servername} is shown its certificate`, async (t) => {
    assert.equal((await dial(t, termination(), { servername })).subject, subject);
  });
}

test('a client without a name is shown the certificate of the address', async (t) => {
  const local = certificate('local.test', { ip: ['127.0.0.1'] });
  const ended = termination({ certificates: [a, local] });
  assert.equal((await dial(t, ended, { servername: '' })).subject, 'CN=local.test');
});

test('who fits nowhere is shown the default certificate', async (t) => {
  const ended = termination({ fallback: b, certificates: [a] });
  assert.equal((await dial(t, ended, { servername: 'c.test' })).subject, 'CN=b.test');
  assert.equal((await dial(t, ended, { servername: '' })).subject, 'CN=b.test');
});

test('without one, a certificate of our own, made once and only then', async (t) => {
  const own = newIdentity();
  const ended = termination({ identity: own });
  await dial(t, ended, { servername: 'a.test' });
  assert.equal(own.made(), 0);
  const strangers = [
    await dial(t, ended, { servername: 'c.test' }),
    await dial(t, termination({ identity: own, name: 'other' }), { servername: '' }),
  ];
  for (const { subject } of strangers) assert.equal(subject, 'CN=SLUICE DEFAULT CERT');
  assert.equal(own.made(), 1);
});

test('sniStrict refuses who fits nowhere, and nobody else', () => {
  const ended = termination({ options: { sniStrict: true }, fallback: b, certificates: [a] });
  assert.equal(ended.serverFor('c.test', '127.0.0.1'), undefined);
  assert.equal(ended.serverFor(undefined, '127.0.0.1'), undefined);
  assert.notEqual(ended.serverFor('a.test', '127.0.0.1'), undefined);
  assert.notEqual(ended.serverFor('b.test', '127.0.0.1'), undefined);
});

test('of two kinds of key each client is shown the one that it knows', async (t) => {
  const rsa = certificate('a.test', { keyType: 'rsa' });
  const ended = termination({ certificates: [a, rsa] });
  for (const [kind, sigalgs] of [
    ['ec', 'ecdsa_secp256r1_sha256'],
    ['rsa', 'rsa_pss_rsae_sha256:RSA+SHA256'],
  ] as const) {
    const server = ended.serverFor('a.test', '');
    const shown = new Promise((resolve) =>
      server?.once('secureConnection', (stream) =>
        resolve((stream.getCertificate() as { readonly asn1Curve?: string }).asn1Curve ?? 'rsa'),
      ),
    );
    await dial(t, ended, { servername: 'a.test', sigalgs });
    assert.equal(await shown, kind === 'ec' ? 'prime256v1' : 'rsa');
  }
});

for (const [options, asked, protocol] of [
  [{}, {}, 'TLSv1.3'],
  [{}, { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
  [{ maxVersion: 'VersionTLS12' }, {}, 'TLSv1.2'],
  [
    { minVersion: 'VersionTLS10' },
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    'TLSv1.1',
  ],
] satisfies readonly (readonly [TlsOptionsConfig, ConnectionOptions, string])[]) {
  test(`${JSON.stringify(options)} and a client with ${JSON.stringify(asked)}: ${protocol}`, async (t) => {
    const seen = await dial(t, termination({ options }), { servername: 'a.test', ...asked });
    assert.equal(seen.protocol, protocol);
  });
}

test('an older version than the lowest is refused', async (t) => {
  const ended = termination({ options: { minVersion: 'VersionTLS13' } });
  const dialled = dial(t, ended, { servername: 'a.test', maxVersion: 'TLSv1.2' });
  await assert.rejects(dialled, { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
});

test('no protocol is demanded unless one is configured', async (t) => {
  const ALPNProtocols = ['postgresql'];
  const open = await dial(t, termination(), { servername: 'a.test', ALPNProtocols });
  assert.equal(open.alpn, false);
  const options = { alpnProtocols: ['h2', 'postgresql'] };
  const own = await dial(t, termination({ options }), { servername: 'a.test', ALPNProtocols });
  assert.equal(own.alpn, 'postgresql');
  await assert.rejects(
    dial(t, termination({ options: { alpnProtocols: ['h2'] } }), {
      servername: 'a.test',
      ALPNProtocols,
    }),
    { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' },
  );
});

const required: TlsOptionsConfig = { clientAuth: { caFiles: [clients.cert] } };

/** From the first to the second: is its ticket taken? */
const tickets: readonly (readonly [string, Of, Of, boolean])[] = [
  ['the same settings, made anew', {}, {}, true],
  ['another certificate beside', {}, { certificates: [a, certificate('new.test')] }, true],
  ['a renewed certificate', {}, { certificates: [certificate('a.test')] }, true],
  ['another set with the same settings', {}, { name: 'other@file' }, false],
  ['other settings', {}, { options: { sniStrict: true } }, false],
  ['client certificates', {}, { options: required }, false],
  ['another process', {}, { identity: { ...identity, secret: Buffer.alloc(32, 2) } }, false],
  ['the same authority', { options: required }, { options: required }, true],
  [
    'another authority',
    { options: required },
    { options: { clientAuth: { caFiles: [issueCa('clients').cert] } } },
    false,
  ],
  [
    'a weaker mode',
    { options: { clientAuth: { ...required.clientAuth, clientAuthType: 'RequestClientCert' } } },
    { options: required },
    false,
  ],
  [
    'no tickets',
    { options: { disableSessionTickets: true } },
    { options: { disableSessionTickets: true } },
    false,
  ],
];

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const [what, from, to, isTaken] of tickets) {
    test(`${maxVersion}, ${what}: a ticket is ${isTaken ? '' : 'not '}taken`, async (t) => {
      const options = { servername: 'a.test', maxVersion };
      const { session, isReused } = await dial(t, termination(from), options);
      assert.equal(isReused, false);
      const again = await dial(t, termination(to), { ...options, ...(session && { session }) });
      assert.equal(again.isReused, isTaken);
    });
  }
}

test('what did not change is the same', () => {
  const store = new CertificateStore([a, b], undefined);
  const first = termination({ store });
  assert.equal(termination({ store, previous: first }), first);
  assert.notEqual(termination({ store, options: { sniStrict: true }, previous: first }), first);
});

test('a change of one certificate leaves the servers of the others', () => {
  const first = termination({ certificates: [a, b] });
  const [serverOfA, serverOfB] = ['a.test', 'b.test'].map((name) => first.serverFor(name, ''));
  const renewed = certificate('b.test');
  const next = termination({ certificates: [a, renewed], previous: first });
  assert.equal(next.serverFor('a.test', ''), serverOfA);
  assert.notEqual(next.serverFor('b.test', ''), serverOfB);
  assert.equal(first.serverFor('b.test', ''), serverOfB, 'whoever has the old one keeps it');
});
