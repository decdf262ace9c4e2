import type { Socket } from 'node:net';
import type { Budget } from './budget.js';
import { carrierOf } from './layers.js';
import { closeWithReset } from './linger.js';

/** What a side tells the pipe that it belongs to. */
export interface SideOwner {
  /** Bytes while there is no peer yet. */
  earlyChunk(chunk: Buffer): void;
  /** The FIN was read. */
  ended(side: Side): void;
  /** All that was written has been handed to the kernel, and our FIN behind it. */
  finished(side: Side): void;
  failed(side: Side, error: Error): void;
  closed(side: Side): void;
}

/** Node reads one more chunk after `pause()` before it stops reading. */
const READ_AHEAD = 64 * 1024;

const NOTHING = Buffer.alloc(0);

/** The way from a socket to its side: a property is the cheapest look-up there is, once per chunk. */
export const SIDE: unique symbol = Symbol('side');

declare module 'node:net' {
  interface Socket {
    [SIDE]?: Side | undefined;
  }
}

/**
 * One socket of a pipe. Reads it, writes what was read to the peer, and stops reading while the peer
 * takes no more. The handlers are shared by all sockets: nothing is allocated per chunk.
 */
export class Side {
  readonly socket: Socket;
  readonly #owner: SideOwner;
  readonly #budget: Budget;
  peer: Side | undefined;
  /** Its FIN was read. */
  hasEnded = false;
  #isDiscarding = false;
  /** The peer is paused until what waits here is written. */
  #isHolding = false;
  /** As counted in the budget. */
  #waiting = 0;
  #hearsDrain = false;
  /** A call of `#written` is on its way. */
  #isAsked = false;
  #written: (() => void) | undefined;

  constructor(socket: Socket, owner: SideOwner, budget: Budget) {
    this.socket = socket;
    this.#owner = owner;
    this.#budget = budget;
    socket[SIDE] = this;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  /** Gives the socket up. It has no error listener then: whoever takes it must add one at once. */
  detach(): void {
    const { socket } = this;
    this.#count(0);
    socket[SIDE] = undefined;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    socket.off('error', onError);
    socket.off('close', onClose);
  }

  /**
   * Writes, and lets the peer wait if the kernel does not take it all. The memory of what is lent is
   * used again when the peer is read next. True if the chunk is not needed any more.
   */
  write(chunk: Buffer, isLent: boolean): boolean {
    const { socket } = this;
    const isBelowMark = socket.write(chunk);
    // A chunk above the mark that the kernel took at once is no reason to wait.
    if (socket.writableLength === 0) return true;
    this.#wait(isBelowMark && !isLent);
    return false;
  }

  /** Sends the FIN once all is written. The owner is told by `finished`. */
  finish(): void {
    this.socket.on('finish', onFinish);
    this.socket.end();
  }

  /** Reads on, and throws away. */
  discard(): void {
    this.#isDiscarding = true;
    this.socket.resume();
  }

  /** Closing sends the FIN. Only for a side that has ended: unread bytes would make a reset of it. */
  closeWhenWritten(): void {
    const { socket } = this;
    // Closing TCP sends a FIN, but closing TLS no close_notify.
    if (socket.writableLength === 0 && carrierOf(socket) === socket) socket.destroy();
    else socket.destroySoon();
  }

  #wait(mayReadOn: boolean): void {
    if (!mayReadOn || this.#budget.isExceeded) this.#hold();
    this.#recount();
    this.#askWhenWritten();
  }

  #hold(): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.peer?.socket.pause();
  }

  /** Below the mark Node announces no drain: an empty write is called back when all before it is written. */
  #askWhenWritten(): void {
    if (this.socket.writableNeedDrain) {
      this.#hearDrain();
      return;
    }
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#written ??= () => {
      this.#isAsked = false;
      this.drained();
    };
    this.socket.write(NOTHING, this.#written);
  }

  /** From the first time on: most sockets never have to. */
  #hearDrain(): void {
    if (this.#hearsDrain) return;
    this.#hearsDrain = true;
    this.socket.on('drain', onDrain);
  }

  #recount(): void {
    this.#count(this.socket.writableLength + (this.#isHolding ? READ_AHEAD : 0));
  }

  #count(waiting: number): void {
    if (waiting === this.#waiting) return;
    this.#budget.count(waiting - this.#waiting);
    this.#waiting = waiting;
  }

  // What follows is called by the handlers.

  /** Only a side that has a peer is lent anything. True if the chunk is not needed any more. */
  data(chunk: Buffer, isLent: boolean): boolean {
    const { peer } = this;
    if (peer !== undefined) return this.#isDiscarding || peer.write(chunk, isLent);
    this.#owner.earlyChunk(chunk);
    return false;
  }

  end(): void {
    this.hasEnded = true;
    this.#owner.ended(this);
  }

  drained(): void {
    if (this.#waiting === 0 || this.socket.destroyed) return;
    if (this.socket.writableLength > 0) {
      this.#recount();
      this.#askWhenWritten();
      return;
    }
    this.#count(0);
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.peer?.socket.resume();
  }

  finished(): void {
    this.#owner.finished(this);
  }

  error(error: Error): void {
    this.#owner.failed(this, error);
    // TCP closes itself; TLS that was broken into does not.
    if (!this.socket.destroyed) closeWithReset(this.socket);
  }

  close(): void {
    this.#count(0);
    this.#owner.closed(this);
  }
}

function onData(this: Socket, chunk: Buffer): void {
  this[SIDE]?.data(chunk, false);
}

function onEnd(this: Socket): void {
  this[SIDE]?.end();
}

function onDrain(this: Socket): void {
  this[SIDE]?.drained();
}

function onFinish(this: Socket): void {
  this[SIDE]?.finished();
}

function onError(this: Socket, error: Error): void {
  this[SIDE]?.error(error);
}

function onClose(this: Socket): void {
  this[SIDE]?.close();
}
