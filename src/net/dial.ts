import { connect, type Socket } from 'node:net';
import { dialFailureOf, type DialFailure } from './dial-failure.js';
import type { Resolved, Resolver } from './resolve.js';
import type { TimerHandle, Timers } from './timers.js';

/** Something that can be dialled. A name as host is resolved for each dial. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** One attempt that failed, for log and API. */
export interface FailedAttempt<T extends Target> {
  readonly target: T;
  readonly reason: DialFailure;
  readonly ms: number;
}

/** Who dials; a session. Exactly one of the two is called, once, unless the dial is cancelled. */
export interface DialOwner<T extends Target> {
  /** The next target that was not tried yet, or undefined. */
  nextTarget(): T | undefined;
  dialled(socket: Socket, target: T): void;
  /** `timeout` if `dialTimeout` ran out. */
  dialFailed(reason: 'failed' | 'timeout'): void;
}

export interface DialOptions {
  readonly timers: Timers;
  readonly resolver: Resolver;
}

/** Milliseconds. A transport satisfies this. */
export interface DialSettings {
  /** All attempts together. 0: no limit. Negative: fails at once. */
  readonly dialTimeout: number;
  /** 0: the system default of 15 s. Negative: off. */
  readonly dialKeepAlive: number;
}

/** D16: servers tried for one client at most. */
const MOST_TARGETS = 3;
/** D16: an attempt that takes longer is raced by the next one. */
const SLOW_MS = 3_000;
const DEFAULT_KEEP_ALIVE_MS = 15_000;

/** The way from a socket to its attempt. */
const ATTEMPT: unique symbol = Symbol('attempt');

declare module 'node:net' {
  interface Socket {
    [ATTEMPT]?: { connected(socket: Socket): void; failed(socket: Socket, error: Error): void };
  }
}

/**
 * Reaches one of several servers: the next one at once when an attempt fails, beside it when an
 * attempt is slow; the first that connects wins, and the others are closed before any byte (D16).
 * The only place in the program that dials.
 */
export class Dial<T extends Target> {
  readonly #owner: DialOwner<T>;
  readonly #options: DialOptions;
  readonly #settings: DialSettings;
  readonly #slowAfter: number;
  /** Attempts that are under way. */
  readonly #racing: Socket[] = [];
  /** Further addresses of targets that were resolved. */
  readonly #addresses: { readonly target: T; readonly address: string }[] = [];
  #resolving = 0;
  #targets = 0;
  #isOver = false;
  #deadline: TimerHandle | undefined;
  #slow: TimerHandle | undefined;
  failures: readonly FailedAttempt<T>[] = NO_FAILURES;

  constructor(owner: DialOwner<T>, settings: DialSettings, options: DialOptions) {
    this.#owner = owner;
    this.#settings = settings;
    this.#options = options;
    const { dialTimeout } = settings;
    this.#slowAfter = dialTimeout > 0 ? Math.min(dialTimeout / 3, SLOW_MS) : SLOW_MS;
  }

  /** How many targets were tried so far. */
  get tried(): number {
    return this.#targets;
  }

  start(): void {
    const { dialTimeout } = this.#settings;
    if (dialTimeout < 0) {
      this.expire();
      return;
    }
    if (dialTimeout > 0) this.#deadline = this.#options.timers.start(dialTimeout, expire, this);
    this.#next();
  }

  /** Closes all attempts. Nobody is called any more. */
  cancel(): void {
    this.#finish(undefined);
  }

  expire(): void {
    this.#finish(undefined);
    this.#owner.dialFailed('timeout');
  }

  slow(): void {
    this.#slow = undefined;
    this.#next();
  }

  /** Starts the next attempt, if there is anything left to try. */
  #next(): void {
    const address = this.#addresses.shift();
    if (address) {
      this.#attempt(address.target, address.address);
      return;
    }
    const target = this.#targets < MOST_TARGETS ? this.#owner.nextTarget() : undefined;
    if (target === undefined) {
      this.#failIfOver();
      return;
    }
    this.#targets += 1;
    this.#resolving += 1;
    const started = this.#options.timers.now();
    this.#options.resolver.resolve(target.host, (resolved) => {
      this.#resolving -= 1;
      if (!this.#isOver) this.#resolved(target, resolved, started);
    });
    this.#armSlow();
  }

  #resolved(target: T, resolved: Resolved, started: number): void {
    if (!resolved.ok) {
      this.#note(target, dialFailureOf(resolved.error), started);
      this.#next();
      return;
    }
    const [first, ...others] = resolved.addresses;
    for (const address of others) this.#addresses.push({ target, address });
    if (first !== undefined) this.#attempt(target, first);
  }

  #attempt(target: T, address: string): void {
    const { dialKeepAlive } = this.#settings;
    const socket = connect({
      host: address,
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: dialKeepAlive >= 0,
      keepAliveInitialDelay: dialKeepAlive > 0 ? dialKeepAlive : DEFAULT_KEEP_ALIVE_MS,
      // The order of addresses and the race between them are ours (D16, D47).
      autoSelectFamily: false,
    });
    socket[ATTEMPT] = new Attempt(this, target, this.#options.timers.now());
    socket.on('connect', onConnect);
    socket.on('error', onError);
    this.#racing.push(socket);
    this.#armSlow();
  }

  #armSlow(): void {
    const { timers } = this.#options;
    if (this.#isOver) return;
    if (this.#slow) timers.cancel(this.#slow);
    this.#slow = timers.start(this.#slowAfter, raceNext, this);
  }

  won(socket: Socket, target: T): void {
    if (this.#isOver) {
      socket.destroy();
      return;
    }
    socket.off('connect', onConnect);
    socket.off('error', onError);
    this.#finish(socket);
    this.#owner.dialled(socket, target);
  }

  lost(socket: Socket, target: T, error: NodeJS.ErrnoException, started: number): void {
    const at = this.#racing.indexOf(socket);
    if (at >= 0) this.#racing.splice(at, 1);
    if (this.#isOver) return;
    this.#note(target, dialFailureOf(error), started);
    this.#next();
  }

  #note(target: T, reason: DialFailure, started: number): void {
    const ms = this.#options.timers.now() - started;
    this.failures = [...this.failures, { target, reason, ms }];
  }

  #failIfOver(): void {
    if (this.#isOver || this.#racing.length > 0 || this.#resolving > 0) return;
    this.#finish(undefined);
    this.#owner.dialFailed('failed');
  }

  #finish(winner: Socket | undefined): void {
    this.#isOver = true;
    const { timers } = this.#options;
    if (this.#deadline) timers.cancel(this.#deadline);
    if (this.#slow) timers.cancel(this.#slow);
    for (const socket of this.#racing) if (socket !== winner) socket.destroy();
    this.#racing.length = 0;
  }
}

/** One socket on its way to one target. */
class Attempt<T extends Target> {
  readonly dial: Dial<T>;
  readonly target: T;
  readonly started: number;

  constructor(dial: Dial<T>, target: T, started: number) {
    this.dial = dial;
    this.target = target;
    this.started = started;
  }

  connected(socket: Socket): void {
    this.dial.won(socket, this.target);
  }

  failed(socket: Socket, error: Error): void {
    this.dial.lost(socket, this.target, error, this.started);
  }
}

const NO_FAILURES: readonly never[] = [];

const expire = <T extends Target>(dial: Dial<T>) => dial.expire();
const raceNext = <T extends Target>(dial: Dial<T>) => dial.slow();

function onConnect(this: Socket): void {
  this[ATTEMPT]?.connected(this);
}

function onError(this: Socket, error: Error): void {
  this[ATTEMPT]?.failed(this, error);
}
