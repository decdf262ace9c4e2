import type { Socket } from 'node:net';
import { stripMapped } from '../net/address.js';
import { Dial, type DialOwner, type FailedAttempt } from '../net/dial.js';
import { closeWithFin, closeWithReset } from '../net/linger.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../net/pipe.js';
import type { Server, Service } from '../routing/service.js';
import type { ConnectionFacts, EntryPointRoutes, Route } from '../routing/table.js';
import type { EndReason, Phase } from '../telemetry/end-reasons.js';
import type { Gate, OpenSession, SessionContext } from './open-session.js';
import { choose, type Choice } from './sniff.js';
import { Waiting, type WaitingOwner } from './waiting.js';

/** Only until the server is reached: whoever is connected needs no service any more. */
interface Dialling {
  readonly service: Service;
  readonly tried: Server[];
  readonly dial: Dial<Server>;
}

/** TLS record of a fatal alert access_denied (RFC 8446, 6.2): the router is there, and closed (D35). */
const ACCESS_DENIED = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31]);

const NOTHING = Buffer.alloc(0);
const NO_ALPN: readonly string[] = [];
const NO_ROUTES: readonly Route[] = [];
const NO_FAILURES: readonly FailedAttempt<Server>[] = [];

/**
 * One client connection, from accepted to closed: route, dial, pipe. It ends with exactly one reason.
 * It keeps names, and never a table, a route or (once it is connected) a service: a session may live
 * for days, and tables must not live with it.
 */
export class Session implements OpenSession, WaitingOwner, PipeOwner, DialOwner<Server> {
  readonly id: number;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly startedAt: number;
  phase: Phase = 'route';
  router: string | undefined;
  service: string | undefined;
  server: Server | undefined;
  attempts = 0;
  failures = NO_FAILURES;
  place = -1;

  readonly #context: SessionContext;
  readonly #gate: Gate;
  readonly #pipe: Pipe;
  #waiting: Waiting | undefined;
  #dialling: Dialling | undefined;
  /** Taken by the built-in server. */
  #handedOver: Socket | undefined;
  #cutReason: EndReason | undefined;

  /** Takes ownership of the client, which must be able to be half-closed. */
  constructor(client: Socket, gate: Gate, context: SessionContext) {
    this.id = context.sessions.nextId();
    this.clientAddress = stripMapped(client.remoteAddress ?? '');
    this.clientPort = client.remotePort ?? 0;
    this.startedAt = context.timers.now();
    this.#gate = gate;
    this.#context = context;
    this.#pipe = new Pipe(client, this, context);
    context.sessions.add(this);
    context.descriptors.count(1);
  }

  get entryPoint(): string {
    return this.#gate.name;
  }

  get sent(): number {
    return this.#pipe.sent;
  }

  get received(): number {
    return this.#pipe.received;
  }

  /** Routes by the address alone where that is enough, else waits for the first bytes. */
  start(routes: EntryPointRoutes): void {
    const choice = this.#choose(routes, NOTHING, false);
    if (choice === 'more') this.#wait(routes);
    else this.#proceed(choice, routes);
  }

  /** The entry point is full (D36). */
  refuse(): void {
    this.#closeWithReset('connection-limit');
  }

