import assert from 'node:assert/strict';
import test from 'node:test';
import { authorizerOf, isAuthorized, type WantedPeers } from '../../../src/spiffe/authorizer.js';

const peer = { text: 'spiffe://example.org/db', trustDomain: 'example.org' };

const cases: readonly (readonly [string, WantedPeers, boolean])[] = [
  ['nothing said', {}, true],
  ['empty as good as nothing', { ids: [], trustDomain: '' }, true],
  ['the ID', { ids: ['spiffe://example.org/x', 'spiffe://example.org/db'] }, true],
  ['another ID', { ids: ['spiffe://example.org/x'] }, false],
  ['another case', { ids: ['spiffe://example.org/DB'] }, false],
  ['what is longer', { ids: ['spiffe://example.org/db/2'] }, false],
  ['what is shorter', { ids: ['spiffe://example.org'] }, false],
  ['the trust domain', { trustDomain: 'example.org' }, true],
  ['the trust domain of an ID', { trustDomain: 'spiffe://example.org/any' }, true],
  ['another trust domain', { trustDomain: 'example.com' }, false],
  ['IDs before the trust domain', { ids: ['spiffe://a/b'], trustDomain: 'example.org' }, false],
  ['the ID, and another trust domain', { ids: [peer.text], trustDomain: 'example.com' }, true],
  ['what is no ID', { ids: ['nope'] }, false],
  ['what is no trust domain', { trustDomain: 'Example.org' }, false],
];

for (const [name, wanted, expected] of cases) {
  test(`${name}: ${expected ? 'wanted' : 'not wanted'}`, () => {
    assert.equal(isAuthorized(peer, authorizerOf(wanted)), expected);
  });
}
