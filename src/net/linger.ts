import type { Socket } from 'node:net';
import type { Timers } from './timers.js';

/** How long a peer may take to notice a FIN before its socket is closed. */
const LINGER_MS = 2_000;

/**
 * Closes with a FIN: what the peer still sends is read and thrown away until its own FIN. Closing at
 * once with unread bytes would make a reset of it, which can destroy what was sent before.
 * Takes ownership of the socket.
 */
export function closeWithFin(socket: Socket, timers: Timers): void {
  if (socket.destroyed) return;
  const timer = timers.start(LINGER_MS, destroy, socket);
  socket.on('error', ignore);
  socket.once('end', () => socket.destroySoon());
  socket.once('close', () => timers.cancel(timer));
  socket.end();
  socket.resume();
  if (socket.readableEnded) socket.destroySoon();
}

/** Closes with a reset, whatever is still buffered. Takes ownership of the socket. */
export function closeWithReset(socket: Socket): void {
  socket.on('error', ignore);
  // A socket that is not connected any more cannot be reset.
  if (socket.destroyed) return;
  socket.resetAndDestroy();
}

const destroy = (socket: Socket) => void socket.destroy();

/** Whoever gives a socket up does not care how it ends. */
function ignore(): void {
  // The error was caused by the closing.
}
