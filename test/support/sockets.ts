import { once } from 'node:events';
import { connect, createServer, type ConnectOpts, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export const MIB = 1024 * 1024;

/** Two ends of one real connection. */
export interface SocketPair {
  /** Dialled. */
  readonly near: Socket;
  /** Accepted. */
  readonly far: Socket;
}

/** How a socket ended, and what it read until then. */
export interface Ending {
  readonly by: 'fin' | 'reset';
  readonly bytes: Buffer;
}

/** Both ends are closed when the test ends. Nothing is read yet. */
export async function socketPair(t: TestContext, dialled: ConnectOpts = {}): Promise<SocketPair> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const near = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true, ...dialled });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const far = await accepted;
  server.close();
  for (const socket of [near, far]) {
    socket.on('error', ignore);
    t.after(() => socket.destroy());
  }
  return { near, far };
}

/** Reads until the end. */
export async function ending(socket: Socket): Promise<Ending> {
  const chunks: Buffer[] = [];
  const by = await readEach(socket, (chunk) => chunks.push(chunk));
  return { by, bytes: Buffer.concat(chunks) };
}

/** Reads until the end, and hands on each chunk. */
export function readEach(socket: Socket, each: (chunk: Buffer) => void): Promise<Ending['by']> {
  return new Promise((resolve) => {
    socket.on('data', each);
    socket.resume();
    socket.once('end', () => resolve('fin'));
    socket.once('error', () => resolve('reset'));
    if (socket.readableEnded) resolve('fin');
    else if (socket.destroyed) resolve('reset');
  });
}

/** The next `length` bytes; the socket is paused behind them. */
export function readBytes(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < length) return;
      socket.off('data', read);
      socket.pause();
      if (bytes.length > length) socket.unshift(bytes.subarray(length));
      resolve(bytes.subarray(0, length));
    };
    socket.on('data', read);
    socket.resume();
  });
}

/** Errors show in what the other end sees; they must only not be uncaught. */
export function ignore(): void {
  // Nothing to do.
}
