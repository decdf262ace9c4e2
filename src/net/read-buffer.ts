import type { OnReadOpts, Socket } from 'node:net';
import { SIDE } from './side.js';

/** As much as Node reads at once. */
const SIZE = 64 * 1024;

/** What is no longer is copied into memory that Node cuts into pieces itself. */
const SMALL = 4 * 1024;

/** All sockets read into this one, unless they have one of their own. */
const SHARED = Buffer.allocUnsafeSlow(SIZE);

/** Buffers that some socket had for its own and has done with. */
const SPARE: Buffer[] = [];
const MOST_SPARE = 16;

/**
 * For `connect`: the socket is read into memory that is used again. Node would allocate 64 KiB for each
 * read, and V8 collects its whole heap whenever a few hundred of them have piled up.
 *
 * What stands in the shared buffer is copied before it is handed out: a write that the kernel does not
 * take at once goes on pointing to its bytes. A socket that has filled its buffer gets one of its own
 * for as long as it fills it; nothing is copied then, and an idle socket has none.
 */
export const READ_BUFFERED: OnReadOpts = { buffer: nextBuffer, callback: onRead };

/** Set by `onRead` for the socket that was read: Node asks for its buffer right after that. */
let next: Buffer = SHARED;

function nextBuffer(): Buffer {
  const buffer = next;
  next = SHARED;
  return buffer;
}

function onRead(this: Socket, length: number, buffer: Buffer): boolean {
  const side = this[SIDE];
  // Nobody's yet: read as any other socket.
  if (side === undefined) return this.push(Buffer.from(buffer.subarray(0, length)));
  if (buffer === SHARED && length <= SMALL) {
    side.data(copied(Buffer.allocUnsafe(length), length), false);
    return true;
  }
  const own =
    buffer === SHARED ? copied(SPARE.pop() ?? Buffer.allocUnsafeSlow(SIZE), length) : buffer;
  const isFull = length === SIZE;
  const isUsedUp = side.data(own.subarray(0, length), isFull);
  if (isFull) next = own;
  else if (isUsedUp && SPARE.length < MOST_SPARE) SPARE.push(own);
  return true;
}

function copied(to: Buffer, length: number): Buffer {
  SHARED.copy(to, 0, 0, length);
  return to;
}
