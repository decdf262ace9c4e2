import type { Socket } from 'node:net';
import { carrierOf } from './layers.js';
import type { Timers } from './timers.js';

/** How long a peer may take to notice a FIN before its socket is closed. */
const LINGER_MS = 2_000;

/**
 * Closes with a FIN: what the peer still sends is read and thrown away until its own FIN. Closing at
 * once with unread bytes would make a reset of it, which can destroy what was sent before.
 * Takes ownership of the socket.
 */
export function closeWithFin(socket: Socket, timers: Timers): void {
  socket.on('error', ignore);
  if (socket.destroyed) return;
  const timer = timers.start(LINGER_MS, destroy, socket);
  socket.once('close', () => timers.cancel(timer));
  if (socket.readableEnded) {
    socket.destroySoon();
    return;
  }
  socket.once('end', () => socket.destroySoon());
  socket.end();
  socket.resume();
}

/**
 * Closes with a reset, whatever is still buffered; under TLS the socket below is reset (D20). The
 * socket is gone at once, or in the next turn of the event loop if its FIN is just being sent. Takes
 * ownership of the socket.
 */
export function closeWithReset(socket: Socket): void {
  if (socket.destroyed) return;
  socket.on('error', ignore);
  if (isSendingFin(socket)) socket.once('finish', resetNow);
  else reset(socket);
}

function reset(socket: Socket): void {
  const carrier = carrierOf(socket);
  if (carrier !== socket) carrier.on('error', ignore);
  if (carrier.destroyed) socket.destroy();
  else carrier.resetAndDestroy();
}

/**
 * Between the request of a shutdown and its end libuv refuses to reset (EINVAL), and Node 20 to 24
 * then never close the socket: it would be lost with its descriptor.
 */
function isSendingFin(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
}

function resetNow(this: Socket): void {
  if (!this.destroyed) reset(this);
}

const destroy = (socket: Socket) => void socket.destroy();

/** Whoever gives a socket up does not care how it ends. */
function ignore(): void {
  // The error was caused by the closing.
}
