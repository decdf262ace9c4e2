import assert from 'node:assert/strict';
import test from 'node:test';
import { element, objectId, pem, time } from '../../../../src/net/x509/write-der.js';

for (const [length, header] of [
  [0, '0400'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_535, '0482ffff'],
] as const) {
  test(`an element of ${length} bytes`, () => {
    const written = element(0x04, Buffer.alloc(length));
    assert.equal(written.subarray(0, written.length - length).toString('hex'), header);
  });
}

for (const [text, hex] of [
  ['2.5.4.3', '0603550403'],
  ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ['1.3.6.1.4.1.311', '06072b060104018237'],
] as const) {
  test(`object identifier ${text}`, () => assert.equal(objectId(text).toString('hex'), hex));
}

test('time is short until 2049', () => {
  assert.equal(
    time(new Date(Date.UTC(2049, 11, 31, 23, 59, 59)))
      .subarray(2)
      .toString(),
    '491231235959Z',
  );
  assert.equal(
    time(new Date(Date.UTC(2050, 0, 1)))
      .subarray(2)
      .toString(),
    '20500101000000Z',
  );
});

test('PEM has lines of 64 characters', () => {
  assert.equal(
    pem('X', Buffer.alloc(49)),
    `-----BEGIN X-----\n${'A'.repeat(64)}\nAA==\n-----END X-----\n`,
  );
});
