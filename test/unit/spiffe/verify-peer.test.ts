import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCertificates } from '../../../src/net/x509/certificate.js';
import { authorizerOf, type WantedPeers } from '../../../src/spiffe/authorizer.js';
import { verifyPeer, type PeerFailure } from '../../../src/spiffe/verify-peer.js';
import {
  issue,
  issueCa,
  type CertificateOptions,
  type Issued,
} from '../../support/certificates.js';
import { trustDomain } from '../../support/svids.js';

const HOUR_MS = 3_600_000;
const now = Date.now();
const hours = (count: number) => new Date(now + count * HOUR_MS);

const ours = trustDomain('example.org');
const friends = trustDomain('friends.example');
const strangers = trustDomain('strangers.example');

const parsed = (...certificates: readonly Issued[]) =>
  parseCertificates(certificates.map(({ der }) => der)) ?? assert.fail('malformed');

/** We know ourselves and our friends. */
const bundles = new Map([
  ['example.org', parsed(ours.ca)],
  ['friends.example', parsed(friends.ca)],
]);

const verify = (chain: readonly Issued[], wanted: WantedPeers = {}) =>
  verifyPeer(
    chain.map(({ der }) => der),
    bundles,
    authorizerOf(wanted),
    now,
  );

const db = (options?: CertificateOptions) => [ours.issue('/db', options)];
const ID = 'spiffe://example.org/db';

const intermediate = issueCa('below', { issuer: ours.ca });
const renewed = issueCa(ours.ca.name, { uris: ['spiffe://example.org'] });

