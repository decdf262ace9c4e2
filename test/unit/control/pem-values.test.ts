import assert from 'node:assert/strict';
import test from 'node:test';
import { merge } from '../../../src/control/merge.js';
import { pemValuesOf } from '../../../src/control/pem-values.js';
import { file, snapshot, type Written } from '../../support/parts.js';

const pair = (name: string) => ({ certFile: `${name}.crt`, keyFile: `${name}.key` });

const written: Written = {
  serversTransports: {
    t: { tls: { rootCAs: ['roots.pem', ''], certificates: [pair('client')] } },
    plain: {},
  },
  tlsOptions: { o: { clientAuth: { caFiles: ['clients.pem'] } } },
  tlsStores: { default: { defaultCertificate: pair('default') } },
  tlsCertificates: [pair('a'), { certFile: 'whole.pem' }],
};

const valuesOf = (broken: readonly string[]) =>
  [
    ...pemValuesOf(
      merge(new Map([['file', snapshot(file('a.yml', written, 0, broken))]]), new Set()),
      ['static.pem'],
    ),
  ].sort();

test('everything that is a path or PEM content is found', () => {
  assert.deepEqual(valuesOf([]), [
    'a.crt',
    'a.key',
    'client.crt',
    'client.key',
    'clients.pem',
    'default.crt',
    'default.key',
    'roots.pem',
    'static.pem',
    'whole.pem',
  ]);
});

test('what a broken object names is not read (D8: labels may not)', () => {
  const broken = [
    'serversTransport t',
    'tlsOptions o',
    'tlsStore default',
    'certificate [0]',
    'certificate [1]',
  ];
  assert.deepEqual(valuesOf(broken), ['static.pem']);
});
