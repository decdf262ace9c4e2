import type { Socket } from 'node:net';
import type { Endpoint } from '../net/address.js';
import { Dial, type DialOwner, type FailedAttempt } from '../net/dial.js';
import type { OpeningSteps } from '../net/server-opening.js';
import { writeProxyHeader } from '../net/write-proxy-header.js';
import type { Server, Service } from '../routing/service.js';
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
  dialled(stream: Socket, server: Server): void;
  dialFailed(reason: 'failed' | 'timeout'): void;
}

/**
 * The way of one client to a server of its service: each that is tried counts as open from its pick on,
 * and only the one that is reached stays so.
 */
export class ServerDial implements DialOwner<Server> {
  readonly #owner: ServerDialOwner;
  readonly #service: Service;
  readonly #context: SessionContext;
  readonly #tried: Server[] = [];
  readonly #dial: Dial<Server>;

  constructor(owner: ServerDialOwner, service: Service, context: SessionContext) {
    this.#owner = owner;
    this.#service = service;
    this.#context = context;
    this.#dial = new Dial(this, service.transport, context);
  }

  get service(): Service {
    return this.#service;
  }

  /** Servers that were tried. */
  get attempts(): number {
    return this.#tried.length;
  }

  get failures(): readonly FailedAttempt<Server>[] {
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

  nextTarget(): Server | undefined {
    const server = this.#service.pick(this.#tried);
    if (server === undefined) return undefined;
    this.#tried.push(server);
    server.open += 1;
    this.#context.descriptors.count(1);
    return server;
  }

  openingFor(server: Server): OpeningSteps | undefined {
    const { client, isPostgres } = this.#owner;
    const { proxyProtocol } = this.#service.transport;
    const tls = this.#service.tlsTo(server);
    if (proxyProtocol === undefined && tls === undefined && !isPostgres) return undefined;
    const header =
      proxyProtocol && writeProxyHeader(proxyProtocol, client, this.#owner.reachedBy());
    return { header, isPostgres, tls };
  }

  dialled(stream: Socket, server: Server): void {
    this.#closeAllBut(server);
    this.#owner.dialled(stream, server);
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    this.#closeAllBut(undefined);
    this.#owner.dialFailed(reason);
  }

  #closeAllBut(reached: Server | undefined): void {
    for (const server of this.#tried) {
      if (server === reached) continue;
      server.open -= 1;
      this.#context.descriptors.count(-1);
    }
  }
}