const believed: readonly (readonly [string, readonly Issued[], WantedPeers, string])[] = [
  ['any ID of our own trust domain', db(), {}, ID],
  ['the wanted ID', db(), { ids: ['spiffe://example.org/x', ID] }, ID],
  ['the wanted trust domain', db(), { trustDomain: 'example.org' }, ID],
  ['an ID without a path', db({ uris: ['spiffe://example.org'] }), {}, 'spiffe://example.org'],
  ['a federated peer', [friends.issue('/db')], {}, 'spiffe://friends.example/db'],
  [
    'a wanted federated peer',
    [friends.issue('/db')],
    { trustDomain: 'friends.example' },
    'spiffe://friends.example/db',
  ],
  [
    'a leaf below an intermediate',
    [ours.issue('/db', { issuer: intermediate }), intermediate],
    {},
    ID,
  ],
  ['a leaf that is for clients alone', db({ extendedKeyUsage: ['clientAuth'] }), {}, ID],
  ['a leaf for neither', db({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'] }), {}, ID],
  ['DNS names beside the ID', db({ dns: ['db.example.org'] }), {}, ID],
  ['a leaf without key usage', db({ keyUsage: [] }), {}, ID],
];

for (const [name, chain, wanted, id] of believed) {
  test(`believed: ${name}`, () => {
    const result = verify(chain, wanted);
    assert.equal(result.ok ? result.id.text : result.reason, id);
  });
}

const refused: readonly (readonly [string, readonly Issued[], WantedPeers, PeerFailure])[] = [
  ['no certificate', [], {}, 'no-certificate'],
  ['another ID', db(), { ids: ['spiffe://example.org/x'] }, 'not-authorized'],
  ['another trust domain', db(), { trustDomain: 'friends.example' }, 'not-authorized'],
  ['a friend where we are wanted', [friends.issue('/db')], { ids: [ID] }, 'not-authorized'],
  ['a stranger', [strangers.issue('/db')], {}, 'no-bundle'],
  ['a leaf of yesterday', db({ notAfter: hours(-0.5) }), {}, 'expired'],
  ['a leaf of tomorrow', db({ notBefore: hours(1) }), {}, 'not-yet-valid'],
  ['two URIs', db({ uris: [ID, 'spiffe://example.org/x'] }), {}, 'several-uris'],
  ['the wanted ID twice', db({ uris: [ID, ID] }), { ids: [ID] }, 'several-uris'],
  ['a URI beside the ID', db({ uris: [ID, 'https://db.example.org'] }), {}, 'several-uris'],
  ['no URI', db({ uris: [], dns: ['db.example.org'] }), {}, 'no-spiffe-id'],
  ['a URI of another scheme', db({ uris: ['https://example.org/db'] }), {}, 'bad-spiffe-id'],
  ['an ID with a port', db({ uris: ['spiffe://example.org:80/db'] }), {}, 'bad-spiffe-id'],
  ['an ID in capitals', db({ uris: ['spiffe://EXAMPLE.org/db'] }), {}, 'bad-spiffe-id'],
  ['a CA for a leaf', db({ isCa: true }), {}, 'leaf-is-ca'],
  ['the authority itself', [ours.ca], {}, 'leaf-is-ca'],
  ['a leaf that may sign', db({ keyUsage: ['digitalSignature', 'keyCertSign'] }), {}, 'leaf-is-ca'],
  ['a leaf that may revoke', db({ keyUsage: ['digitalSignature', 'cRLSign'] }), {}, 'leaf-is-ca'],
  [
    'an intermediate that is no CA',
    ((issuer: Issued) => [ours.issue('/db', { issuer }), issuer])(
      issue({ name: 'below', issuer: ours.ca }),
    ),
    {},
    'not-a-ca',
  ],
  [
    'a CA in the place of an intermediate that only a stranger believes',
    ((issuer: Issued) => [ours.issue('/db', { issuer }), issuer, strangers.ca])(
      issueCa('below', { issuer: strangers.ca }),
    ),
    {},
    'unknown-issuer',
  ],
  [
    'our ID in the name of our friends: their authority counts for them alone',
    [ours.issue('/db', { issuer: friends.ca })],
    {},
    'unknown-issuer',
  ],
  [
    "our friends' ID in our name",
    [friends.issue('/db', { issuer: ours.ca })],
    {},
    'unknown-issuer',
  ],
  [
    'our ID over an intermediate of our friends',
    ((issuer: Issued) => [ours.issue('/db', { issuer }), issuer])(
      issueCa('below', { issuer: friends.ca }),
    ),
    {},
    'unknown-issuer',
  ],
  [
    'an authority that only has our name',
    [ours.issue('/db', { issuer: renewed })],
    {},
    'unknown-issuer',
  ],
  ['a self-signed peer', [issue({ uris: [ID] })], {}, 'unknown-issuer'],
  [
    'a critical extension that nobody knows',
    db({ extensions: [{ id: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] }),
    {},
    'critical-extension',
  ],
  ['a signature with SHA-1', db({ signature: 'sha1' }), {}, 'weak-algorithm'],
];

for (const [name, chain, wanted, reason] of refused) {
  test(`refused: ${name}`, () => {
    const result = verify(chain, wanted);
    assert.equal(result.ok ? result.id.text : result.reason, reason);
  });
}

test('whom the peer claims to be is told with the refusal, as soon as that is one ID', () => {
  const claimed = { text: ID, trustDomain: 'example.org' };
  assert.deepEqual(verify(db(), { ids: ['spiffe://a/b'] }), {
    ok: false,
    reason: 'not-authorized',
    claimed,
  });
  assert.deepEqual(verify(db({ notAfter: hours(-0.5) })), {
    ok: false,
    reason: 'expired',
    depth: 0,
    claimed,
  });
  assert.deepEqual(verify(db({ uris: [ID, ID] })), { ok: false, reason: 'several-uris' });
});

test('one malformed certificate refuses the chain, wherever it stands', () => {
  const [leaf] = db();
  const bad = Buffer.from('malformed');
  const chain = [leaf?.der ?? bad, bad];
  const result = verifyPeer(chain, bundles, authorizerOf({}), now);
  assert.deepEqual(result, { ok: false, reason: 'malformed' });
});

test('a bundle is believed while it is held: both authorities during a rotation, and then the new one', () => {
  const old = db().map(({ der }) => der);
  const verified = (...held: readonly Issued[]) =>
    verifyPeer(old, new Map([['example.org', parsed(...held)]]), authorizerOf({}), now).ok;
  assert.deepEqual(
    [verified(ours.ca), verified(renewed, ours.ca), verified(renewed)],
    [true, true, false],
  );
});
