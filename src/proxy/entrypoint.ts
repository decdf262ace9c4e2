import type { Server as HttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { EntryPointConfig } from '../config/static.js';
import { listen, type Listening } from '../net/listen.js';
import { Session, type Gate, type SessionContext } from './session.js';
import { Unrouted } from './unrouted.js';
import type { EntryPointRoutes } from '../routing/table.js';

export interface EntryPointOptions {
  readonly context: SessionContext;
  /** The routes in force, read once per connection (AGG-19). */
  readonly routes: (entryPoint: string) => EntryPointRoutes;
  readonly builtIn: HttpServer | undefined;
  readonly descriptorLimit: number;
  /** Called after each accepted connection. */
  readonly accepted: () => void;
}

/** A listening port and its sessions. It outlives every table. */
export class EntryPoint {
  readonly name: string;
  readonly #config: EntryPointConfig;
  readonly #options: EntryPointOptions;
  readonly #gate: Gate;
  readonly #maxConnections: number;
  #server: Server | undefined;
  #port = 0;
  #isStopping = false;

  constructor(config: EntryPointConfig, options: EntryPointOptions) {
    const { readTimeout, sniffTimeout, unrouted } = config;
    // D36: what is not written follows from how many sockets the process may have.
    const max = unrouted.max ?? Math.floor(options.descriptorLimit / 4);
    this.name = config.name;
    this.#config = config;
    this.#options = options;
    this.#maxConnections = config.maxConnections ?? Infinity;
    this.#gate = {
      name: config.name,
      readTimeout,
      sniffTimeout: readTimeout > 0 ? Math.min(sniffTimeout, readTimeout / 2) : sniffTimeout,
      unrouted: new Unrouted({ max, maxPerIP: unrouted.maxPerIP ?? Math.ceil(max / 10) }),
      builtIn: options.builtIn,
    };
  }

  get config(): EntryPointConfig {
    return this.#config;
  }

  /** The port in use; differs from the configured one only where that is 0. */
  get port(): number {
    return this.#port;
  }

  get isListening(): boolean {
    return this.#server !== undefined;
  }

  async listen(): Promise<Listening> {
    const { host, reusePort } = this.#config;
    const port = this.#port === 0 ? this.#config.port : this.#port;
    const listening = await listen({ host, port, reusePort }, (socket) => this.#accept(socket));
    if (!listening.ok) return listening;
    if (this.#isStopping) listening.server.close();
    this.#server = listening.server;
    this.#port = listening.port;
    // After `listening` an error concerns one accept only: the backlog holds the others.
    listening.server.on('error', () => {});
    return listening;
  }

  /** Stops accepting; open sessions go on. The backlog is refused by the kernel. */
  pause(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(socket: Socket): void {
    const { context, routes, accepted } = this.#options;
    // A client that was gone before it was accepted has no address any more.
    if (socket.destroyed || socket.remoteAddress === undefined) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const session = new Session(socket, this.#gate, context);
    if (context.sessions.countOf(this.name) > this.#maxConnections) session.refuse();
    else session.start(routes(this.name));
    accepted();
  }

  /**
   * CFG-29: still accepts for `requestAcceptGraceTimeout`, then waits up to `graceTimeOut` for the
   * open sessions, then cuts them. Returns how many were cut. `now` cuts at once (D48).
   */
  async stop(now: Promise<void>): Promise<number> {
    this.#isStopping = true;
    const { requestAcceptGraceTimeout, graceTimeOut } = this.#config;
    if (requestAcceptGraceTimeout > 0) await this.#within(requestAcceptGraceTimeout, now);
    this.pause();
    const { sessions } = this.#options.context;
    const idle = new Promise<void>((resolve) => sessions.whenIdle(this.name, resolve));
    if (graceTimeOut > 0) await this.#within(graceTimeOut, Promise.race([idle, now]));
    const left = sessions.of(this.name);
    for (const session of left) session.cut('shutdown');
    return left.length;
  }

  async #within(ms: number, done: Promise<void>): Promise<void> {
    const { timers } = this.#options.context;
    await new Promise<void>((resolve) => {
      const timer = timers.start(ms, resolve, undefined);
      void done.then(() => {
        timers.cancel(timer);
        resolve();
      });
    });
  }
}
