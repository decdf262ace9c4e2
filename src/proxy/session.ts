import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { stripMapped, type Endpoint } from '../net/address.js';
import type { ClientHandshake, HandshakeFailure, HandshakeOwner } from '../net/client-handshake.js';
import type { FailedAttempt } from '../net/dial.js';
import { closeWithFin, closeWithReset } from '../net/linger.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../net/pipe.js';
import type { ProxyHeader } from '../net/proxy-header.js';
import type { Termination } from '../net/termination.js';
import type { Middleware } from '../routing/middleware/middleware.js';
import type { Member, Server, Service } from '../routing/service.js';
import type { EntryPointRoutes, Route } from '../routing/table.js';
import type { EndReason, Phase } from '../telemetry/end-reasons.js';
import { Arrival, type ArrivalOwner, type Outcome } from './arrival.js';
import {
  ACCESS_DENIED,
  DENIALS,
  HANDSHAKE_ENDS,
  UNRECOGNIZED_NAME,
  WITHOUT_SERVER,
} from './endings.js';
import type { Gate, OpenSession, SessionContext } from './open-session.js';
import { NAMELESS_HELLO, saidFirst } from './said-first.js';
import { Lifetime, type LifetimeOwner } from './lifetime.js';
import { ServerDial, type ServerDialOwner } from './server-dial.js';
import { judge, wasSilent } from './silence.js';
import { choose, type Choice, type Seen, type TlsChoice } from './sniff.js';

/** Only until the handshake with the client is done. */
interface Securing {
  readonly handshake: ClientHandshake;
  readonly service: Service;
  readonly middlewares: readonly Middleware[];
}

const NOTHING = Buffer.alloc(0);
const NO_FAILURES: readonly FailedAttempt<Member>[] = [];
const NOBODY: readonly Member[] = [];
const NO_MIDDLEWARES: readonly Middleware[] = [];

/**
 * One client connection, from accepted to closed: route, handshake, dial, pipe. It ends with exactly
 * one reason. It keeps names, and never a table, a route or (once it is connected) a service: a session
 * may live for days, and tables must not live with it.
 */
