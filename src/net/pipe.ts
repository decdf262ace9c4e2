import type { Socket } from 'node:net';
import type { Budget } from './budget.js';
import { EarlyBytes } from './early-bytes.js';
import { closeWithReset } from './linger.js';
import { Side, type SideOwner } from './side.js';
import type { TimerHandle, Timers } from './timers.js';
import { TruncatedError } from './tls-feed.js';

/** `cut`: ended from outside, by a drain or a shutdown. */
export type PipeEnd =
  | 'done'
  | 'client-reset'
  | 'server-reset'
  /** It answers no keep-alive probe any more, or cannot be reached. */
  | 'client-vanished'
  | 'server-vanished'
  /** The server closed TLS without saying so: its answer may be cut. */
  | 'server-truncated'
  | 'termination-delay'
  | 'cut';

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

/** A client is paused once it sent as much before its server is known; the read that exceeds it is kept. */
const EARLY_LIMIT = 64 * 1024;

/** What the kernel says when nothing comes back from a peer for too long. */
const VANISHED: ReadonlySet<string> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

const hasVanished = ({ code }: NodeJS.ErrnoException) => code !== undefined && VANISHED.has(code);

/** Longest time that a side whose answer was complete may go on sending into the void (D1). */
const LONGEST_DISCARD_MS = 5_000;

/**
 * Both directions of one connection. It reads the client from the start, so that its reset is noticed
 * while the server is dialled; `join` makes the bytes flow.
 *
 * Owns both sockets, which must have been opened with `allowHalfOpen`: a FIN is passed on as a FIN and
 * a reset as a reset (D20), never one as the other. Destroying one of them from outside ends the pipe.
 *
 * Before Node 24 a reset that arrives behind unread bytes reads as a FIN (libuv), and is passed on as one.
 */
export class Pipe implements SideOwner {
  readonly #owner: PipeOwner;
  readonly #options: PipeOptions;
  readonly #client: Side;
  #server: Side | undefined;
  readonly #early = new EarlyBytes();
  #terminationDelay = 0;
  #deadline: TimerHandle | undefined;
  /** Undefined as long as nothing but two FINs has ended it. */
  #end: PipeEnd | undefined;
  /** Each side comes to its own end: that one is closed is no reason any more to reset the other. */
  #isEnding = false;
  #open = 1;
  /** Of the first error; empty without any. */
  errorCode = '';
  #endedFirst: Side | undefined;

  constructor(client: Socket, owner: PipeOwner, options: PipeOptions) {
    this.#owner = owner;
    this.#options = options;
    this.#client = new Side(client, this, options.budget);
  }

  /** What the client sent before `join`. A view: valid until more of it arrives. */
  early(): Buffer {
    return this.#early.bytes;
  }

  /** Bytes read from the client so far. */
  get sent(): number {
    return this.#client.socket.bytesRead;
  }

  /** Bytes read from the server so far. */
  get received(): number {
    return this.#server?.socket.bytesRead ?? 0;
  }

