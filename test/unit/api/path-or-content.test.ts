import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pathOrContent } from '../../../src/api/path-or-content.js';

const PATHS = ['/etc/tls/ca', './ca', '../ca', 'ca.pem', 'tls/ca.crt', '/ä b/ca.pem'];

for (const path of PATHS) {
  test(`${path} is a path, and shown`, () => {
    assert.equal(pathOrContent(path), path);
  });
}

const CONTENTS = [
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n',
  '/x\n-----BEGIN PRIVATE KEY-----',
  '-----BEGIN EC PRIVATE KEY----- a.b',
  'MC4CAQAwBQYDK2VwBCIEIBz/+8x0',
  '{"kty":"OKP","d":"a.b"}',
  'secret',
  '',
];

for (const content of CONTENTS) {
  test(`${JSON.stringify(content.slice(0, 30))} may be a key, and is not shown`, () => {
    assert.equal(pathOrContent(content), '(content)');
  });
}

test('no base64 that a PEM file begins with is shown', () => {
  const der = fc.uint8Array({ minLength: 16 }).map((rest) => Buffer.from([0x30, 0x82, ...rest]));
  fc.assert(
    fc.property(der, (bytes) => {
      assert.equal(pathOrContent(bytes.toString('base64')), '(content)');
    }),
  );
});
