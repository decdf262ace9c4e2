import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import fc from 'fast-check';
import { elementsOf } from '../../../../providers/docker/elements.js';

/** The text in chunks of these sizes, over and over. */
function chunked(text: string, sizes: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

async function read(text: string, sizes: readonly number[] = [7]): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const elements of elementsOf(Readable.from(chunked(text, sizes)))) {
    found.push(...elements);
  }
  return found;
}

test('whatever a list holds, and however it is cut, it is what JSON.parse makes of it', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('"', '\\', '\\"', '][', '},{', 'ä💥', '\u0000'),
  );
  const indent = fc.constantFrom(undefined, 1, '\t');
  await fc.assert(
    fc.asyncProperty(fc.array(value), sizes, indent, async (list, cuts, space) => {
      const text = JSON.stringify(list, undefined, space);
      assert.deepEqual(await read(text, cuts), JSON.parse(text));
    }),
  );
});

test('what is no list, or no whole one, is an error', async () => {
  for (const text of [
    '',
    '{}',
    'null',
    '[1',
    '[{"a":1}',
    '[1]]',
    '[1] x',
    '[tru]',
    '"[]"',
    '[1,{]',
  ]) {
    await assert.rejects(read(text), SyntaxError, text);
  }
});
