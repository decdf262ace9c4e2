import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { unescape } from '../../../src/config/escapes.js';

const CASES: readonly (readonly [text: string, bytes: string])[] = [
  ['', ''],
  ['PING', 'PING'],
  ['PING\\r\\n', 'PING\r\n'],
  ['\\t\\0\\\\\\"', '\t\0\\"'],
  ['\\x00\\xfF\\x41', '\x00\xffA'],
  ['\\\\n', '\\n'],
  ['a\\x41\\x42b', 'aABb'],
];

for (const [text, bytes] of CASES) {
  test(`${JSON.stringify(text)} is read`, () => {
    assert.deepEqual(unescape(text), { ok: true, bytes: Buffer.from(bytes, 'latin1') });
  });
}

test('what is not ASCII is UTF-8', () => {
  assert.deepEqual(unescape('é\\n'), { ok: true, bytes: Buffer.from('é\n') });
});

const REFUSED: readonly (readonly [text: string, offset: number])[] = [
  ['\\', 0],
  ['abc\\', 3],
  ['\\n\\d', 2],
  ['\\x4', 0],
  ['\\xgg', 0],
  ['\\x', 0],
  ['\\R', 0],
];

for (const [text, offset] of REFUSED) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.deepEqual(unescape(text), { ok: false, offset });
  });
}

test('whatever the bytes are, they can be written', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
      assert.deepEqual(unescape(text), { ok: true, bytes: Buffer.from(bytes) });
    }),
  );
});
