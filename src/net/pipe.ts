import type { Socket } from 'node:net';
import type { Budget } from './budget.js';
import type { TimerHandle, Timers } from './timers.js';

/** `cut`: ended from outside, by a drain or a shutdown. */
export type PipeEnd = 'done' | 'client-reset' | 'server-reset' | 'termination-delay' | 'cut';

/** Who is told how it goes; a session. One object for the whole life, so that nothing is allocated for it. */
export interface PipeOwner {
  /** Before `join`: the client sent its first bytes, or more of them. */
  earlyBytes(): void;
  /** Before `join`: the client sent its FIN. It is kept, and passed on after `join`. */
  earlyFin(): void;
  /** Before `join`: the client is gone. */
  clientLost(): void;
  /** After `join`: both sockets are closed. Called once. */
  pipeEnded(end: PipeEnd): void;
}

export interface PipeOptions {
  readonly timers: Timers;
  readonly budget: Budget;
}

/** How much is read from a client before its server is known. */
const EARLY_LIMIT = 64 * 1024;

/** Longest time that a side whose answer was complete may go on sending into the void (D1). */
const LONGEST_DISCARD_MS = 5_000;

/** The way from a socket to its side: a property is the cheapest look-up there is, once per chunk. */
const SIDE: unique symbol = Symbol('side');

declare module 'node:net' {
  interface Socket {
    [SIDE]?: Side | undefined;
  }
}

/**
 * Both directions of one connection. It reads the client from the start, so that its reset is noticed
 * while the server is dialled; `join` makes the bytes flow.
 *
 * Owns both sockets, which must have been opened with `allowHalfOpen`: a FIN is passed on as a FIN and
 * a reset as a reset (D20), never one as the other. Handlers are shared by all pipes: per connection
 * there is this object with its two sides, and per chunk nothing.
 */
export class Pipe {
  readonly #owner: PipeOwner;
  readonly #options: PipeOptions;
  readonly #client: Side;
  #server: Side | undefined;
  #early: Buffer[] = [];
  #earlyLength = 0;
  #terminationDelay = 0;
  #deadline: TimerHandle | undefined;
  #end: PipeEnd | undefined;
  #open = 1;

  constructor(client: Socket, owner: PipeOwner, options: PipeOptions) {
    this.#owner = owner;
    this.#options = options;
    this.#client = new Side(client, this);
  }

  /** What the client sent before `join`. At most 64 KiB: then it is paused. */
  early(): Buffer {
    const [first, ...rest] = this.#early;
    if (first === undefined) return EMPTY;
    if (rest.length > 0) this.#early = [Buffer.concat(this.#early)];
    return this.#early[0] ?? first;
  }

  /** Bytes from the client and from the server so far. */
  get sent(): number {
    return this.#client.socket.bytesRead;
  }

  get received(): number {
    return this.#server?.socket.bytesRead ?? 0;
  }

