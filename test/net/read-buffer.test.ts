import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { READ_BUFFERED } from '../../src/net/read-buffer.js';
import { piped } from '../support/piped.js';
import { ending, readBytes, socketPair } from '../support/sockets.js';

const SIZE = 64 * 1_024;

/** More than the kernel keeps for a client that does not read. */
const LENGTH = 16 * 1_024 * 1_024;

/** Sends as the socket takes it, so that some reads fill a buffer and others do not; ends with a FIN. */
async function send(socket: Socket, bytes: Buffer, pieces: readonly number[]): Promise<void> {
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const length = pieces[piece % pieces.length] ?? bytes.length;
    await new Promise((resolve) => socket.write(bytes.subarray(at, at + length), resolve));
    at += length;
  }
  socket.end();
}

/** Bytes that say where in the stream and in which stream they stand. */
function bytesOf(stream: number, length: number): Buffer {
  const words = new Uint32Array(length / 4);
  for (let i = 0; i < words.length; i += 1) words[i] = i * 16 + stream;
  return Buffer.from(words.buffer);
}

for (const [name, pieces] of [
  ['as large as a buffer', [SIZE, 4 * SIZE]],
  ['of all sizes', [10 * SIZE, 1, SIZE - 1, 700, SIZE, 40]],
] as const) {
  test(`answers in pieces ${name} reach each its own client, which reads late, unchanged`, async (t) => {
    const streams = await Promise.all(Array.from({ length: 6 }, () => piped(t)));
    const sent = streams.map(({ server }, stream) => {
      const bytes = bytesOf(stream, LENGTH);
      void send(server, bytes, pieces);
      return bytes;
    });
    for (const [stream, { client }] of streams.entries()) {
      // The others go on, until the kernel takes no more of any.
      const first = await readBytes(client, 10_000);
      const { by, bytes } = await ending(client);
      assert.equal(by, 'fin');
      assert.ok(Buffer.concat([first, bytes]).equals(sent[stream] ?? Buffer.alloc(0)));
      client.end();
    }
  });
}

test('what is read before a socket belongs to a pipe is read as from any other socket', async (t) => {
  const { near, far } = await socketPair(t, { onread: READ_BUFFERED });
  const bytes = bytesOf(1, 1_024 * 1_024);
  void send(far, bytes, [bytes.length]);
  const first = await readBytes(near, 10);
  const { bytes: others } = await ending(near);
  assert.ok(Buffer.concat([first, others]).equals(bytes));
});