export class Session
  implements OpenSession, ArrivalOwner, HandshakeOwner, PipeOwner, ServerDialOwner, LifetimeOwner
{
  readonly id: number;
  /** After PROXY protocol (D31), as `reached`. */
  client: Endpoint;
  via: Endpoint | undefined;
  readonly startedAt: number;
  phase: Phase = 'route';
  serverName: string | undefined;
  alpn: string | undefined;
  tlsVersion: string | undefined;
  router: string | undefined;
  service: string | undefined;
  server: Server | undefined;
  detail: string | undefined;
  handshakeStart: number | undefined;
  handshakeEnd: number | undefined;
  dialStart: number | undefined;
  dialEnd: number | undefined;
  attempts = 0;
  failures = NO_FAILURES;
  /** The server has to be asked for TLS, as the client has asked us. */
  isPostgres = false;
  place = -1;

  readonly #context: SessionContext;
  readonly #gate: Gate;
  /** The socket that was accepted. */
  readonly #raw: Socket;
  #pipe: Pipe;
  /** Whom the client wanted to reach, where a proxy in front of us says so. */
  #reached: Endpoint | undefined;
  #arrival: Arrival | undefined;
  #securing: Securing | undefined;
  /** Only until the server is reached: whoever is connected needs no service any more. */
  #dialling: ServerDial | undefined;
  /** Only once it is connected, and where the service limits it. */
  #lifetime: Lifetime | undefined;
  /** That let the client in. They are told when it is gone. */
  #passed = NO_MIDDLEWARES;
  /** Taken by the built-in server. */
  #handedOver: Socket | undefined;
  #cutReason: EndReason | undefined;

  /** Takes ownership of the client, which must be able to be half-closed. */
  constructor(client: Socket, gate: Gate, context: SessionContext) {
    this.id = context.sessions.nextId();
    this.client = {
      host: stripMapped(client.remoteAddress ?? ''),
      port: client.remotePort ?? 0,
    };
    this.startedAt = context.timers.now();
    this.#gate = gate;
    this.#context = context;
    this.#raw = client;
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

  get endedFirst(): 'client' | 'server' | undefined {
    return this.#pipe.endedFirst;
  }

  get isBlocked(): boolean {
    return this.#pipe.isBlocked;
  }

  /** Routes by the address alone where that is enough, else waits for the first bytes. */
  start(routes: EntryPointRoutes): void {
    const choice = this.#gate.believes === undefined ? this.choose(routes, NOTHING_SEEN) : 'more';
    if (choice === 'more' || choice === 'postgres') this.#await(routes);
    else this.arrived(choice);
  }

  /** The entry point is full (D36). */
  refuse(): void {
    this.#closeWithReset('connection-limit');
  }

  #await(routes: EntryPointRoutes): void {
    const { host } = this.client;
    const isTrusted = this.#gate.believes?.(host) ?? false;
    if (!this.#gate.unrouted.enter(host, isTrusted)) {
      this.#closeWithReset('unrouted-limit');
      return;
    }
    const { timers } = this.#context;
    this.#arrival = new Arrival(routes, this.#gate, this.#pipe, host, timers, this);
  }

  #stopArrival(): void {
    this.#arrival?.stop();
    this.#arrival = undefined;
  }

  // What follows is called by the arrival.

  choose(routes: EntryPointRoutes, seen: Seen): Choice | 'crash' {
    try {
      return choose(routes, {
        ...seen,
        remoteAddress: this.client.host,
        hasBuiltIn: this.#gate.builtIn !== undefined,
      });
    } catch (error) {
      // A matcher is made of what strangers wrote; a bug in one must not end the connections of all.
      this.#context.events.crashed(this, error);
      return 'crash';
    }
  }

  introduced({ source, destination }: ProxyHeader): void {
    if (source === undefined) return;
    if (this.#gate.believes?.(this.client.host) !== true) {
      this.#context.events.introducedBadly(this, 'untrusted-proxy-header');
      return;
    }
    this.via = this.client;
    this.client = source;
    this.#reached = destination;
  }

  unintroduced(): void {
    if (this.#gate.believes?.(this.client.host) !== true) return;
    this.#context.events.introducedBadly(this, 'missing-proxy-header');
  }

  expired(): void {
    const { handshake } = this.#securing ?? {};
    if (handshake) this.#giveUp(handshake, 'handshake-timeout', closeWithFin);
    else this.#closeWithFin('route-timeout');
  }

  arrived(outcome: Outcome): void {
    if (typeof outcome === 'object') {
      if ('hello' in outcome) this.#takeTls(outcome);
      else this.#take(outcome);
      return;
    }
    switch (outcome) {
      case 'http':
        this.#handOver();
        return;
      case 'none':
        // Without an arrival no byte was waited for.
        if (this.#arrival) this.detail = saidFirst(this.#pipe.early());
        this.#closeWithFin('no-route');
        return;
      case 'left':
        this.#closeWithFin('client-left');
        return;
      case 'bad-header':
        this.#closeWithFin('bad-proxy-header');
        return;
      case 'crash':
        this.#closeWithReset('internal-error');
        return;
    }
  }

  #takeTls({ hello, route }: TlsChoice): void {
    this.serverName = hello.serverName;
    this.alpn = shortList(hello.alpn);
    if (route) this.#take(route, ACCESS_DENIED);
    else {
      if (this.serverName === undefined) this.detail = NAMELESS_HELLO;
      this.#closeWithFin('no-route', UNRECOGNIZED_NAME);
    }
  }

  #take({ name, service, tls, middlewares }: Route, ifDisabled = NOTHING): void {
    this.router = name;
    if (service === undefined) {
      this.#closeWithFin('router-disabled', ifDisabled);
      return;
    }
    this.service = service.name;
    this.isPostgres = tls === 'passthrough' && this.#arrival?.isStartTls === true;
    if (typeof tls === 'object') this.#secure(tls, service, middlewares);
    else this.#serve(service, middlewares);
  }

  /** The handshake comes before the dial, and under the deadline of the arrival (D17). */
  #secure(termination: Termination, service: Service, middlewares: readonly Middleware[]): void {
    const server = termination.serverFor(this.serverName, this.reachedBy().host);
    if (server === undefined) {
      this.#closeWithFin('unrecognized-name', UNRECOGNIZED_NAME);
      return;
    }
    // A hello with a FIN behind it: nobody is there to finish the handshake.
    if (this.#pipe.hasClientEnded) {
      this.#closeWithFin('client-left');
      return;
    }
    this.phase = 'handshake';
    this.handshakeStart = this.#context.timers.now();
    const raw = this.#pipe.handBack();
    const { handshakes } = this.#context;
    const handshake = handshakes.start(raw, server, termination.clientCertificate, this);
    this.#securing = { handshake, service, middlewares };
  }

  #handOver(): void {
    const { builtIn } = this.#gate;
    if (builtIn === undefined) return;
    this.#stopArrival();
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

  // What follows is called by the handshake.

  secured(stream: TLSSocket): void {
    const securing = this.#securing;
    this.#securing = undefined;
    this.handshakeEnd = this.#context.timers.now();
    // Once the stream is closed it does not know them any more.
    this.alpn = stream.alpnProtocol || undefined;
    this.tlsVersion = stream.getProtocol() ?? undefined;
    this.#pipe = new Pipe(stream, this, this.#context);
    if (securing) this.#serve(securing.service, securing.middlewares);
  }

  handshakeFailed(reason: HandshakeFailure, detail: string): void {
    this.#securing = undefined;
    this.detail = detail;
    // What was refused by TLS itself gets its alert first, and is closed by it.
    if (reason === 'no-certificate' || reason === 'bad-certificate') closeWithReset(this.#raw);
    this.#uncountWhenClosed(this.#raw);
    this.#finish(HANDSHAKE_ENDS[reason]);
  }

  #giveUp(
    handshake: ClientHandshake,
    reason: EndReason,
    close: (socket: Socket, timers: SessionContext['timers']) => void,
  ): void {
    this.#securing = undefined;
    const raw = handshake.cancel();
    this.#uncountWhenClosed(raw);
    close(raw, this.#context.timers);
    this.#finish(reason);
  }

  /** The route is chosen and the client is known: whoever may not pass is turned away here. */
  #serve(service: Service, middlewares: readonly Middleware[]): void {
    for (let place = 0; place < middlewares.length; place += 1) {
      const middleware = middlewares[place];
      if (!middleware || middleware.admits(this.client.host, this.#context.timers.now())) continue;
      this.#passed = middlewares.slice(0, place);
      this.detail = middleware.name;
      this.#closeWithReset(DENIALS[middleware.denial]);
      return;
    }
    this.#passed = middlewares;
    this.#dial(service);
  }

  #dial(service: Service): void {
    this.#stopArrival();
    this.phase = 'dial';
    this.dialStart = this.#context.timers.now();
    const first = service.pick(NOBODY, this.client.host, this.#context.timers.now());
    if (first === undefined) {
      this.#closeWithReset(WITHOUT_SERVER[service.whyNone()]);
      return;
    }
    this.#dialling = new ServerDial(this, service, first, this.#context);
    this.#dialling.start();
  }

  drain(): void {
    this.#handedOver?.destroySoon();
  }

  cut(reason: EndReason): void {
    this.#cutReason ??= reason;
    const { handshake } = this.#securing ?? {};
    if (handshake) {
      this.#giveUp(handshake, this.#cutReason, closeWithReset);
      return;
    }
    this.#stopArrival();
    this.#dialling?.cancel();
    this.#dialOver();
    this.#pipe.cut();
  }

  // What follows is called by the dial.

  /** Whom the client wanted to reach. */
  reachedBy(): Endpoint {
    const { localAddress = '', localPort = 0 } = this.#raw;
    return this.#reached ?? { host: stripMapped(localAddress), port: localPort };
  }

  dialled(socket: Socket, { service, server, transport, limits }: Member): void {
    this.#dialOver();
    this.phase = 'data';
    this.service = service;
    this.server = server;
    this.#pipe.join(socket, transport.terminationDelay);
    if (limits) this.#lifetime = new Lifetime(this, limits, this.#context.timers);
    this.#context.events.reached(this);
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    this.#dialOver();
    this.#closeWithReset(reason === 'timeout' ? 'dial-timeout' : 'dial-failed');
  }

  #dialOver(): void {
    const dialling = this.#dialling;
    if (dialling === undefined) return;
    this.#dialling = undefined;
    this.dialEnd = this.#context.timers.now();
    this.attempts = dialling.attempts;
    this.failures = dialling.failures;
  }

  #close(server: Server): void {
    server.open -= 1;
    this.#context.descriptors.count(-1);
  }

  // What follows is called by the pipe.

  earlyBytes(): void {
    this.#arrival?.look(false);
  }

  earlyFin(): void {
    this.#arrival?.look(true);
  }

  clientLost(): void {
    this.#context.descriptors.count(-1);
    const reason = this.phase === 'dial' ? 'client-left-dialling' : 'client-left';
    this.#dialling?.cancel();
    this.#dialOver();
    this.#finish(this.#cutReason ?? reason);
  }

  pipeEnded(end: PipeEnd): void {
    this.#context.descriptors.count(-1);
    const isSilent = wasSilent(this.#pipe, end);
    const { server, received } = this;
    if (server) {
      judge(server, this.service ?? '', { received, isSilent }, this.#context);
      this.#close(server);
    }
    const { errorCode } = this.#pipe;
    if (errorCode.startsWith('ERR_')) this.detail = errorCode;
    if (isSilent) this.#finish('server-silent');
    else this.#finish(end === 'cut' ? (this.#cutReason ?? 'internal-error') : end);
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
    this.#uncountWhenClosed(client);
    return client;
  }

  #uncountWhenClosed(client: Socket): void {
    const { descriptors } = this.#context;
    if (client.closed) descriptors.count(-1);
    else client.once('close', () => descriptors.count(-1));
  }

  #finish(reason: EndReason): void {
    this.#stopArrival();
    this.#lifetime?.stop();
    for (const middleware of this.#passed) middleware.leave(this.client.host);
    this.#passed = NO_MIDDLEWARES;
    if (this.#context.sessions.remove(this)) this.#context.events.ended(this, reason);
  }
}

/** Strangers write it, sessions keep it, and a line has room for some. */
const MOST_PROTOCOLS = 8;

const shortList = (protocols: readonly string[]): string | undefined =>
  protocols.length === 0 ? undefined : protocols.slice(0, MOST_PROTOCOLS).join(',');

const NOTHING_SEEN: Seen = {
  bytes: NOTHING,
  hasAll: false,
  hasEnded: false,
  isStartTls: false,
};
