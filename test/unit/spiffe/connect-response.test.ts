import assert from 'node:assert/strict';
import test from 'node:test';
import { connectResponse } from '../../../src/spiffe/connect-response.js';
import { issue, issueCa } from '../../support/certificates.js';

const ROOT = issueCa('root');
const URI = 'spiffe://x.consul/ns/default/dc/dc1/svc/sluice';
const LEAF = issue({ issuer: ROOT, uris: [URI] });
const MATERIAL = {
  trustDomain: 'x.consul',
  roots: [ROOT.cert],
  leaf: { uri: URI, chain: LEAF.cert, key: LEAF.key },
};

test('leaf and roots of an agent are an SVID and its bundle', () => {
  const [svid] = connectResponse(MATERIAL)?.svids ?? [];
  assert.equal(svid?.spiffeId, URI);
  assert.deepEqual(svid.x509Svid, LEAF.der);
  assert.deepEqual(svid.bundle, ROOT.der);
});

const UNUSABLE: readonly (readonly [string, Partial<typeof MATERIAL>])[] = [
  ['a leaf of another cluster', { trustDomain: 'y.consul' }],
  [
    'roots that are no certificates',
    { roots: ['-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'] },
  ],
  ['a key that is none', { leaf: { ...MATERIAL.leaf, key: 'x' } }],
];

for (const [name, rest] of UNUSABLE) {
  test(`${name} cannot be used`, () => {
    assert.equal(connectResponse({ ...MATERIAL, ...rest }), undefined);
  });
}
