import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encode, type Json } from '../../../src/api/json.js';
import { serversTransportView, tlsOptionsView } from '../../../src/api/transport-views.js';
import type { ServersTransportConfig, TlsOptionsConfig } from '../../../src/config/model.js';
import type { DefaultTransportConfig } from '../../../src/config/static.js';

const DEFAULTS: DefaultTransportConfig = {
  dialTimeout: 1_000,
  dialKeepAlive: 2_000,
  terminationDelay: 300,
  tls: undefined,
};

const written = (view: Json): unknown => JSON.parse(encode(view));

const TIMES = { dialKeepAlive: '15s', dialTimeout: '30s', terminationDelay: '300ms' };

const TRANSPORTS: readonly (readonly [
  name: string,
  config: ServersTransportConfig,
  shown: object,
])[] = [
  ['without anything has what is in force', {}, TIMES],
  [
    'with times, zero among them',
    { dialTimeout: 0, dialKeepAlive: -1_000, terminationDelay: 0 },
    { dialKeepAlive: '-1s', dialTimeout: '0s', terminationDelay: '0s' },
  ],
  [
    'with a PROXY header and empty TLS',
    { proxyProtocol: {}, tls: {} },
    { ...TIMES, proxyProtocol: { version: 2 }, tls: {} },
  ],
  [
    'with all of TLS and SPIFFE',
    {
      tls: {
        serverName: 'db.test',
        insecureSkipVerify: true,
        rootCAs: ['/ca.pem', 'MIIB+x/y'],
        certificates: [{ certFile: 'c.pem', keyFile: '-----BEGIN' }, { certFile: 'both.pem' }],
        peerCertURI: 'spiffe://a/b',
        spiffe: { ids: ['spiffe://a/b'], trustDomain: 'a' },
      },
      spiffe: {},
    },
    {
      ...TIMES,
      tls: {
        serverName: 'db.test',
        insecureSkipVerify: true,
        rootCAs: ['/ca.pem', '(content)'],
        certificates: [{ certFile: 'c.pem', keyFile: '(content)' }, { certFile: 'both.pem' }],
        peerCertURI: 'spiffe://a/b',
        spiffe: { ids: ['spiffe://a/b'], trustDomain: 'a' },
      },
      spiffe: {},
    },
  ],
];

for (const [name, config, shown] of TRANSPORTS) {
  test(`a servers transport ${name}`, () => {
    assert.deepEqual(written(serversTransportView(config, DEFAULTS)), shown);
  });
}

const OPTIONS: readonly (readonly [config: TlsOptionsConfig, shown: object])[] = [
  [{}, {}],
  [{ minVersion: '', cipherSuites: [], sniStrict: false, clientAuth: {} }, { clientAuth: {} }],
  [
    {
      minVersion: 'VersionTLS12',
      maxVersion: 'VersionTLS13',
      cipherSuites: ['TLS_AES_128_GCM_SHA256'],
      curvePreferences: ['X25519'],
      clientAuth: { caFiles: ['/ca.pem', 'MIIB'], clientAuthType: 'RequestClientCert' },
      sniStrict: true,
      alpnProtocols: ['h2'],
      disableSessionTickets: true,
      preferServerCipherSuites: false,
    },
    {
      minVersion: 'VersionTLS12',
      maxVersion: 'VersionTLS13',
      cipherSuites: ['TLS_AES_128_GCM_SHA256'],
      curvePreferences: ['X25519'],
      clientAuth: { caFiles: ['/ca.pem', '(content)'], clientAuthType: 'RequestClientCert' },
      sniStrict: true,
      alpnProtocols: ['h2'],
      disableSessionTickets: true,
      preferServerCipherSuites: false,
    },
  ],
];

for (const [config, shown] of OPTIONS) {
  test(`TLS options ${JSON.stringify(shown)}`, () => {
    assert.deepEqual(written(tlsOptionsView(config)), shown);
  });
}

test('nothing of a key is shown, wherever it is put', () => {
  const pem = fc
    .uint8Array({ minLength: 48, maxLength: 96 })
    .map((key) => Buffer.from(key).toString('base64'));
  fc.assert(
    fc.property(pem, (body) => {
      const key = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
      const tls = {
        rootCAs: [key],
        certificates: [{ certFile: key }, { certFile: 'c.pem', keyFile: key }, { keyFile: key }],
      };
      const shown =
        encode(serversTransportView({ tls }, DEFAULTS)) +
        encode(tlsOptionsView({ clientAuth: { caFiles: [key] } }));
      assert.equal(shown.includes(body), false);
    }),
  );
});
