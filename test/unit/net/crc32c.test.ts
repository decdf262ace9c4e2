import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32c } from '../../../src/net/crc32c.js';

// RFC 3720, B.4, and the check value of the CRC catalogue.
const CASES: readonly (readonly [string, Buffer, number])[] = [
  ['nothing', Buffer.alloc(0), 0],
  ['the digits', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 times 255', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
];

for (const [name, bytes, expected] of CASES) {
  test(`the checksum of ${name}, whole and in parts`, () => {
    assert.equal(crc32c(bytes), expected);
    assert.equal(crc32c(bytes.subarray(0, 3), bytes.subarray(3)), expected);
  });
}
