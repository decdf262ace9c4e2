import type { Server as HttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { EntryPointConfig } from '../config/static.js';
import { listen, type Listening } from '../net/listen.js';
import type { EntryPointRoutes } from '../routing/table.js';
import type { Gate, SessionContext } from './open-session.js';
import { Session } from './session.js';
import { Unrouted } from './unrouted.js';

export interface EntryPointOptions {
  readonly context: SessionContext;
  /** The routes in force, read once per connection (AGG-19). */
  readonly routes: (entryPoint: string) => EntryPointRoutes;
  readonly builtIn: HttpServer | undefined;
  /** See `Gate`. */
  readonly believes: ((address: string) => boolean) | undefined;
  readonly descriptorLimit: number;
  readonly accepted: (entryPoint: string) => void;
  /** After a pause, the port is somebody else's now. It is tried again. */
  readonly cannotListen: (entryPoint: string, detail: string) => void;
}

const TRY_AGAIN_MS = 1_000;

/** How long sessions that were cut may take to be closed. */
const CLOSING_MS = 1_000;

/** A listening port and its sessions. It outlives every table. */
export class EntryPoint {
  readonly name: string;
  readonly #config: EntryPointConfig;
  readonly #options: EntryPointOptions;
  readonly #gate: Gate;
  readonly #maxConnections: number;
  #server: Server | undefined;
  /** The port in use: another than the configured one only where that is 0. */
  #port: number;
  #mayListen = true;
  /** A port that is being opened is not opened a second time: that one would find it in use. */
  #isOpening = false;

  constructor(config: EntryPointConfig, options: EntryPointOptions) {
    const { readTimeout, sniffTimeout, unrouted } = config;
    // D36: what is not written follows from how many sockets the process may have.
    const max = unrouted.max ?? Math.floor(options.descriptorLimit / 4);
    this.name = config.name;
    this.#config = config;
    this.#options = options;
    this.#maxConnections = config.maxConnections ?? Infinity;
    this.#port = config.port;
    // Node holds a client to headersTimeout and requestTimeout only once its server listens.
    options.builtIn?.emit('listening');
    this.#gate = {
      name: config.name,
      readTimeout,
      // D18: at most half of the deadline, or there would be no time left to use the route.
      sniffTimeout: readTimeout > 0 ? Math.min(sniffTimeout, readTimeout / 2) : sniffTimeout,
      unrouted: new Unrouted({ max, maxPerIP: unrouted.maxPerIP ?? Math.ceil(max / 10) }),
      builtIn: options.builtIn,
      believes: options.believes,
    };
  }

  get config(): EntryPointConfig {
    return this.#config;
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<Listening> {
    const { host, reusePort } = this.#config;
    const where = { host, port: this.#port, reusePort };
    this.#isOpening = true;
    const listening = await listen(where, (socket) => this.#accept(socket));
    this.#isOpening = false;
    if (!listening.ok) return listening;
    const { server, port } = listening;
    this.#port = port;
    // From here on an error concerns the accept of one connection.
    server.on('error', () => {});
    if (this.#mayListen && this.#server === undefined) this.#server = server;
    else server.close();
    return listening;
  }

  /** Stops accepting; sessions go on. */
  pause(): void {
    this.#mayListen = false;
    this.#server?.close();
    this.#server = undefined;
  }

  /** Ends a pause. */
  resume(): void {
    this.#mayListen = true;
    this.tryToListen();
  }

  /** Called by the timer, too. */
  tryToListen(): void {
    if (!this.#mayListen || this.#isOpening || this.#server !== undefined) return;
    void this.listen().then((listening) => {
      if (listening.ok) return;
      this.#options.cannotListen(this.name, listening.detail);
      this.#options.context.timers.start(TRY_AGAIN_MS, tryToListen, this);
    });
  }

  #accept(socket: Socket): void {
    const { context, routes, accepted } = this.#options;
    // Whoever was gone before he was accepted has no address any more.
    if (socket.remoteAddress === undefined) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    accepted(this.name);
    const session = new Session(socket, this.#gate, context);
    if (context.sessions.countOf(this.name) > this.#maxConnections) session.refuse();
    else session.start(routes(this.name));
  }

  /**
   * CFG-29: still accepts for `requestAcceptGraceTimeout`, then gives the open sessions up to
   * `graceTimeOut`, then cuts what is left, and says how many. `now` ends the waiting (D48).
   */
  async stop(now: Promise<void>): Promise<number> {
    const { requestAcceptGraceTimeout, graceTimeOut } = this.#config;
    const { sessions } = this.#options.context;
    if (requestAcceptGraceTimeout > 0) await this.#atMost(requestAcceptGraceTimeout, now);
    this.pause();
    for (const session of sessions.of(this.name)) session.drain();
    const idle = sessions.idle(this.name);
    if (graceTimeOut > 0) await this.#atMost(graceTimeOut, Promise.race([idle, now]));
    const left = sessions.of(this.name);
    for (const session of left) session.cut('shutdown');
    await this.#atMost(CLOSING_MS, idle);
    return left.length;
  }

  async #atMost(ms: number, done: Promise<void>): Promise<void> {
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

const tryToListen = (entryPoint: EntryPoint) => entryPoint.tryToListen();
