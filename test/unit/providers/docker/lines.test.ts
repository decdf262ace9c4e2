import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import test from 'node:test';
import { forEachLine } from '../../../../providers/docker/lines.js';

/** The lines of a stream that gives these chunks. */
async function linesOf(chunks: readonly Buffer[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks);
  forEachLine(stream, (line) => lines.push(line));
  await once(stream, 'end');
  return lines;
}

const TEXT = Buffer.from('{"name":"größe"}\n{"a":1}\n\n{"b":"→"}\n');

test('lines arrive whole, wherever the stream is cut', async () => {
  for (let at = 0; at <= TEXT.length; at += 1) {
    const lines = await linesOf([TEXT.subarray(0, at), TEXT.subarray(at)]);
    assert.deepEqual(lines, ['{"name":"größe"}', '{"a":1}', '{"b":"→"}'], `cut at ${at}`);
  }
});

test('lines arrive whole, one byte at a time', async () => {
  const lines = await linesOf([...TEXT].map((byte) => Buffer.of(byte)));
  assert.deepEqual(lines, ['{"name":"größe"}', '{"a":1}', '{"b":"→"}']);
});

test('a line that has not ended is none', async () => {
  assert.deepEqual(await linesOf([Buffer.from('{"a":1}\n{"b"')]), ['{"a":1}']);
});

test('a line that never ends is an error of the stream, not a growing process', async () => {
  const stream = new PassThrough();
  forEachLine(stream, () => {});
  const failed = assert.rejects(once(stream, 'end'), Error);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let count = 0; count < 5; count += 1) stream.write(chunk);
  await failed;
  assert.ok(stream.destroyed);
});