  /**
   * Lets the bytes flow. `terminationDelay` in ms (D1): how long the other direction may go on once
   * the first FIN was passed on; 0 not at all, negative for ever.
   */
  join(server: Socket, terminationDelay: number): void {
    const client = this.#client;
    const side = new Side(server, this);
    this.#server = side;
    this.#terminationDelay = terminationDelay;
    this.#open = 2;
    client.peer = side;
    side.peer = client;
    for (const chunk of this.#early) side.socket.write(chunk);
    this.#early = NO_CHUNKS;
    if (side.socket.writableLength > 0) side.waitForDrain(client);
    else client.socket.resume();
    if (client.hasEnded) this.#passFin(client);
  }

  /** Gives the client back to whoever asked for it, without its handlers, paused. Only before `join`. */
  release(): Socket {
    const { socket } = this.#client;
    socket.pause();
    this.#client.detach();
    const early = this.early();
    if (early.length > 0) socket.unshift(early);
    this.#early = NO_CHUNKS;
    return socket;
  }

  /** Resets both sides now. */
  cut(end: PipeEnd = 'cut'): void {
    this.#end ??= end;
    this.#reset(this.#client);
    if (this.#server) this.#reset(this.#server);
  }

  // What follows is called by the sides.

  earlyChunk(chunk: Buffer): void {
    this.#early.push(chunk);
    this.#earlyLength += chunk.length;
    if (this.#earlyLength >= EARLY_LIMIT) this.#client.socket.pause();
    this.#owner.earlyBytes();
  }

  wait(bytes: number): void {
    this.#options.budget.take(bytes);
  }

  waited(bytes: number): void {
    this.#options.budget.give(bytes);
  }

  get mustWriteAtOnce(): boolean {
    return this.#options.budget.isExceeded;
  }

  ended(side: Side): void {
    if (side.peer === undefined) this.#owner.earlyFin();
    else this.#passFin(side);
  }

  #passFin(side: Side): void {
    const peer = side.peer;
    if (peer === undefined) return;
    if (peer.hasEnded) {
      // The second FIN: closing a socket sends it, and what waits is written first.
      this.#end ??= 'done';
      this.#stopDeadline();
      peer.closeWhenWritten();
      side.closeWhenWritten();
      return;
    }
    peer.socket.end();
  }

  /** The FIN and all before it was written to `side`: from now on its answer has a deadline (D1). */
  finished(side: Side): void {
    const first = side.peer;
    if (first?.hasEnded !== true || side.hasEnded || this.#deadline || this.#end) return;
    if (this.#terminationDelay < 0) return;
    this.#deadline = this.#options.timers.start(this.#terminationDelay, terminate, this);
  }

  /** D1: whoever was still being sent to is reset; the other has its FIN, and may only listen. */
  terminate(): void {
    this.#deadline = undefined;
    const silent = this.#client.hasEnded ? this.#client : this.#server;
    const talker = silent?.peer;
    if (this.#end !== undefined || silent === undefined || talker === undefined) return;
    this.#end = 'termination-delay';
    this.#reset(silent);
    talker.discard();
    const delay = Math.min(this.#terminationDelay, LONGEST_DISCARD_MS);
    this.#deadline = this.#options.timers.start(delay, close, talker);
  }

  failed(side: Side): void {
    if (side.peer === undefined) return;
    this.#end ??= side === this.#client ? 'client-reset' : 'server-reset';
    if (this.#end === 'done' || this.#end === 'termination-delay') return;
    this.#reset(side.peer);
  }

  closed(side: Side): void {
    this.#open -= 1;
    if (side.peer === undefined) {
      this.#owner.clientLost();
      return;
    }
    // Closed by somebody else than this pipe: the other side must not wait for it.
    if (this.#end === undefined) this.cut();
    else if (this.#end === 'done' || this.#end === 'termination-delay') this.#forget(side);
    if (this.#open > 0) return;
    this.#stopDeadline();
    this.#owner.pipeEnded(this.#end ?? 'done');
  }

  /** One side is closed and nothing can be written to it any more: the other is closed when it is written out. */
  #forget(side: Side): void {
    if (this.#end === 'done') side.peer?.closeWhenWritten();
  }

  #reset(side: Side): void {
    if (!side.socket.destroyed) side.socket.resetAndDestroy();
  }

  #stopDeadline(): void {
    if (this.#deadline) this.#options.timers.cancel(this.#deadline);
    this.#deadline = undefined;
  }
}

const EMPTY = Buffer.alloc(0);
const NO_CHUNKS: Buffer[] = [];

const terminate = (pipe: Pipe) => pipe.terminate();
const close = (side: Side) => void side.socket.destroy();

/** One socket of a pipe. */
class Side {
  readonly socket: Socket;
  readonly #pipe: Pipe;
  peer: Side | undefined;
  /** Its FIN was read. */
  hasEnded = false;
  #isDiscarding = false;
  /** Bytes of the peer's that wait here, as counted in the budget. */
  #waiting = 0;

  constructor(socket: Socket, pipe: Pipe) {
    this.socket = socket;
    this.#pipe = pipe;
    socket[SIDE] = this;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('finish', onFinish);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  detach(): void {
    const { socket } = this;
    socket[SIDE] = undefined;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    socket.off('finish', onFinish);
    socket.off('error', onError);
    socket.off('close', onClose);
  }

  data(chunk: Buffer): void {
    const { peer } = this;
    if (this.#isDiscarding) return;
    if (peer === undefined) {
      this.#pipe.earlyChunk(chunk);
      return;
    }
    const target = peer.socket;
    const isBelowMark = target.write(chunk);
    // A chunk above the mark that the kernel took at once needs no pause.
    if (target.writableLength === 0) return;
    if (!isBelowMark || this.#pipe.mustWriteAtOnce) peer.waitForDrain(this);
  }

  /** Pauses `source` until what waits here is written. */
  waitForDrain(source: Side): void {
    const { socket } = this;
    source.socket.pause();
    const waiting = socket.writableLength;
    this.#pipe.wait(waiting - this.#waiting);
    this.#waiting = waiting;
    // Below the mark Node announces no drain: an empty write is called back when all before it is written.
    if (!socket.writableNeedDrain) socket.write(EMPTY, () => this.drained());
  }

  drained(): void {
    this.#pipe.waited(this.#waiting);
    this.#waiting = 0;
    this.peer?.socket.resume();
  }

  end(): void {
    this.hasEnded = true;
    this.#pipe.ended(this);
  }

  finish(): void {
    this.#pipe.finished(this);
  }

  error(): void {
    this.#pipe.failed(this);
  }

  close(): void {
    if (this.#waiting > 0) this.#pipe.waited(this.#waiting);
    this.#waiting = 0;
    this.#pipe.closed(this);
  }

  /** Reads on, and throws away. */
  discard(): void {
    this.#isDiscarding = true;
    this.socket.resume();
  }

  closeWhenWritten(): void {
    const { socket } = this;
    if (socket.writableLength === 0) socket.destroy();
    else socket.destroySoon();
  }
}

function onData(this: Socket, chunk: Buffer): void {
  this[SIDE]?.data(chunk);
}

function onEnd(this: Socket): void {
  this[SIDE]?.end();
}

function onDrain(this: Socket): void {
  this[SIDE]?.drained();
}

function onFinish(this: Socket): void {
  this[SIDE]?.finish();
}

function onError(this: Socket): void {
  this[SIDE]?.error();
}

function onClose(this: Socket): void {
  this[SIDE]?.close();
}
