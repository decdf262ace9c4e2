import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSpiffeId, parseTrustDomain } from '../../../src/config/spiffe-id.js';

const ids: readonly (readonly [string, string])[] = [
  ['spiffe://example.org', 'example.org'],
  ['spiffe://example.org/a/B-9_.x', 'example.org'],
  ['spiffe://1.2.3.4/a', '1.2.3.4'],
  ['spiffe://a_b-c/...', 'a_b-c'],
  [`spiffe://a/${'x'.repeat(3_000)}`, 'a'],
];

for (const [text, trustDomain] of ids) {
  test(`${text.slice(0, 60)} is an ID`, () => {
    assert.deepEqual(parseSpiffeId(text), { ok: true, value: { text, trustDomain } });
  });
}

const notIds: readonly (readonly [string, string])[] = [
  ['', 'scheme'],
  ['example.org/a', 'scheme'],
  ['SPIFFE://example.org', 'scheme'],
  ['spiffe:/example.org', 'scheme'],
  [' spiffe://example.org', 'scheme'],
  ['https://example.org', 'scheme'],
  ['spiffe://', 'trust-domain'],
  ['spiffe:///a', 'trust-domain'],
  ['spiffe://Example.org', 'trust-domain'],
  ['spiffe://example.org:80/a', 'trust-domain'],
  ['spiffe://user@example.org/a', 'trust-domain'],
  ['spiffe://exam%70le.org', 'trust-domain'],
  ['spiffe://example.org?a', 'trust-domain'],
  ['spiffe://example.org#a', 'trust-domain'],
  ['spiffe://example.org\n', 'trust-domain'],
  ['spiffe://exämple.org', 'trust-domain'],
  ['spiffe://example.org/', 'path'],
  ['spiffe://example.org/a/', 'path'],
  ['spiffe://example.org//a', 'path'],
  ['spiffe://example.org/.', 'path'],
  ['spiffe://example.org/a/../b', 'path'],
  ['spiffe://example.org/a%20b', 'path'],
  ['spiffe://example.org/a?b', 'path'],
  ['spiffe://example.org/a#b', 'path'],
  ['spiffe://example.org/a:b', 'path'],
  ['spiffe://example.org/a\n', 'path'],
];

for (const [text, problem] of notIds) {
  test(`${JSON.stringify(text)} is no ID: ${problem}`, () => {
    assert.deepEqual(parseSpiffeId(text), { ok: false, problem });
  });
}

const trustDomains: readonly (readonly [string, string | undefined])[] = [
  ['example.org', 'example.org'],
  ['spiffe://example.org', 'example.org'],
  ['spiffe://example.org/with/path', 'example.org'],
  ['', undefined],
  ['Example.org', undefined],
  ['example.org/path', undefined],
  ['example.org:80', undefined],
  ['https://example.org', undefined],
  ['spiffe:/example.org', undefined],
  ['spiffe://example.org/', undefined],
];

for (const [text, expected] of trustDomains) {
  test(`the trust domain of ${JSON.stringify(text)}`, () => {
    const parsed = parseTrustDomain(text);
    assert.equal(parsed.ok ? parsed.value : undefined, expected);
  });
}
