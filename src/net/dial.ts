import { connect, isIP, type Socket } from 'node:net';
import { formatAddress } from './address.js';
import { dialFailureOf, type DialFailure } from './dial-failure.js';
import { closeWithReset } from './linger.js';
import { READ_BUFFERED } from './read-buffer.js';
import type { Resolved, Resolver } from './resolve.js';
import { ServerOpening, type OpeningSteps } from './server-opening.js';
import type { TimerHandle, Timers } from './timers.js';

/** Something that can be dialled. A name as host is resolved for each dial. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Milliseconds. 0: the default of 15 s. Negative: off. Rounded up to whole seconds. */
  readonly dialKeepAlive: number;
}

/** One attempt that did not lead to the connection, for log and API. */
export interface FailedAttempt<T extends Target> {
  readonly target: T;
  /** What was dialled: an address of the target, or its name if that was not resolved. */
  readonly address: string;
  readonly reason: DialFailure;
  /** More about it: OpenSSL's code, the name that was found. */
  readonly detail: string;
  readonly ms: number;
}

/** Who dials; a session. Exactly one of the last two is called, once, unless the dial is cancelled. */
export interface DialOwner<T extends Target> {
  /** The next target that was not tried yet, or undefined. */
  nextTarget(): T | undefined;
  /** It is not to be reached any more: whoever has its address now may be somebody else. */
  isRemoved(target: T): boolean;
  /** What is to be done once it is connected, before anything else is sent. Undefined: nothing. */
  openingFor(target: T): OpeningSteps | undefined;
  /** Takes ownership of the socket, which has no error listener: it must get one at once. */
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
}

/** D16: servers tried for one client at most. */
const MOST_TARGETS = 3;
const SLOW_MS = 3_000;
const DEFAULT_KEEP_ALIVE_MS = 15_000;

/** D16: an attempt that takes longer (ms) is raced by the next one. */
export function slowAfter(dialTimeout: number): number {
  return dialTimeout > 0 ? Math.min(dialTimeout / 3, SLOW_MS) : SLOW_MS;
}

/** The way from a socket to its attempt. */
const ATTEMPT: unique symbol = Symbol('attempt');

declare module 'node:net' {
  interface Socket {
    [ATTEMPT]?: { connected(): void; failed(error: NodeJS.ErrnoException): void } | undefined;
  }
}

/**
 * Reaches one of several servers: the next one at once when an attempt fails, beside it when an
 * attempt is slow; the first that connects wins, and the others are closed before any byte (D16).
 * The addresses of one name are tried in the same way, before the next server (D47).
 * The only place in the program that dials.
 */
export class Dial<T extends Target> {
  readonly #owner: DialOwner<T>;
  readonly #options: DialOptions;
  readonly #settings: DialSettings;
  readonly #slowAfter: number;
  readonly #underWay: Attempt<T>[] = [];
  /** Further addresses of targets that were resolved. */
  readonly #addresses: { readonly target: T; readonly address: string }[] = [];
  #targets = 0;
  #hasMoreTargets = true;
  #isOver = false;
  /** One timer for the deadline and for the race: few dials live until either. */
  #timer: TimerHandle | undefined;
  /** Of the one that connected first. Nobody races with it. */
  #opened: Opened<T> | undefined;
  #giveUpAt = Infinity;
  #raceAt = Infinity;
  failures: readonly FailedAttempt<T>[] = NO_FAILURES;

  constructor(owner: DialOwner<T>, settings: DialSettings, options: DialOptions) {
    this.#owner = owner;
    this.#settings = settings;
    this.#options = options;
    this.#slowAfter = slowAfter(settings.dialTimeout);
  }

  start(): void {
    const { dialTimeout } = this.#settings;
    if (dialTimeout < 0) {
      this.#fail('timeout');
      return;
    }
    if (dialTimeout > 0) this.#giveUpAt = this.#options.timers.now() + dialTimeout;
    this.#next();
  }

  /** Closes all attempts. Nobody is called any more. */
  cancel(): void {
    this.#close('cancelled');
  }

  /** Starts the next attempt, if there is anything left to try. */
  #next(): void {
    const known = this.#addresses.shift();
    if (known) {
      this.#connect(known.target, known.address);
      return;
    }
    const target = this.#targets < MOST_TARGETS ? this.#owner.nextTarget() : undefined;
    if (target === undefined) {
      this.#hasMoreTargets = false;
      if (this.#underWay.length === 0) this.#fail('failed');
      return;
    }
    this.#targets += 1;
    if (isIP(target.host) === 0) this.#resolve(target);
    else this.#connect(target, target.host);
  }

