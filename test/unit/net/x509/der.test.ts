import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { element, sequence } from '../../../../src/net/x509/write-der.js';
import {
  bitsOf,
  boolean,
  readDer,
  smallInteger,
  splitDer,
  TAG,
  time,
  type DerElement,
  type DerReader,
} from '../../../../src/net/x509/der.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const one = (read: (element: DerElement) => unknown) => (bytes: Buffer) =>
  readDer(bytes, (reader) => read(reader.next()));

test('elements are read one after the other, without a copy', () => {
  const bytes = hex('30 03 02 01 07 04 00');
  const read = readDer(bytes, (reader) => {
    const number = reader.sequence().expect(TAG.integer);
    assert.equal(reader.optional(TAG.boolean), undefined);
    assert.equal(reader.optional(TAG.octetString)?.content.length, 0);
    return { number: smallInteger(number), memory: number.content.buffer };
  });
  assert.deepEqual(read, { number: 7, memory: bytes.buffer });
});

const malformed: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a tag alone', '04'],
  ['a length that begins and does not end', '04 82 01'],
  ['less content than the length says', '04 03 00 00'],
  ['something behind the end', '04 01 00 00'],
  ['the indefinite length of BER', '04 80 00 00'],
  ['a long form where the short one would do', '04 81 01 00'],
  ['a long form that begins with zero', '04 82 00 80'],
  ['a length beyond all certificates', '04 84 7f ff ff ff'],
  ['a length of many bytes', `04 ff ${'01 '.repeat(127)}`],
  ['a tag of several bytes', '1f 81 01 00'],
];

for (const [name, bytes] of malformed) {
  test(`malformed: ${name}`, () => {
    assert.equal(one((element) => element)(hex(bytes)), undefined);
  });
}

test('lengths in their long form', () => {
  for (const length of [0x7f, 0x80, 0xff, 0x100, 0xffff]) {
    const content = Buffer.alloc(length, 7);
    const read = one((element) => element.content.length)(element(0x04, content));
    assert.equal(read, length);
  }
});

const values: readonly (readonly [string, (bytes: Buffer) => unknown, string, unknown])[] = [
  ['0', one(smallInteger), '02 01 00', 0],
  ['128', one(smallInteger), '02 02 00 80', 128],
  ['the largest', one(smallInteger), '02 04 7f ff ff ff', 2 ** 31 - 1],
  ['a negative number', one(smallInteger), '02 01 ff', undefined],
  ['a number with a zero in front', one(smallInteger), '02 02 00 7f', undefined],
  ['too large a number', one(smallInteger), '02 05 00 ff ff ff ff', undefined],
  ['a number without bytes', one(smallInteger), '02 00', undefined],
  ['true', one(boolean), '01 01 ff', true],
  ['false', one(boolean), '01 01 00', false],
  ['half true', one(boolean), '01 01 01', undefined],
  ['bits', one((bits) => bitsOf(bits).bytes.toString('hex')), '03 02 05 a0', 'a0'],
  ['no bits', one((bits) => bitsOf(bits).bytes.length), '03 01 00', 0],
  ['unused bits that are set', one(bitsOf), '03 02 05 a1', undefined],
  ['more unused bits than there are', one(bitsOf), '03 01 01', undefined],
  ['nine unused bits', one(bitsOf), '03 02 09 00', undefined],
  ['bits without their count', one(bitsOf), '03 00', undefined],
];

for (const [name, read, bytes, value] of values) {
  test(`${name}: ${bytes}`, () => {
    assert.deepEqual(read(hex(bytes)), value);
  });
}

const times: readonly (readonly [number, string, string | undefined])[] = [
  [TAG.utcTime, '490101000000Z', '2049-01-01T00:00:00.000Z'],
  [TAG.utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
  [TAG.utcTime, '240229235959Z', '2024-02-29T23:59:59.000Z'],
  [TAG.generalizedTime, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
  [TAG.generalizedTime, '00500101000000Z', '0050-01-01T00:00:00.000Z'],
  [TAG.utcTime, '230229000000Z', undefined],
  [TAG.utcTime, '231301000000Z', undefined],
  [TAG.utcTime, '230101240000Z', undefined],
  [TAG.utcTime, '230101006000Z', undefined],
  [TAG.utcTime, '2301010000Z', undefined],
  [TAG.utcTime, '230101000000+0100', undefined],
  [TAG.generalizedTime, '20230101000000.5Z', undefined],
  [TAG.octetString, '230101000000Z', undefined],
];

for (const [tag, text, expected] of times) {
  test(`the time ${text} with the tag ${tag}`, () => {
    const read = one(time)(element(tag, Buffer.from(text)));
    assert.equal(read, expected === undefined ? undefined : Date.parse(expected));
  });
}

test('what is concatenated is taken apart, up to a limit', () => {
  const parts = [sequence(), sequence(element(0x04, Buffer.alloc(300))), sequence(sequence())];
  assert.deepEqual(splitDer(Buffer.concat(parts), 3), parts);
  assert.equal(splitDer(Buffer.concat(parts), 2), undefined);
  assert.deepEqual(splitDer(Buffer.alloc(0), 3), []);
  assert.equal(splitDer(Buffer.concat([...parts, Buffer.of(0x30)]), 9), undefined);
});

test('no bytes make the reader throw anything or read beyond their end', () => {
  const walk = (reader: DerReader, depth: number): number => {
    let elements = 0;
    while (!reader.isAtEnd) {
      const next = reader.next();
      elements += 1;
      if (next.tag === TAG.sequence && depth < 9) elements += nested(next.content, depth);
    }
    return elements;
  };
  const nested = (bytes: Buffer, depth: number) =>
    readDer(bytes, (reader) => walk(reader, depth + 1)) ?? 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const elements = readDer(Buffer.from(bytes), (reader) => walk(reader, 0)) ?? 0;
      assert.ok(elements <= bytes.length);
    }),
    { numRuns: 100_000 },
  );
});