  /** Bytes wait until a receiver takes them. */
  get isBlocked(): boolean {
    const { socket } = this.#client;
    return socket.writableLength > 0 || (this.#server?.socket.writableLength ?? 0) > 0;
  }

  /**
   * Lets the bytes flow. `terminationDelay` in ms (D1): how long the other direction may go on once
   * the first FIN was passed on; 0 not at all, negative for ever.
   */
  join(socket: Socket, terminationDelay: number): void {
    const client = this.#client;
    const server = new Side(socket, this, this.#options.budget);
    this.#server = server;
    this.#terminationDelay = terminationDelay;
    this.#open += 1;
    client.peer = server;
    server.peer = client;
    if (this.#early.length > 0) this.#writeEarly(server);
    if (client.hasEnded) this.#passFin(client);
  }

  #writeEarly(server: Side): void {
    const wasPaused = this.isFull;
    const { bytes } = this.#early;
    this.#options.budget.count(-bytes.length);
    this.#early.clear();
    if (wasPaused) this.#client.socket.resume();
    server.write(bytes, false);
  }

  /** True if the client sent its FIN. */
  get hasClientEnded(): boolean {
    return this.#client.hasEnded;
  }

  /** Whose FIN came first; undefined without any. */
  get endedFirst(): 'client' | 'server' | undefined {
    return this.#endedFirst && (this.#endedFirst === this.#client ? 'client' : 'server');
  }

  /** True if the client sent so much that it is paused: `early` grows no further. */
  get isFull(): boolean {
    return this.#early.length >= EARLY_LIMIT;
  }

  /** Forgets the first `length` early bytes: a header that was read, and is not for the server. */
  drop(length: number): void {
    const wasFull = this.isFull;
    this.#early.drop(length);
    this.#options.budget.count(-length);
    if (wasFull && !this.isFull) this.#client.socket.resume();
  }

  /** Writes to the client, before `join`. */
  answer(bytes: Buffer): void {
    this.#client.socket.write(bytes);
  }

  /** Gives the client up, without handlers and error listener. What it sent is dropped. Only before `join`. */
  release(): Socket {
    this.#options.budget.count(-this.#early.length);
    this.#early.clear();
    this.#client.detach();
    return this.#client.socket;
  }

  /** As `release`, with what the client sent put back, and paused. Not after its FIN. */
  handBack(): Socket {
    const { bytes } = this.#early;
    const socket = this.release();
    socket.pause();
    if (bytes.length > 0) socket.unshift(bytes);
    return socket;
  }

  /** Resets both sides now. */
  cut(): void {
    this.#end ??= 'cut';
    this.#reset(this.#client);
    if (this.#server) this.#reset(this.#server);
  }

  #reset(side: Side): void {
    this.#isEnding = true;
    closeWithReset(side.socket);
  }

  #passFin(side: Side): void {
    const { peer } = side;
    if (peer === undefined) return;
    if (peer.hasEnded) {
      // Both FINs are here: closing a socket sends ours, behind all that still waits.
      this.#isEnding = true;
      this.#stopDeadline();
      peer.closeWhenWritten();
      side.closeWhenWritten();
    } else {
      peer.finish();
    }
  }

  #startDeadline(ms: number): void {
    this.#deadline = this.#options.timers.start(ms, expire, this);
  }

  #stopDeadline(): void {
    if (this.#deadline) this.#options.timers.cancel(this.#deadline);
    this.#deadline = undefined;
  }

  // What follows is called by the timer and the sides.

  /** D1: who sent the first FIN is reset; the other has its FIN, and may only be listened to. */
  expire(): void {
    this.#deadline = undefined;
    const first = this.#client.hasEnded ? this.#client : this.#server;
    const other = first?.peer;
    if (first === undefined || other === undefined) return;
    if (this.#isEnding) {
      other.socket.destroy();
      return;
    }
    this.#end = 'termination-delay';
    this.#reset(first);
    other.discard();
    this.#startDeadline(Math.min(this.#terminationDelay, LONGEST_DISCARD_MS));
  }

  earlyChunk(chunk: Buffer): void {
    this.#early.append(chunk);
    this.#options.budget.count(chunk.length);
    if (this.#early.length >= EARLY_LIMIT) this.#client.socket.pause();
    this.#owner.earlyBytes();
  }

  ended(side: Side): void {
    this.#endedFirst ??= side;
    if (side.peer === undefined) this.#owner.earlyFin();
    else this.#passFin(side);
  }

  /** The first FIN was passed on to `side`, and all before it: its answer has a deadline now (D1). */
  finished(side: Side): void {
    if (side.hasEnded || this.#isEnding || this.#terminationDelay < 0) return;
    this.#startDeadline(this.#terminationDelay);
  }

  failed(side: Side, error: NodeJS.ErrnoException): void {
    if (this.errorCode === '') this.errorCode = error.code ?? '';
    if (side === this.#client)
      this.#end ??= hasVanished(error) ? 'client-vanished' : 'client-reset';
    else if (hasVanished(error)) this.#end ??= 'server-vanished';
    else this.#end ??= error instanceof TruncatedError ? 'server-truncated' : 'server-reset';
    if (side.peer && !this.#isEnding) this.#reset(side.peer);
  }

  closed(side: Side): void {
    this.#open -= 1;
    const { peer } = side;
    if (peer === undefined) {
      this.#options.budget.count(-this.#early.length);
      this.#early.clear();
      this.#owner.clientLost();
      return;
    }
    if (!this.#isEnding) {
      // Destroyed by somebody else than this pipe, unless it failed.
      this.#end ??= 'cut';
      this.#reset(peer);
    }
    if (this.#open > 0) return;
    this.#stopDeadline();
    this.#owner.pipeEnded(this.#end ?? 'done');
  }
}

const expire = (pipe: Pipe) => pipe.expire();
