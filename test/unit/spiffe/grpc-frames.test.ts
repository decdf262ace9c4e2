import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { GrpcFrames } from '../../../src/spiffe/grpc-frames.js';
import { frame } from '../../support/workload-api.js';

/** Each at most 1000 bytes long. */
function read(chunks: readonly Buffer[]): readonly Buffer[] | string {
  const frames = new GrpcFrames(1_000);
  const messages: Buffer[] = [];
  for (const chunk of chunks) {
    const pushed = frames.push(chunk);
    if (typeof pushed === 'string') return pushed;
    messages.push(...pushed);
  }
  assert.equal(frames.isWithin, false);
  return messages;
}

test('messages come out whole however the bytes are cut', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 1_000 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      (sent, sizes) => {
        const expected = sent.map((message) => Buffer.from(message));
        let rest = Buffer.concat(expected.map(frame));
        const chunks: Buffer[] = [];
        while (rest.length > 0) {
          const size = sizes[chunks.length % sizes.length] ?? 1;
          chunks.push(rest.subarray(0, size));
          rest = rest.subarray(size);
        }
        assert.deepEqual(read(chunks), expected);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('byte by byte, with an empty message between two', () => {
  const sent = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('two')];
  const bytes = [...Buffer.concat(sent.map(frame))].map((byte) => Buffer.of(byte));
  assert.deepEqual(read(bytes), sent);
});

test('a message in many small chunks costs no more than its length', () => {
  const length = 4 * 1024 * 1024;
  const frames = new GrpcFrames(length);
  const bytes = frame(Buffer.alloc(length, 7));
  const started = performance.now();
  let messages = 0;
  for (let at = 0; at < bytes.length; at += 64) {
    messages += frames.push(bytes.subarray(at, at + 64)).length;
  }
  assert.equal(messages, 1);
  // Joining at each chunk would copy 128 GB.
  assert.ok(performance.now() - started < 5_000);
});

test('a message that is too long is refused by its header alone', () => {
  assert.equal(read([frame(Buffer.alloc(1_001)).subarray(0, 5)]), 'too-large');
  assert.deepEqual(read([frame(Buffer.alloc(1_000))]), [Buffer.alloc(1_000)]);
});

test('a compressed message is refused: we offered no compression', () => {
  assert.equal(read([Buffer.of(1, 0, 0, 0, 0)]), 'compressed');
});

test('a cut within a message shows, one between two does not', () => {
  const frames = new GrpcFrames(1_000);
  frames.push(frame(Buffer.from('one')));
  assert.equal(frames.isWithin, false);
  frames.push(Buffer.of(0));
  assert.equal(frames.isWithin, true);
});
