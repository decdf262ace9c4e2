import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { stripMapped } from '../net/address.js';
import type { Budget } from '../net/budget.js';
import { Dial, type DialOwner } from '../net/dial.js';
import { closeWithFin, closeWithReset } from '../net/linger.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../net/pipe.js';
import type { Resolver } from '../net/resolve.js';
import type { TimerHandle, Timers } from '../net/timers.js';
import type { Server, Service, Transport } from '../routing/service.js';
import {
  match,
  type ConnectionFacts,
  type EntryPointRoutes,
  type Route,
} from '../routing/table.js';
import type { EndReason, Phase } from '../telemetry/end-reasons.js';
import { httpOrPlain, tlsOrPlain } from './first-bytes.js';
import type { Sessions } from './sessions.js';
import type { Unrouted } from './unrouted.js';

/** What all sessions of the process share. */
export interface SessionContext {
  readonly timers: Timers;
  readonly budget: Budget;
  readonly resolver: Resolver;
  readonly sessions: Sessions<Session>;
  /** Called once per session, when it is over. */
  readonly ended: (session: Session, reason: EndReason) => void;
}

/** What the sessions of one entry point share. Milliseconds. */
export interface Gate {
  readonly name: string;
  /** From accept to the chosen route. 0: no limit. */
  readonly readTimeout: number;
  /** Silence after which a plain router is used beside TLS routers (D18). 0: never. */
  readonly sniffTimeout: number;
  readonly unrouted: Unrouted;
  /** Takes what no router takes and begins like HTTP (D26). */
  readonly builtIn: HttpServer | undefined;
}

/** TLS record of a fatal alert access_denied (RFC 8446, 6.2): the router is there, and closed (D35). */
const ACCESS_DENIED = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31]);

/**
 * One client connection, from accepted to closed: route, dial, pipe. It ends with exactly one reason.
 * It keeps names, and never a table, a route or (once it is connected) a service: a session may live
 * for days, and tables must not live with it.
 */
export class Session implements PipeOwner, DialOwner<Server> {
  readonly id: number;
  readonly entryPoint: string;
  /** `::ffff:` stripped (D47). */
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly startedAt: number;
  phase: Phase = 'route';
  router: string | undefined;
  service: string | undefined;
  server: Server | undefined;

  readonly #context: SessionContext;
  readonly #gate: Gate;
  readonly #pipe: Pipe;
  /** Only until the route is chosen. */
  #routes: EntryPointRoutes | undefined;
  /** Only while dialling. */
  #dialling:
    | { readonly service: Service; readonly tried: Server[]; readonly dial: Dial<Server> }
    | undefined;
  #transport: Transport | undefined;
  #deadline: TimerHandle | undefined;
  #silence: TimerHandle | undefined;
  #attempts = 0;
  #isUnrouted = false;
  #cutReason: EndReason | undefined;
  #reason: EndReason | undefined;

  constructor(client: Socket, gate: Gate, context: SessionContext) {
    this.id = context.sessions.nextId();
    this.entryPoint = gate.name;
    this.clientAddress = stripMapped(client.remoteAddress ?? '');
    this.clientPort = client.remotePort ?? 0;
    this.startedAt = context.timers.now();
    this.#gate = gate;
    this.#context = context;
    this.#pipe = new Pipe(client, this, context);
    context.sessions.add(this);
    context.sessions.hold(1);
  }

  get sent(): number {
    return this.#pipe.sent;
  }

  get received(): number {
    return this.#pipe.received;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Servers that could not be reached, with the reason. Empty unless a dial failed. */
  failures(): Dial<Server>['failures'] {
    return this.#failures;
  }
  #failures: Dial<Server>['failures'] = [];

  /** Routes at once where no byte is needed for it (data-plane 1.7), else waits for the first ones. */
  start(routes: EntryPointRoutes): void {
    if (routes.tls.length === 0) {
      const route = match(routes.plain, this.#facts());
      if (route) {
        this.#take(route);
        return;
      }
      if (this.#gate.builtIn === undefined) {
        this.#closeWithFin('no-route');
        return;
      }
    }
    this.#waitForBytes(routes);
  }

  /** The entry point is full (D36). */
  refuse(): void {
    this.#closeWithReset('connection-limit');
  }

  #facts(): ConnectionFacts {
    return { remoteAddress: this.clientAddress, serverName: undefined, alpn: NO_ALPN };
  }

  #waitForBytes(routes: EntryPointRoutes): void {
    const { unrouted, readTimeout, sniffTimeout } = this.#gate;
    if (!unrouted.enter(this.clientAddress)) {
      this.#closeWithReset('unrouted-limit');
      return;
    }
    this.#isUnrouted = true;
    this.#routes = routes;
    const { timers } = this.#context;
    if (readTimeout > 0) this.#deadline = timers.start(readTimeout, routeTimeout, this);
    if (sniffTimeout > 0 && routes.tls.length > 0 && routes.plain.length > 0) {
      this.#silence = timers.start(sniffTimeout, silence, this);
    }
  }

