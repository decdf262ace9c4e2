import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readFields } from '../../../src/spiffe/protobuf.js';
import { field, varint } from '../../support/svids.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const good: readonly (readonly [string, Buffer, readonly (readonly [number, string])[]])[] = [
  ['nothing', hex(''), []],
  ['a string', field(1, 'a'), [[1, 'a']]],
  ['an empty string', field(5, ''), [[5, '']]],
  [
    'one field twice',
    Buffer.concat([field(1, 'a'), field(1, 'b')]),
    [
      [1, 'a'],
      [1, 'b'],
    ],
  ],
  ['the largest number of a field', field(2 ** 29 - 1, 'a'), [[2 ** 29 - 1, 'a']]],
  ['a number, which is skipped', Buffer.concat([hex('08 ff 01'), field(1, 'a')]), [[1, 'a']]],
  [
    'the largest number',
    Buffer.concat([hex('08 ffffffffffffffffff 01'), field(1, 'a')]),
    [[1, 'a']],
  ],
  [
    'fixed numbers',
    Buffer.concat([hex('09 0000000000000000 0d 00000000'), field(1, 'a')]),
    [[1, 'a']],
  ],
];

for (const [name, message, expected] of good) {
  test(`read: ${name}`, () => {
    const fields = readFields(message)?.map(({ number, value }) => [number, value.toString()]);
    assert.deepEqual(fields, expected);
  });
}

const bad: readonly (readonly [string, Buffer])[] = [
  ['a key that does not end', hex('80')],
  ['a key of eleven bytes', hex('ffffffffffffffffffff 01')],
  ['field 0', hex('02 00')],
  ['a field number out of range', Buffer.concat([varint(2 ** 29 * 8 + 2), hex('00')])],
  ['a number that does not end', hex('08 80')],
  ['a length that is not there', hex('0a')],
  ['less than the length says', hex('0a 02 61')],
  ['a length beyond everything', hex('0a ffffffffffffffffff 01')],
  ['a fixed number that is cut', hex('09 00')],
  ['a group', hex('0b 0c')],
  ['more fields than anybody sends', Buffer.alloc(30_000, hex('0a 00'))],
];

for (const [name, message] of bad) {
  test(`malformed: ${name}`, () => {
    assert.equal(readFields(message), undefined);
  });
}

test('what is written is read', () => {
  const written = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 2 ** 29 - 1 }), fc.uint8Array({ maxLength: 300 })),
  );
  fc.assert(
    fc.property(written, (fields) => {
      const message = Buffer.concat(fields.map(([number, value]) => field(number, value)));
      const read = readFields(message)?.map(({ number, value }) => [
        number,
        Uint8Array.from(value),
      ]);
      assert.deepEqual(read, fields);
    }),
    { numRuns: 2_000 },
  );
});

test('no bytes make the reader throw, or find more than there is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const fields = readFields(Buffer.from(bytes)) ?? [];
      const length = fields.reduce((sum, { value }) => sum + value.length + 2, 0);
      assert.ok(length <= bytes.length);
    }),
    { numRuns: 100_000 },
  );
});