  #resolve(target: T): void {
    const attempt = this.#begin(target, target.host);
    this.#options.resolver.resolve(target.host, (resolved) => {
      // Else the dial is over, or somebody else has connected meanwhile.
      if (this.#underWay.includes(attempt)) this.#resolved(attempt, resolved);
    });
  }

  #resolved(attempt: Attempt<T>, resolved: Resolved): void {
    if (!resolved.ok) {
      this.#lost(attempt, dialFailureOf(resolved.error));
      return;
    }
    const { target } = attempt;
    this.#leave(attempt);
    const [first = '', ...others] = resolved.addresses;
    for (const address of others) this.#addresses.push({ target, address });
    this.#connect(target, first);
  }

  #connect(target: T, address: string): void {
    const attempt = this.#begin(target, address);
    const { dialKeepAlive } = target;
    const keepAlive = dialKeepAlive > 0 ? dialKeepAlive : DEFAULT_KEEP_ALIVE_MS;
    const socket = connect({
      host: address,
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: dialKeepAlive >= 0,
      // Node cuts off what is below a second, and 0 would leave the time to the system.
      keepAliveInitialDelay: Math.ceil(keepAlive / 1_000) * 1_000,
      // The order of addresses and the race between them are ours (D16, D47).
      autoSelectFamily: false,
      onread: READ_BUFFERED,
    });
    socket[ATTEMPT] = attempt;
    socket.on('connect', onConnect);
    socket.on('error', onError);
    attempt.socket = socket;
  }

  #begin(target: T, address: string): Attempt<T> {
    const attempt = new Attempt(this, target, address, this.#options.timers.now());
    this.#underWay.push(attempt);
    this.#raceAt = attempt.startedAt + this.#slowAfter;
    // Armed for what came before: while a server was told what comes first, for the deadline alone.
    if (this.#timer) this.#options.timers.cancel(this.#timer);
    this.#timer = undefined;
    this.#arm(attempt.startedAt);
    return attempt;
  }

  #leave(attempt: Attempt<T>): void {
    this.#underWay.splice(this.#underWay.indexOf(attempt), 1);
  }

  #arm(now: number): void {
    if (this.#timer || this.#isOver) return;
    const hasMore = this.#hasMoreTargets || this.#addresses.length > 0;
    const canRace = hasMore && this.#opened === undefined;
    const at = canRace ? Math.min(this.#raceAt, this.#giveUpAt) : this.#giveUpAt;
    if (at < Infinity) this.#timer = this.#options.timers.start(at - now, tick, this);
  }

  /** Called by the timer. */
  tick(): void {
    this.#timer = undefined;
    const now = this.#options.timers.now();
    if (now >= this.#giveUpAt) {
      this.#fail('timeout');
      return;
    }
    if (now >= this.#raceAt && this.#opened === undefined) this.#next();
    this.#arm(now);
  }

  /** Called by the attempt. */
  won(attempt: Attempt<T>, socket: Socket): void {
    socket.off('connect', onConnect);
    socket.off('error', onError);
    // A session may live for days, and need not keep its dial.
    socket[ATTEMPT] = undefined;
    if (this.#owner.isRemoved(attempt.target)) {
      socket.destroy();
      this.#lost(attempt, 'removed');
      return;
    }
    const steps = this.#owner.openingFor(attempt.target);
    this.#leave(attempt);
    if (steps) this.#open(attempt, socket, steps);
    else this.#reached(socket, attempt.target);
  }

  #reached(stream: Socket, target: T): void {
    this.#opened = undefined;
    this.#close('overtaken');
    this.#owner.dialled(stream, target);
  }

  #open(attempt: Attempt<T>, socket: Socket, steps: OpeningSteps): void {
    this.#closeAttempts('overtaken');
    const failed = (reason: DialFailure, detail = ''): void => {
      this.#opened = undefined;
      this.#note(attempt, reason, detail);
      this.#next();
    };
    const opening = new ServerOpening(socket, steps, {
      opened: (stream) => {
        if (!this.#owner.isRemoved(attempt.target)) {
          this.#reached(stream, attempt.target);
          return;
        }
        // Its connections are being drained: this one would come too late for that.
        closeWithReset(stream);
        failed('removed');
      },
      openingFailed: failed,
    });
    this.#opened = { attempt, opening };
    opening.begin(attempt.target.host);
  }

  /** Called by the attempt. */
  failed(attempt: Attempt<T>, error: NodeJS.ErrnoException): void {
    if (!this.#isOver) this.#lost(attempt, dialFailureOf(error));
  }

  #lost(attempt: Attempt<T>, reason: DialFailure): void {
    this.#leave(attempt);
    this.#note(attempt, reason);
    this.#next();
  }

  #fail(reason: 'failed' | 'timeout'): void {
    this.#close('timeout');
    this.#owner.dialFailed(reason);
  }

  /** Ends the dial. `reason` is noted for what is still under way. */
  #close(reason: DialFailure): void {
    this.#isOver = true;
    if (this.#timer) this.#options.timers.cancel(this.#timer);
    this.#timer = undefined;
    if (this.#opened) {
      this.#note(this.#opened.attempt, reason);
      this.#opened.opening.cancel();
    }
    this.#opened = undefined;
    this.#closeAttempts(reason);
  }

  #closeAttempts(reason: DialFailure): void {
    for (const attempt of this.#underWay) {
      this.#note(attempt, reason);
      attempt.socket?.destroy();
    }
    this.#underWay.length = 0;
  }

  #note({ target, address, startedAt }: Attempt<T>, reason: DialFailure, detail = ''): void {
    const failure = {
      target,
      address: formatAddress(address, target.port),
      reason,
      detail,
      ms: this.#options.timers.now() - startedAt,
    };
    this.failures = [...this.failures, failure];
  }
}

/** Connected, and being told what comes first. */
interface Opened<T extends Target> {
  readonly attempt: Attempt<T>;
  readonly opening: ServerOpening;
}

/** One address on its way, or one name that is being resolved. */
class Attempt<T extends Target> {
  readonly dial: Dial<T>;
  readonly target: T;
  readonly address: string;
  readonly startedAt: number;
  socket: Socket | undefined;

  constructor(dial: Dial<T>, target: T, address: string, startedAt: number) {
    this.dial = dial;
    this.target = target;
    this.address = address;
    this.startedAt = startedAt;
  }

  connected(): void {
    if (this.socket) this.dial.won(this, this.socket);
  }

  failed(error: NodeJS.ErrnoException): void {
    this.dial.failed(this, error);
  }
}

const NO_FAILURES: readonly never[] = [];

const tick = <T extends Target>(dial: Dial<T>) => dial.tick();

function onConnect(this: Socket): void {
  this[ATTEMPT]?.connected();
}

function onError(this: Socket, error: NodeJS.ErrnoException): void {
  this[ATTEMPT]?.failed(error);
}