  earlyBytes(): void {
    if (this.#routes) this.#decide(this.#routes, false);
  }

  earlyFin(): void {
    if (this.#routes) this.#decide(this.#routes, true);
  }

  /** Chooses the route by the first bytes. `isAll`: no more of them will come. */
  #decide(routes: EntryPointRoutes, isAll: boolean): void {
    const bytes = this.#pipe.early();
    if (isAll && bytes.length === 0) {
      this.#closeWithFin('client-left');
      return;
    }
    const kind = routes.tls.length > 0 ? tlsOrPlain(bytes) : 'plain';
    if (kind === 'more' && !isAll) return;
    if (kind === 'tls') this.#refuseTls(routes, ACCESS_DENIED);
    else if (kind === 'postgres') this.#refuseTls(routes, undefined);
    else this.#routePlain(routes, bytes, isAll);
  }

  /** This version serves no TLS router: each of them holds its place, and never falls through (D35). */
  #refuseTls(routes: EntryPointRoutes, alert: Buffer | undefined): void {
    this.router = routes.tls.length === 1 ? routes.tls[0]?.name : undefined;
    if (alert === undefined) this.#closeWithReset('router-disabled');
    else this.#closeWithFin('router-disabled', alert);
  }

  #routePlain(routes: EntryPointRoutes, bytes: Buffer, isAll: boolean): void {
    const route = match(routes.plain, this.#facts());
    if (route) {
      this.#take(route);
      return;
    }
    const { builtIn } = this.#gate;
    const kind = builtIn ? httpOrPlain(bytes) : 'plain';
    if (kind === 'more' && !isAll) return;
    if (kind === 'http' && builtIn) this.#handOver(builtIn);
    else this.#closeWithFin('no-route');
  }

  #handOver(builtIn: HttpServer): void {
    const client = this.#pipe.handBack();
    this.#finish('api-request');
    builtIn.emit('connection', client);
    // Paused above; the HTTP server reads by itself only from fresh sockets.
    client.resume();
  }

  /** D18: a client that waits for the server to speak first gets the plain router. */
  silence(): void {
    this.#silence = undefined;
    const routes = this.#routes;
    const route = routes && this.#pipe.early().length === 0 && match(routes.plain, this.#facts());
    if (route) this.#take(route);
  }

  routeTimeout(): void {
    this.#deadline = undefined;
    this.#closeWithFin('route-timeout');
  }

  #take(route: Route): void {
    this.#routed();
    this.router = route.name;
    const { service } = route;
    if (service === undefined) {
      this.#closeWithFin('router-disabled');
      return;
    }
    this.phase = 'dial';
    this.service = service.name;
    this.#transport = service.transport;
    const dial = new Dial(this, service.transport, this.#context);
    this.#dialling = { service, tried: [], dial };
    dial.start();
  }

  #routed(): void {
    const { timers } = this.#context;
    this.#routes = undefined;
    if (this.#deadline) timers.cancel(this.#deadline);
    if (this.#silence) timers.cancel(this.#silence);
    this.#deadline = undefined;
    this.#silence = undefined;
    if (this.#isUnrouted) this.#gate.unrouted.leave(this.clientAddress);
    this.#isUnrouted = false;
  }

  nextTarget(): Server | undefined {
    const dialling = this.#dialling;
    const server = dialling?.service.pick(dialling.tried);
    if (server === undefined || dialling === undefined) return undefined;
    dialling.tried.push(server);
    server.open += 1;
    return server;
  }

  dialled(socket: Socket, server: Server): void {
    this.#dialOver(server);
    this.phase = 'data';
    this.server = server;
    this.#context.sessions.hold(1);
    this.#pipe.join(socket, this.#transport?.terminationDelay ?? 0);
  }

  dialFailed(reason: 'failed' | 'timeout'): void {
    this.#dialOver(undefined);
    if (this.#attempts === 0 && reason === 'failed') this.#closeWithReset('no-server');
    else this.#closeWithReset(reason === 'timeout' ? 'dial-timeout' : 'dial-failed');
  }

  /** Only the server that was reached stays counted as open here. */
  #dialOver(reached: Server | undefined): void {
    const dialling = this.#dialling;
    if (dialling === undefined) return;
    this.#dialling = undefined;
    this.#attempts = dialling.tried.length;
    this.#failures = dialling.dial.failures;
    for (const server of dialling.tried) if (server !== reached) server.open -= 1;
  }

  clientLost(): void {
    const wasDialling = this.#dialling !== undefined;
    this.#dialling?.dial.cancel();
    this.#dialOver(undefined);
    this.#finish(this.#cutReason ?? (wasDialling ? 'client-left-dialling' : 'client-left'));
  }

  pipeEnded(end: PipeEnd): void {
    if (this.server) this.server.open -= 1;
    this.#context.sessions.hold(-1);
    this.#finish(end === 'cut' ? (this.#cutReason ?? 'shutdown') : end);
  }

  /** Ends the session now, with resets. */
  cut(reason: EndReason): void {
    this.#cutReason ??= reason;
    this.#pipe.cut();
  }

  #closeWithFin(reason: EndReason, lastWords?: Buffer): void {
    const client = this.#pipe.release();
    if (lastWords) client.write(lastWords);
    closeWithFin(client, this.#context.timers);
    this.#finish(reason);
  }

  #closeWithReset(reason: EndReason): void {
    closeWithReset(this.#pipe.release());
    this.#finish(reason);
  }

  #finish(reason: EndReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#routed();
    const { sessions, ended } = this.#context;
    sessions.hold(-1);
    sessions.remove(this);
    ended(this, reason);
  }
}

const NO_ALPN: readonly string[] = [];

const routeTimeout = (session: Session) => session.routeTimeout();
const silence = (session: Session) => session.silence();
