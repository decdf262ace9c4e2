import assert from 'node:assert/strict';
import test from 'node:test';
import { withoutFiles, type Materials } from '../../../src/config/pem.js';
import { readPair, type PairRead, type WrittenPair } from '../../../src/tls/certificate.js';
import { element, pem, sequence } from '../../../src/net/x509/write-der.js';
import { issue, issueCa } from '../../support/certificates.js';

const ca = issueCa('ca');
const inner = issueCa('inner', { issuer: ca });
const leaf = issue({ name: 'leaf.test', dns: ['leaf.test'], issuer: inner });
const other = issue({ name: 'other.test' });

const read = (pair: WrittenPair, materials: Materials = withoutFiles()) =>
  readPair(pair, materials);

const subjects = (result: PairRead) =>
  result.ok ? result.certificate.chain.match(/BEGIN/g)?.length : result.fault;

test('a certificate and its key', () => {
  const result = read({ certFile: leaf.chain, keyFile: leaf.key });
  assert.ok(result.ok && !result.isMisordered);
  assert.equal(result.certificate.chain, leaf.chain);
  assert.equal(result.certificate.keyType, 'ec');
  assert.deepEqual(result.certificate.names, ['leaf.test']);
  assert.ok(result.certificate.validFrom < Date.now() && result.certificate.validTo > Date.now());
});

test('chain and key in one value, in any order (D4)', () => {
  for (const whole of [leaf.chain + leaf.key, leaf.key + leaf.chain]) {
    const result = read({ certFile: whole });
    assert.ok(result.ok && !result.isMisordered);
    assert.equal(result.certificate.chain, leaf.chain);
  }
});

test('files are read where they are named', () => {
  const texts = new Map([
    ['/a.crt', leaf.chain],
    ['/a.key', leaf.key],
  ]);
  const materials: Materials = {
    pem: (value) => ({ ok: true, text: texts.get(value) ?? '' }),
  };
  assert.ok(read({ certFile: '/a.crt', keyFile: '/a.key' }, materials).ok);
});

test('the same certificate has the same id, and another chain another', () => {
  const [whole, short] = [leaf.chain, leaf.cert].map((certFile) =>
    read({ certFile, keyFile: leaf.key }),
  );
  const again = read({ certFile: `commentary\n${leaf.chain}`, keyFile: leaf.key });
  assert.ok(whole?.ok && short?.ok && again.ok);
  assert.equal(again.certificate.id, whole.certificate.id);
  assert.notEqual(short.certificate.id, whole.certificate.id);
});

test('a chain in the wrong order is put in order, and it is said', () => {
  const result = read({ certFile: inner.cert + leaf.cert, keyFile: leaf.key });
  assert.ok(result.ok && result.isMisordered);
  assert.equal(result.certificate.chain, leaf.chain);
  const mixed = read({ certFile: leaf.cert + ca.cert + inner.cert, keyFile: leaf.key });
  assert.ok(mixed.ok && !mixed.isMisordered);
  assert.equal(mixed.certificate.chain, leaf.cert + inner.cert + ca.cert);
});

test('a self-signed certificate is no circle', () => {
  const self = issue({ name: 'self.test' });
  assert.equal(subjects(read({ certFile: self.cert + self.cert, keyFile: self.key })), 2);
});

test('of several keys the one that fits is used, and curve parameters are passed over', () => {
  const parameters =
    '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  const keyFile = parameters + other.key + leaf.key;
  assert.ok(read({ certFile: leaf.chain, keyFile }).ok);
});

const encrypted = leaf.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
  .toString();
const oldEncrypted = leaf.privateKey
  .export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
  .toString();
const garbage = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;

const faults: readonly (readonly [string, WrittenPair, string])[] = [
  ['nothing', {}, 'empty certFile'],
  ['a certificate that is no file', { certFile: '/gone', keyFile: leaf.key }, 'not-found certFile'],
  ['a key that is no file', { certFile: leaf.cert, keyFile: '/gone' }, 'not-found keyFile'],
  ['no key at all', { certFile: leaf.cert }, 'no-key certFile'],
  ['a certificate as key', { certFile: leaf.cert, keyFile: leaf.cert }, 'no-key keyFile'],
  ['a key as certificate', { certFile: leaf.key, keyFile: leaf.key }, 'no-certificate certFile'],
  ['the key of another', { certFile: leaf.cert, keyFile: other.key }, 'mismatched keyFile'],
  ['an encrypted key', { certFile: leaf.cert, keyFile: encrypted }, 'encrypted-key keyFile'],
  ['one of the old kind', { certFile: leaf.cert + oldEncrypted }, 'encrypted-key certFile'],
  ['garbage', { certFile: garbage('CERTIFICATE'), keyFile: leaf.key }, 'bad-certificate certFile'],
  ['a broken key', { certFile: leaf.cert, keyFile: garbage('PRIVATE KEY') }, 'bad-key keyFile'],
  [
    'half a certificate',
    { certFile: leaf.chain.slice(0, -50), keyFile: leaf.key },
    'torn certFile',
  ],
  ['half a key', { certFile: leaf.cert, keyFile: leaf.key.slice(0, 100) }, 'torn keyFile'],
  [
    'DER that is no certificate',
    { certFile: pem('CERTIFICATE', sequence(element(0x02))), keyFile: leaf.key },
    'bad-certificate certFile',
  ],
  [
    'a broken certificate behind a good one',
    { certFile: leaf.cert + garbage('CERTIFICATE'), keyFile: leaf.key },
    'bad-certificate certFile',
  ],
];

for (const [what, pair, expected] of faults) {
  test(`${what}: ${expected}`, () => {
    const result = read(pair);
    assert.ok(!result.ok);
    assert.equal(`${result.fault} ${result.field}`, expected);
    assert.ok(!result.detail.includes('AAAA'));
  });
}

for (const keyType of ['rsa', 'ed25519'] as const) {
  test(`an ${keyType} key`, () => {
    const issued = issue({ name: 'x.test', keyType });
    const result = read({ certFile: issued.cert, keyFile: issued.key });
    assert.ok(result.ok);
    assert.equal(result.certificate.keyType, keyType);
  });
}

test('whom a certificate is for', () => {
  const issued = issue({
    name: 'CN.test',
    dns: ['A.Test', '*.b.test', 'a.test', 'dot.test.'],
    ip: ['10.0.0.1', '2001:db8::1'],
    uris: ['spiffe://x/y, DNS:evil.test'],
  });
  const result = read({ certFile: issued.cert, keyFile: issued.key });
  assert.ok(result.ok);
  assert.deepEqual([...result.certificate.names].sort(), [
    '*.b.test',
    '10.0.0.1',
    '2001:db8::1',
    'a.test',
    'cn.test',
    'dot.test',
  ]);
});
