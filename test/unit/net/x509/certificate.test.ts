import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { element, sequence } from '../../../../src/net/x509/write-der.js';
import { parseCertificate, parseCertificates } from '../../../../src/net/x509/certificate.js';
import { verifyPath } from '../../../../src/net/x509/certificate-path.js';
import { issue, issueCa, type CertificateOptions } from '../../../support/certificates.js';

const parsed = (options: CertificateOptions) =>
  parseCertificate(issue(options).der) ?? assert.fail('malformed');

test('every field that a path is judged by is read', () => {
  const issuer = issueCa('root');
  const options = {
    issuer,
    isCa: true,
    pathLength: 3,
    uris: ['spiffe://a/b', 'spiffe://c'],
    dns: ['a.example', '*.b.example'],
    ip: ['10.1.2.3', '2001:db8::1'],
    notBefore: new Date('1999-12-31T23:59:59Z'),
    notAfter: new Date('2050-01-01T00:00:00Z'),
    extendedKeyUsage: ['serverAuth'],
  } as const;
  const { extensions, ...rest } = parsed(options);
  const { names } = extensions;
  assert.equal(rest.version, 3);
  assert.equal(rest.notBefore, options.notBefore.getTime());
  assert.equal(rest.notAfter, options.notAfter.getTime());
  assert.ok(rest.issuer.equals(parseCertificate(issuer.der)?.subject ?? Buffer.alloc(0)));
  assert.equal(extensions.isCa, true);
  assert.equal(extensions.pathLength, 3);
  assert.deepEqual(extensions.keyUsage, new Set(['keyCertSign', 'cRLSign']));
  assert.equal(extensions.extendedKeyUsage?.size, 1);
  assert.equal(extensions.hasUnknownCritical, false);
  assert.deepEqual(names.uris, options.uris);
  assert.deepEqual(names.dns, options.dns);
  assert.deepEqual(
    names.ips.map((ip) => ip.toString('hex')),
    ['0a010203', '20010db8000000000000000000000001'],
  );
});

test('what a certificate does not say is not restricted', () => {
  const { extensions } = parsed({ keyUsage: [], extendedKeyUsage: [] });
  assert.equal(extensions.isCa, false);
  assert.equal(extensions.pathLength, undefined);
  assert.equal(extensions.keyUsage, undefined);
  assert.equal(extensions.extendedKeyUsage, undefined);
});

test('the authorities that Node brings are read as OpenSSL reads them, and can be trusted', () => {
  assert.ok(rootCertificates.length > 50);
  for (const pem of rootCertificates) {
    const theirs = new X509Certificate(pem);
    const ours = parseCertificate(theirs.raw) ?? assert.fail(theirs.subject);
    assert.equal(ours.notBefore, Date.parse(theirs.validFrom), theirs.subject);
    assert.equal(ours.notAfter, Date.parse(theirs.validTo), theirs.subject);
    assert.equal(ours.extensions.isCa, theirs.ca, theirs.subject);
    assert.equal(ours.extensions.hasUnknownCritical, false, theirs.subject);
    const { publicKey, signed, signatureAlgorithm, signature } = ours;
    assert.notEqual(publicKey.verify(signatureAlgorithm, signed, signature), 'invalid');
    const options = { roots: [ours], now: ours.notBefore, purpose: 'serverAuth' } as const;
    assert.equal(verifyPath([ours], options).ok, true, theirs.subject);
  }
});

const leaf = issue({ dns: ['a.example'], uris: ['spiffe://a/b'] });

test('a certificate with something behind it, or without its end, is none', () => {
  assert.equal(parseCertificate(Buffer.concat([leaf.der, Buffer.of(0)])), undefined);
  assert.equal(parseCertificate(leaf.der.subarray(0, -1)), undefined);
  assert.equal(parseCertificate(Buffer.alloc(0)), undefined);
  assert.equal(parseCertificate(Buffer.from(leaf.cert)), undefined);
  assert.equal(parseCertificates([leaf.der, Buffer.alloc(0)]), undefined);
});

const value = Buffer.of(5, 0);
const names = (tag: number, bytes: Buffer) => [
  { id: '2.5.29.17', value: sequence(element(tag, bytes)) },
];
const malformed: readonly (readonly [string, CertificateOptions])[] = [
  [
    'one extension twice',
    {
      extensions: [
        { id: '1.2.3', value },
        { id: '1.2.3', value },
      ],
    },
  ],
  ['two lists of names', { dns: ['a.example'], extensions: names(0x82, Buffer.from('b.example')) }],
  ['names that are no list', { extensions: [{ id: '2.5.29.17', value }] }],
  ['a name that is not ASCII', { extensions: names(0x86, Buffer.of(0xe4)) }],
  ['an IP address of five bytes', { extensions: names(0x87, Buffer.alloc(5)) }],
  [
    'something behind the content of an extension',
    { extensions: [{ id: '2.5.29.32', value: Buffer.concat([value, value]) }] },
  ],
];

for (const [name, options] of malformed) {
  test(`malformed: ${name}`, () => {
    assert.equal(parseCertificate(issue(options).der), undefined);
  });
}

test('no change of some bytes makes the parser throw, and what was signed is still what is verified', () => {
  const ca = issueCa('root');
  const roots = parseCertificates([ca.der]) ?? [];
  const { der } = issue({ issuer: ca, uris: ['spiffe://a/b'] });
  const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
  let refused = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const bytes = Buffer.from(der);
      for (const [at, by] of changes) bytes.writeUInt8(bytes.readUInt8(at) ^ by, at);
      if (bytes.equals(der)) return;
      const certificate = parseCertificate(bytes);
      if (!certificate) refused += 1;
      else verifyPath([certificate], { roots, now: Date.now(), purpose: 'any' });
    }),
    { numRuns: 50_000 },
  );
  assert.ok(refused > 1_000);
});

test('no cut and no insertion makes the parser throw', () => {
  const { der } = leaf;
  fc.assert(
    fc.property(
      fc.nat(der.length),
      fc.nat(40),
      fc.uint8Array({ maxLength: 40 }),
      (at, cut, put) => {
        const bytes = Buffer.concat([der.subarray(0, at), put, der.subarray(at + cut)]);
        const certificate = parseCertificate(bytes);
        assert.ok(certificate === undefined || certificate.der.length === bytes.length);
      },
    ),
    { numRuns: 50_000 },
  );
});
