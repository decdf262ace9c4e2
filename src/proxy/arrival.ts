import type { Pipe } from '../net/pipe.js';
import { SSL_ACCEPTED, SSL_REQUEST } from '../net/postgres.js';
import { readProxyHeader, type ProxyHeader } from '../net/proxy-header.js';
import type { TimerHandle, Timers } from '../net/timers.js';
import type { EntryPointRoutes } from '../routing/table.js';
import type { Gate } from './open-session.js';
import type { Choice, Seen } from './sniff.js';

/** What becomes of a client whose first bytes were awaited. */
export type Outcome = Exclude<Choice, 'more' | 'postgres'> | 'crash' | 'left' | 'bad-header';

/** Who arrives; a session. */
export interface ArrivalOwner {
  /** What to do with a client that was seen so far; `crash` for a bug in a matcher. */
  choose(routes: EntryPointRoutes, seen: Seen): Choice | 'crash';
  /** The sender of this header is somebody's proxy, if he may say so. */
  introduced(header: ProxyHeader): void;
  /** A header was possible, and the client began with something else. */
  unintroduced(): void;
  /** Nothing more is awaited but a handshake, perhaps: the deadline stands until `stop`. */
  arrived(outcome: Outcome): void;
  /** The deadline of D17 has passed. */
  expired(): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * The time in which a client has no route yet because its first bytes are awaited, and after that its
 * handshake: the routes that it was accepted under (AGG-19), what it said so far, and the deadlines.
 * It counts as unrouted (D17) until it is stopped.
 */
export class Arrival {
  readonly #routes: EntryPointRoutes;
  readonly #gate: Gate;
  readonly #pipe: Pipe;
  readonly #source: string;
  readonly #timers: Timers;
  readonly #owner: ArrivalOwner;
  readonly #deadline: TimerHandle | undefined;
  #silence: TimerHandle | undefined;
  #awaitsHeader: boolean;
  #isStartTls = false;

  /** `source`: the address of the peer, which `gate.unrouted` has let in. */
  constructor(
    routes: EntryPointRoutes,
    gate: Gate,
    pipe: Pipe,
    source: string,
    timers: Timers,
    owner: ArrivalOwner,
  ) {
    const { readTimeout } = gate;
    this.#routes = routes;
    this.#gate = gate;
    this.#pipe = pipe;
    this.#source = source;
    this.#timers = timers;
    this.#owner = owner;
    this.#awaitsHeader = gate.believes !== undefined;
    this.#deadline = readTimeout > 0 ? timers.start(readTimeout, expire, this) : undefined;
    this.#listenForSilence();
  }

  /** Postgres: the client asked for TLS before its hello. */
  get isStartTls(): boolean {
    return this.#isStartTls;
  }

  /** The client sent more, or its FIN. */
  look(isAll: boolean): void {
    if (this.#awaitsHeader && !this.#readHeader(isAll)) return;
    const bytes = this.#pipe.early();
    if (isAll && bytes.length === 0 && this.#needsBytes()) {
      this.#arrive('left');
      return;
    }
    const hasAll = isAll || this.#pipe.isFull;
    const isStartTls = this.#isStartTls;
    const choice = this.#owner.choose(this.#routes, { bytes, hasAll, hasEnded: isAll, isStartTls });
    if (choice === 'postgres') {
      this.#pipe.drop(SSL_REQUEST.length);
      // At once: the hello comes only behind the answer, and with it the name of who is wanted.
      this.#pipe.answer(SSL_ACCEPTED);
      this.#isStartTls = true;
      this.look(isAll);
    } else if (choice !== 'more') {
      this.#arrive(choice);
    }
  }

  /** The route is in force, or the session over. */
  stop(): void {
    this.#beQuiet();
    if (this.#deadline) this.#timers.cancel(this.#deadline);
    this.#gate.unrouted.leave(this.#source);
  }

  /** False: there is nothing else to be done now. */
  #readHeader(isAll: boolean): boolean {
    const header = readProxyHeader(this.#pipe.early());
    if (header === 'more' && !isAll) return false;
    this.#awaitsHeader = false;
    if (header === 'bad') {
      this.#arrive('bad-header');
      return false;
    }
    if (header === 'none') this.#owner.unintroduced();
    if (typeof header === 'string') return true;
    this.#pipe.drop(header.length);
    this.#owner.introduced(header);
    this.#listenForSilence();
    return true;
  }

  #needsBytes(): boolean {
    return this.#routes.tls.length > 0 || this.#gate.builtIn !== undefined;
  }

  #arrive(outcome: Outcome): void {
    this.#beQuiet();
    this.#owner.arrived(outcome);
  }

  #listenForSilence(): void {
    const { plain, tls, asksForCertificates } = this.#routes;
    const { sniffTimeout } = this.#gate;
    this.#beQuiet();
    // Who cannot show a certificate must not get around it by saying nothing.
    const mayStaySilent = plain.length > 0 && !asksForCertificates;
    if (sniffTimeout === 0 || !mayStaySilent || (tls.length === 0 && !this.#awaitsHeader)) return;
    this.#silence = this.#timers.start(sniffTimeout, hearSilence, this);
  }

  #beQuiet(): void {
    if (this.#silence) this.#timers.cancel(this.#silence);
    this.#silence = undefined;
  }

  // What follows is called by the timers.

  /** D18: a client that waits for the server to speak first gets the plain router. */
  hearSilence(): void {
    this.#silence = undefined;
    if (this.#pipe.early().length > 0 || this.#isStartTls) return;
    const plainOnly = { ...this.#routes, tls: [] };
    const silent = { bytes: NOTHING, hasAll: true, hasEnded: false, isStartTls: false };
    const choice = this.#owner.choose(plainOnly, silent);
    if (choice !== 'none' && choice !== 'more' && choice !== 'postgres') this.#arrive(choice);
  }

  expire(): void {
    this.#owner.expired();
  }
}

const expire = (arrival: Arrival) => arrival.expire();
const hearSilence = (arrival: Arrival) => arrival.hearSilence();
