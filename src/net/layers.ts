import type { Socket } from 'node:net';

/** The way from a stream to the TCP socket that carries it. */
const BELOW: unique symbol = Symbol('below');

declare module 'node:net' {
  interface Socket {
    [BELOW]?: Socket;
  }
}

/** Says that `stream` (TLS) is carried by `raw`: a reset can only be sent there (D20). */
export function layOver(raw: Socket, stream: Socket): void {
  stream[BELOW] = raw;
}

/** The TCP socket that carries a stream; of a TCP socket itself. */
export function carrierOf(stream: Socket): Socket {
  return stream[BELOW] ?? stream;
}
