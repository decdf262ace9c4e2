import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { withoutFiles } from '../../../src/config/pem.js';
import { readPair } from '../../../src/tls/certificate.js';
import { selfSigned } from '../../../src/tls/default-certificate.js';

const DAY_MS = 86_400_000;

test('the default certificate is one like any other', () => {
  const now = Date.UTC(2026, 5, 1);
  const made = selfSigned(now);
  const { chain: certFile, key: keyFile } = made;
  assert.deepEqual(readPair({ certFile, keyFile }, withoutFiles()), {
    ok: true,
    certificate: made,
    isMisordered: false,
  });
  assert.equal(made.keyType, 'ec');
  assert.equal(made.validFrom, now - DAY_MS);
  assert.equal(made.validTo, now + 3_650 * DAY_MS);
});

test('it is nobody, and no authority', () => {
  const certificate = new X509Certificate(selfSigned(Date.now()).chain);
  assert.equal(certificate.subject, 'CN=SLUICE DEFAULT CERT');
  assert.match(
    certificate.subjectAltName ?? '',
    /^DNS:[0-9a-f]{32}\.[0-9a-f]{32}\.sluice\.default$/,
  );
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.match(certificate.serialNumber, /^40[0-9A-F]{30}$/);
});

test('one that ends after 2049 says so in the longer form of time', () => {
  const made = selfSigned(Date.UTC(2045, 0, 1));
  assert.equal(made.validTo, Date.UTC(2045, 0, 1) + 3_650 * DAY_MS);
});

test('each is another', () => {
  assert.notEqual(selfSigned(0).id, selfSigned(0).id);
});
