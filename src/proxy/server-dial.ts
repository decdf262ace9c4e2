import type { Socket } from 'node:net';
import type { Endpoint } from '../net/address.js';
import { saysNothing, type DialFailure } from '../net/dial-failure.js';
import { Dial, slowAfter, type DialOwner, type FailedAttempt } from '../net/dial.js';
import type { OpeningSteps } from '../net/server-opening.js';
import { writeProxyHeader } from '../net/write-proxy-header.js';
import type { Member, Service } from '../routing/service.js';
import type { SessionContext } from './open-session.js';

/** For whom a server is dialled; a session. One of the last two is called, once, unless it is cancelled. */
export interface ServerDialOwner {
  /** After PROXY protocol (D31). */
  readonly client: Endpoint;
  /** Whom the client wanted to reach. */
  reachedBy(): Endpoint;
  /** The client was promised TLS by us, and the server is to be asked for it (Postgres). */
  readonly isPostgres: boolean;
  /** Takes ownership of the stream, and of one open connection to the server. */
  dialled(stream: Socket, member: Member): void;
  dialFailed(reason: 'failed' | 'timeout'): void;
}

/**
 * The way of one client to a server of its service: each that is tried counts as open from its pick on,
 * and only the one that is reached stays so.
 */
export class ServerDial implements DialOwner<Member> {
  readonly #owner: ServerDialOwner;
  readonly #service: Service;
  readonly #first: Member;
  readonly #context: SessionContext;
  readonly #tried: Member[] = [];
  readonly #dial: Dial<Member>;

  /** `first`: whom the service has picked. */
  constructor(owner: ServerDialOwner, service: Service, first: Member, context: SessionContext) {
    this.#owner = owner;
    this.#service = service;
    this.#first = first;
    this.#context = context;
    this.#dial = new Dial(this, first.transport, context);
  }

  /** Servers that were tried. */
  get attempts(): number {
    return this.#tried.length;
  }

  get failures(): readonly FailedAttempt<Member>[] {
    return this.#dial.failures;
  }

  start(): void {
    this.#dial.start();
  }

  /** Nobody is called any more. */
  cancel(): void {
    this.#dial.cancel();
    this.#closeAllBut(undefined);
  }

  nextTarget(): Member | undefined {
    const tried = this.#tried;
    const member =
      tried.length === 0
        ? this.#first
        : this.#service.pick(tried, this.#owner.client.host, this.#context.timers.now());
    if (member === undefined) return undefined;
    tried.push(member);
    member.server.open += 1;
    member.server.health.dialling(this);
    this.#context.descriptors.count(1);
    return member;
  }

  /** Docker gives its address to the next container at once. */
  isRemoved({ server }: Member): boolean {
    return server.isRemoved;
  }

  openingFor({ transport, tls }: Member): OpeningSteps | undefined {
    const { client, isPostgres } = this.#owner;
    const { proxyProtocol } = transport;
    if (proxyProtocol === undefined && tls === undefined && !isPostgres) return undefined;
    const header =
      proxyProtocol && writeProxyHeader(proxyProtocol, client, this.#owner.reachedBy());
    return { header, isPostgres, tls };
  }

  dialled(stream: Socket, member: Member): void {
    this.#closeAllBut(member);
    this.#owner.dialled(stream, member);
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    this.#closeAllBut(undefined);
    this.#owner.dialFailed(reason);
  }

  #closeAllBut(reached: Member | undefined): void {
    for (const member of this.#tried) {
      this.#judge(member, member === reached);
      if (member === reached) continue;
      member.server.open -= 1;
      this.#context.descriptors.count(-1);
    }
  }

  /** What the dial says about the health of a server. */
  #judge(member: Member, isReached: boolean): void {
    const { health } = member.server;
    const wasUp = health.isUp;
    let why: DialFailure | '' = '';
    const now = this.#context.timers.now();
    if (isReached) health.reached(this, now);
    else {
      why = this.failures.find((of) => of.target === member && isItsFault(of))?.reason ?? '';
      if (why === '') health.undecided(this);
      else health.failed(this, now);
    }
    if (health.isUp !== wasUp)
      this.#context.events.healthChanged(member.service, member.server, why);
  }
}

/** Also if it was given up for another reason, but had been waited for long enough to look elsewhere. */
function isItsFault({ reason, ms, target }: FailedAttempt<Member>): boolean {
  if (!saysNothing(reason)) return true;
  const isGivenUp = reason === 'overtaken' || reason === 'cancelled';
  return isGivenUp && ms >= slowAfter(target.transport.dialTimeout);
}