  #wait(routes: EntryPointRoutes): void {
    if (this.#gate.unrouted.enter(this.clientAddress)) {
      this.#waiting = new Waiting(routes, this.#gate, this.#context.timers, this);
    } else {
      this.#closeWithReset('unrouted-limit');
    }
  }

  #stopWaiting(): void {
    if (this.#waiting === undefined) return;
    this.#waiting.stop();
    this.#waiting = undefined;
    this.#gate.unrouted.leave(this.clientAddress);
  }

  #decide(isAll: boolean): void {
    if (this.#waiting === undefined) return;
    const { routes } = this.#waiting;
    const bytes = this.#pipe.early();
    if (isAll && bytes.length === 0) this.#closeWithFin('client-left');
    else this.#proceed(this.#choose(routes, bytes, isAll), routes);
  }

  #choose(routes: EntryPointRoutes, bytes: Buffer, isAll: boolean): Choice | 'crash' {
    const hasBuiltIn = this.#gate.builtIn !== undefined;
    try {
      return choose(routes, { facts: this.#facts(), bytes, isAll, hasBuiltIn });
    } catch (error) {
      // A matcher is made of what strangers wrote; a bug in one must not end the connections of all.
      this.#context.events.crashed(this, error);
      return 'crash';
    }
  }

  #facts(): ConnectionFacts {
    return { remoteAddress: this.clientAddress, serverName: undefined, alpn: NO_ALPN };
  }

  #proceed(choice: Choice | 'crash', { tls }: EntryPointRoutes): void {
    if (typeof choice === 'object') {
      this.#take(choice);
      return;
    }
    switch (choice) {
      case 'more':
        return;
      case 'tls':
      case 'postgres':
        // No TLS router is served by this version: each holds its place (D35), whatever the server
        // name. The hello is read, and its router matched, here.
        this.router = tls.length === 1 ? tls[0]?.name : undefined;
        this.#closeWithFin('router-disabled', choice === 'tls' ? ACCESS_DENIED : NOTHING);
        return;
      case 'http':
        this.#handOver();
        return;
      case 'none':
        this.#closeWithFin('no-route');
        return;
      case 'crash':
        this.#closeWithReset('internal-error');
        return;
    }
  }

  #take(route: Route): void {
    this.#stopWaiting();
    this.router = route.name;
    const { service } = route;
    if (service === undefined) {
      this.#closeWithFin('router-disabled');
      return;
    }
    this.phase = 'dial';
    this.service = service.name;
    const dial = new Dial(this, service.transport, this.#context);
    this.#dialling = { service, tried: [], dial };
    dial.start();
  }

  #handOver(): void {
    const { builtIn } = this.#gate;
    if (builtIn === undefined) return;
    this.#stopWaiting();
    const client = this.#pipe.handBack();
    this.phase = 'data';
    this.#handedOver = client;
    client.once('close', () => {
      this.#context.descriptors.count(-1);
      this.#finish(this.#cutReason ?? 'api-request');
    });
    builtIn.emit('connection', client);
    client.resume();
  }

  drain(): void {
    this.#handedOver?.destroySoon();
  }

  cut(reason: EndReason): void {
    this.#cutReason ??= reason;
    this.#stopWaiting();
    this.#dialling?.dial.cancel();
    this.#dialOver(undefined);
    this.#pipe.cut();
  }

  // What follows is called when there was nothing to choose by.

  expire(): void {
    this.#closeWithFin('route-timeout');
  }

  /** D18: a client that waits for the server to speak first gets the plain router. */
  hearSilence(): void {
    if (this.#waiting === undefined || this.#pipe.early().length > 0) return;
    const plainOnly = { ...this.#waiting.routes, tls: NO_ROUTES };
    const choice = this.#choose(plainOnly, NOTHING, true);
    if (choice !== 'none') this.#proceed(choice, plainOnly);
  }

  // What follows is called by the dial.

  nextTarget(): Server | undefined {
    const dialling = this.#dialling;
    const server = dialling?.service.pick(dialling.tried);
    if (dialling === undefined || server === undefined) return undefined;
    dialling.tried.push(server);
    server.open += 1;
    this.#context.descriptors.count(1);
    return server;
  }

  dialled(socket: Socket, server: Server): void {
    const terminationDelay = this.#dialling?.service.transport.terminationDelay ?? 0;
    this.#dialOver(server);
    this.phase = 'data';
    this.server = server;
    this.#pipe.join(socket, terminationDelay);
    if (this.failures.length > 0) this.#context.events.detoured(this);
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    this.#dialOver(undefined);
    if (reason === 'timeout') this.#closeWithReset('dial-timeout');
    else this.#closeWithReset(this.attempts === 0 ? 'no-server' : 'dial-failed');
  }

  /** Only the server that was reached stays open. */
  #dialOver(reached: Server | undefined): void {
    const dialling = this.#dialling;
    if (dialling === undefined) return;
    this.#dialling = undefined;
    const { tried, dial } = dialling;
    this.attempts = tried.length;
    this.failures = dial.failures;
    for (const server of tried) if (server !== reached) this.#close(server);
  }

  #close(server: Server): void {
    server.open -= 1;
    this.#context.descriptors.count(-1);
  }

  // What follows is called by the pipe.

  earlyBytes(): void {
    this.#decide(false);
  }

  earlyFin(): void {
    this.#decide(true);
  }

  clientLost(): void {
    this.#context.descriptors.count(-1);
    const reason = this.phase === 'dial' ? 'client-left-dialling' : 'client-left';
    this.#dialling?.dial.cancel();
    this.#dialOver(undefined);
    this.#finish(this.#cutReason ?? reason);
  }

  pipeEnded(end: PipeEnd): void {
    this.#context.descriptors.count(-1);
    if (this.server) this.#close(this.server);
    this.#finish(end === 'cut' ? (this.#cutReason ?? 'internal-error') : end);
  }

  // How it ends.

  #closeWithFin(reason: EndReason, lastWords = NOTHING): void {
    const client = this.#release();
    if (lastWords.length > 0) client.write(lastWords);
    closeWithFin(client, this.#context.timers);
    this.#finish(reason);
  }

  #closeWithReset(reason: EndReason): void {
    closeWithReset(this.#release());
    this.#finish(reason);
  }

  #release(): Socket {
    const client = this.#pipe.release();
    const { descriptors } = this.#context;
    client.once('close', () => descriptors.count(-1));
    return client;
  }

  #finish(reason: EndReason): void {
    this.#stopWaiting();
    if (this.#context.sessions.remove(this)) this.#context.events.ended(this, reason);
  }
}
