import assert from 'node:assert/strict';
import test from 'node:test';
import { createServer } from 'node:tls';
import type { TlsOptionsConfig } from '../../../src/config/model.js';
import { withoutFiles } from '../../../src/config/pem.js';
import { readOptions, type TlsSettings } from '../../../src/tls/options.js';
import { issue, issueCa } from '../../support/certificates.js';

const ca = issueCa('clients');
const read = (config: TlsOptionsConfig) => readOptions(config, withoutFiles());

/** Severity, code, path and first suggestion of each problem. */
const said = (config: TlsOptionsConfig) =>
  read(config).problems.map(({ severity, code, path, suggestions = [] }) =>
    [severity, code, path, ...suggestions.slice(0, 1)].join(' '),
  );

function settings(config: TlsOptionsConfig): TlsSettings {
  const { settings: found, problems } = read(config);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return found ?? assert.fail();
}

test('what is not written', () => {
  const found = settings({});
  assert.deepEqual(said({}), []);
  assert.equal(found.minVersion, 'TLSv1.2');
  assert.equal(found.maxVersion, 'TLSv1.3');
  assert.equal(found.ecdhCurve, 'auto');
  assert.equal(found.clientCertificate, 'none');
  assert.deepEqual(found.alpnProtocols, []);
  assert.equal(found.sniStrict, false);
  assert.equal(found.hasTickets, true);
  assert.match(found.ciphers, /^(?:ECDHE-[A-Z0-9-]+:){10}(?:TLS_[A-Z0-9_]+:?){3}$/);
  assert.deepEqual(settings({ cipherSuites: [], alpnProtocols: [], curvePreferences: [] }), found);
  assert.deepEqual(settings({ minVersion: '', maxVersion: '' }), found);
});

