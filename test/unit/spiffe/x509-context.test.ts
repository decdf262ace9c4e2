import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { x509ContextOf, type MessageProblem } from '../../../src/spiffe/x509-context.js';
import { readX509SvidResponse } from '../../../src/spiffe/x509-svid-response.js';
import { issueCa, type CertificateOptions, type Issued } from '../../support/certificates.js';
import { field, pkcs8, responseMessage, trustDomain, type SentSvid } from '../../support/svids.js';

const ours = trustDomain('example.org');
const friends = trustDomain('friends.example');
const sent = ours.svid('/db');

function contextOf(message: Buffer) {
  const response = readX509SvidResponse(message) ?? assert.fail('malformed');
  return x509ContextOf(response);
}

const good = (svids: readonly SentSvid[], federated: Record<string, readonly Issued[]> = {}) => {
  const result = contextOf(responseMessage(svids, federated));
  return result.ok ? result.context : assert.fail(result.problem);
};

const bundlesOf = (svids: readonly SentSvid[], federated?: Record<string, readonly Issued[]>) =>
  [...good(svids, federated).bundles].map(
    ([name, certificates]) => [name, certificates.map(({ der }) => der)] as const,
  );

test('the SVID comes as what TLS takes: a chain and its key in PEM', () => {
  const intermediate = issueCa('below', { issuer: ours.ca });
  const leaf = ours.issue('/db', { issuer: intermediate });
  const { svid } = good([{ ...sent, chain: [leaf, intermediate], key: pkcs8(leaf) }]);
  assert.deepEqual(svid.id, { text: 'spiffe://example.org/db', trustDomain: 'example.org' });
  assert.equal(svid.cert, leaf.chain);
  assert.ok(new X509Certificate(svid.cert).checkPrivateKey(createPrivateKey(svid.key)));
});

test('the SVID expires with the first certificate of its chain', () => {
  const soon = new Date('2031-02-03T04:05:06Z');
  const intermediate = issueCa('below', { issuer: ours.ca, notAfter: soon });
  const notAfter = new Date('2032-01-01T00:00:00Z');
  const leaf = ours.issue('/db', { issuer: intermediate, notAfter });
  const { svid } = good([{ ...sent, chain: [leaf, intermediate], key: pkcs8(leaf) }]);
  assert.equal(svid.expiresAt, soon.getTime());
});

test('the first of several SVIDs is the identity; the bundles of all are kept', () => {
  const federated = { 'spiffe://c.example': [friends.ca], 'd.example': [friends.ca, ours.ca] };
  const svids = [sent, friends.svid('/x')];
  assert.equal(good(svids).svid.id.text, 'spiffe://example.org/db');
  assert.deepEqual(bundlesOf(svids, federated), [
    ['example.org', [ours.ca.der]],
    ['friends.example', [friends.ca.der]],
    ['c.example', [friends.ca.der]],
    ['d.example', [friends.ca.der, ours.ca.der]],
  ]);
});

test('a later bundle of a trust domain replaces an earlier one', () => {
  assert.deepEqual(bundlesOf([sent], { 'example.org': [friends.ca] }), [
    ['example.org', [friends.ca.der]],
  ]);
});

test('an SVID that repeats a hint is not looked at, but its bundle is', () => {
  const broken = { id: 'spiffe://friends.example', bundle: [friends.ca], hint: 'one' };
  const { svid, bundles } = good([{ ...sent, hint: 'one' }, broken]);
  assert.equal(svid.id.text, 'spiffe://example.org/db');
  assert.equal(bundles.size, 2);
});

for (const keyType of ['rsa', 'ed25519'] as const) {
  test(`a key of type ${keyType}`, () => {
    const { key } = good([ours.svid('/db', { keyType })]).svid;
    assert.equal(createPrivateKey(key).asymmetricKeyType, keyType);
  });
}