const problems: readonly (readonly [string, TlsOptionsConfig, readonly string[]])[] = [
  [
    'a version by another name',
    { minVersion: 'TLS1.3' },
    ['error unknown-value minVersion VersionTLS13'],
  ],
  [
    'a version with a typo',
    { maxVersion: 'VersonTLS12' },
    ['error unknown-value maxVersion VersionTLS12'],
  ],
  [
    'no version between',
    { minVersion: 'VersionTLS13', maxVersion: 'VersionTLS12' },
    ['error bad-value maxVersion'],
  ],
  [
    'a highest version below the lowest that is not written',
    { maxVersion: 'VersionTLS11' },
    ['error bad-value maxVersion'],
  ],
  [
    'a suite with a typo',
    { cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25'] },
    ['error unknown-value cipherSuites[0] TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ],
  [
    'suites of which some cannot be had',
    { cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA', 'TLS_RSA_WITH_AES_128_GCM_SHA256'] },
    ['warning not-served cipherSuites'],
  ],
  [
    'suites of which none can be had',
    { cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'] },
    ['error not-served cipherSuites'],
  ],
  [
    'suites of TLS 1.3 for TLS 1.2',
    { cipherSuites: ['TLS_AES_128_GCM_SHA256'], maxVersion: 'VersionTLS12' },
    ['error bad-value cipherSuites'],
  ],
  [
    'a curve with a typo',
    { curvePreferences: ['CurveP265'] },
    ['error unknown-value curvePreferences[0] CurveP256'],
  ],
  [
    'an unknown mode',
    { clientAuth: { clientAuthType: 'RequireAndVerifyClientCerts' } },
    ['error unknown-value clientAuth.clientAuthType RequireAndVerifyClientCert'],
  ],
  [
    'a mode that verifies by nothing',
    { clientAuth: { clientAuthType: 'VerifyClientCertIfGiven' } },
    ['error missing clientAuth.clientAuthType'],
  ],
  [
    'authorities that are no file',
    { clientAuth: { caFiles: [ca.cert, '/gone.pem'] } },
    ['error unreadable clientAuth.caFiles[1]'],
  ],
  [
    'authorities without a certificate',
    { clientAuth: { caFiles: [ca.key] } },
    ['error unreadable clientAuth.caFiles[0]'],
  ],
  [
    'authorities that are cut off',
    { clientAuth: { caFiles: [ca.cert + ca.cert.slice(0, -40)] } },
    ['error unreadable clientAuth.caFiles[0]'],
  ],
  [
    'broken authorities, also where nobody is verified',
    {
      clientAuth: {
        clientAuthType: 'NoClientCert',
        caFiles: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
      },
    },
    ['error unreadable clientAuth.caFiles[0]'],
  ],
  [
    'a protocol without a name',
    { alpnProtocols: ['h2', ''] },
    ['error bad-value alpnProtocols[1]'],
  ],
];

for (const [what, config, expected] of problems) {
  test(what, () => {
    assert.deepEqual(said(config), expected);
    const isUsable = expected.every((line) => !line.startsWith('error'));
    assert.equal(read(config).settings !== undefined, isUsable);
  });
}

test('several mistakes are all said', () => {
  assert.equal(said({ minVersion: 'x', curvePreferences: ['y'], alpnProtocols: [''] }).length, 3);
});

for (const [type, caFiles, mode] of [
  [undefined, [ca.cert], 'require-and-verify'],
  ['NoClientCert', [ca.cert], 'none'],
  ['NoClientCert', [], 'none'],
  ['RequestClientCert', [], 'request'],
  ['RequireAnyClientCert', [], 'require-any'],
  ['VerifyClientCertIfGiven', [ca.cert], 'verify-if-given'],
  ['RequireAndVerifyClientCert', [ca.cert], 'require-and-verify'],
] as const) {
  test(`${type ?? 'no type'} with ${caFiles.length} CA files is ${mode}`, () => {
    const clientAuth = { caFiles, ...(type && { clientAuthType: type }) };
    assert.equal(settings({ clientAuth }).clientCertificate, mode);
  });
}

test('every certificate of every CA file counts', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => issueCa(name).cert);
  const { ca: found } = settings({
    clientAuth: { caFiles: [`${a ?? ''}text\n${b ?? ''}`, c ?? ''] },
  });
  assert.deepEqual(found, [a, b, c]);
});

test('suites keep their order, and those of TLS 1.3 stay', () => {
  const cipherSuites = [
    'TLS_AES_256_GCM_SHA384',
    'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    'TLS_FALLBACK_SCSV',
    'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  ];
  assert.match(
    settings({ cipherSuites }).ciphers,
    /^ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-SHA:TLS_AES_128/,
  );
});

test('suites of TLS 1.3 alone leave nothing older', () => {
  assert.equal(settings({ cipherSuites: ['TLS_AES_128_GCM_SHA256'] }).minVersion, 'TLSv1.3');
});

test('curves by all their names, in their order', () => {
  const curvePreferences = ['X25519', 'secp384r1', 'CurveP256', 'CurveP384'];
  assert.equal(settings({ curvePreferences }).ecdhCurve, 'X25519:P-384:P-256');
});

test('a curve that this Node lacks is no error beside one that it has (D40)', () => {
  const isNew = Number(process.versions.openssl.split('.').slice(0, 2).join('')) >= 35;
  const lacks = 'X25519MLKEM768';
  assert.deepEqual(
    said({ curvePreferences: [lacks, 'X25519'] }),
    isNew ? [] : ['warning not-served curvePreferences'],
  );
  assert.deepEqual(
    said({ curvePreferences: [lacks] }),
    isNew ? [] : ['error not-served curvePreferences'],
  );
});

const leaf = issue({ name: 'a.test' });
for (const config of [
  {},
  { minVersion: 'VersionTLS10' },
  { minVersion: 'VersionTLS13' },
  { maxVersion: 'VersionTLS12' },
  { cipherSuites: ['TLS_AES_128_GCM_SHA256'] },
  { curvePreferences: ['CurveP521', 'X25519'] },
] satisfies readonly TlsOptionsConfig[]) {
  test(`OpenSSL takes what ${JSON.stringify(config)} comes to`, () => {
    const { ciphers, ecdhCurve, minVersion, maxVersion } = settings(config);
    createServer({ cert: leaf.cert, key: leaf.key, ciphers, ecdhCurve, minVersion, maxVersion });
  });
}