const withLeaf = (options: CertificateOptions): SentSvid => ours.svid('/db', options);
const below = (options: CertificateOptions): SentSvid => {
  const intermediate = issueCa('below', { issuer: ours.ca, ...options });
  const leaf = ours.issue('/db', { issuer: intermediate });
  return { ...sent, chain: [leaf, intermediate], key: pkcs8(leaf) };
};

const refused: readonly (readonly [string, Buffer, MessageProblem])[] = [
  ['no SVID', responseMessage([]), 'no-svid'],
  ['an SVID without a certificate', responseMessage([{ ...sent, chain: [] }]), 'bad-certificate'],
  [
    'an SVID that is not DER',
    field(1, Buffer.concat([field(1, sent.id ?? ''), field(2, 'garbage')])),
    'bad-certificate',
  ],
  [
    'two URIs',
    responseMessage([withLeaf({ uris: ['spiffe://a/b', 'spiffe://c/d'] })]),
    'several-uris',
  ],
  ['no URI', responseMessage([withLeaf({ uris: [] })]), 'no-spiffe-id'],
  ['no SPIFFE ID', responseMessage([withLeaf({ uris: ['https://a/b'] })]), 'bad-spiffe-id'],
  ['a CA for a leaf', responseMessage([withLeaf({ isCa: true })]), 'leaf-is-ca'],
  [
    'a leaf that may sign',
    responseMessage([withLeaf({ keyUsage: ['digitalSignature', 'keyCertSign'] })]),
    'leaf-is-ca',
  ],
  [
    'a leaf that is not for signatures',
    responseMessage([withLeaf({ keyUsage: ['keyEncipherment'] })]),
    'no-digital-signature',
  ],
  [
    'a leaf without key usage',
    responseMessage([withLeaf({ keyUsage: [] })]),
    'no-digital-signature',
  ],
  [
    'an intermediate that is no CA',
    responseMessage([below({ isCa: false })]),
    'intermediate-is-no-ca',
  ],
  [
    'an intermediate that may not sign',
    responseMessage([below({ keyUsage: ['cRLSign'] })]),
    'intermediate-is-no-ca',
  ],
  ['no key', responseMessage([{ ...sent, key: Buffer.alloc(0) }]), 'bad-key'],
  ['a key that is none', responseMessage([{ ...sent, key: Buffer.from('x') }]), 'bad-key'],
  ['the key of another', responseMessage([{ ...sent, key: pkcs8(ours.ca) }]), 'key-mismatch'],
  ['an SVID without a bundle', responseMessage([{ ...sent, bundle: [] }]), 'bad-bundle'],
  [
    'an ID that is none',
    responseMessage([{ ...sent, id: 'example' }, { id: '' }]),
    'bad-certificate',
  ],
  ['no ID beside the SVID', responseMessage([{ ...sent, id: '' }]), 'bad-trust-domain'],
  ['an empty federated bundle', responseMessage([sent], { 'a.example': [] }), 'bad-bundle'],
  [
    'a federated bundle of nobody',
    responseMessage([sent], { '': [friends.ca] }),
    'bad-trust-domain',
  ],
  [
    'a second SVID that is broken',
    responseMessage([sent, { ...sent, chain: [ours.ca] }]),
    'leaf-is-ca',
  ],
];

for (const [name, message, problem] of refused) {
  test(`refused: ${name}`, () => {
    const result = contextOf(message);
    assert.equal(result.ok ? undefined : result.problem, problem);
  });
}

const bytes = responseMessage([sent], { 'friends.example': [friends.ca] });

test('no change of some bytes makes a message throw', () => {
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const message = Buffer.from(bytes);
      for (const [at, byte] of changes) message.writeUInt8(byte, at);
      const response = readX509SvidResponse(message);
      if (response) x509ContextOf(response);
    }),
    { numRuns: 3_000 },
  );
});

test('no cut of a message is taken for a whole one', () => {
  for (let length = 1; length < bytes.length; length += 1) {
    const response = readX509SvidResponse(bytes.subarray(0, length));
    // Between two fields a message may end: then a whole part is missing.
    if (response) assert.equal(response.svids.length + response.federatedBundles.size, 1);
  }
});
