import type { Server as HttpServer } from 'node:http';
import type { EntryPointConfig } from '../config/static.js';
import { formatAddress } from '../net/address.js';
import { Budget } from '../net/budget.js';
import { ClientHandshakes } from '../net/client-handshake.js';
import type { ListenFailure } from '../net/listen.js';
import { Resolver } from '../net/resolve.js';
import type { Timers } from '../net/timers.js';
import { RoutingTable } from '../routing/table.js';
import type { AccessLog } from '../telemetry/access-log.js';
import type { Counters } from '../telemetry/counters.js';
import { startLine, writeEnd } from './access-line.js';
import { Descriptors } from './descriptors.js';
import { Drains } from './drains.js';
import { EntryPoint } from './entrypoint.js';
import { HealthChecks } from './health/health-checks.js';
import { HealthLog } from './health/health-log.js';
import { Slots } from './health/slots.js';
import type { OpenSession, SessionContext } from './open-session.js';
import { countDial, countEnd } from './session-counts.js';
import { SessionLog, type ProxyLogger } from './session-log.js';
import { Sessions } from './sessions.js';

export interface ProxyOptions {
  readonly entryPoints: ReadonlyMap<string, EntryPointConfig>;
  /** The built-in HTTP servers, by entry point (D26). */
  readonly builtIn: ReadonlyMap<string, HttpServer>;
  readonly timers: Timers;
  readonly counters: Counters;
  readonly log: ProxyLogger;
  /** Undefined: it is off. */
  readonly accessLog?: AccessLog | undefined;
  readonly descriptorLimit: number;
  /** Entry points with PROXY protocol: who may say whose connection it is. */
  readonly believes?: ReadonlyMap<string, (address: string) => boolean>;
}

/** Of the descriptors, for health checks at one time. */
const SHARE_OF_CHECKS = 1 / 16;

/** An entry point that cannot listen. */
export interface ListenError {
  readonly entryPoint: string;
  readonly address: string;
  readonly reason: ListenFailure;
  readonly detail: string;
}

/** The running core: all entry points, all sessions, and the one table that new connections see. */
export class Proxy {
  readonly sessions = new Sessions<OpenSession>();
  readonly #options: ProxyOptions;
  readonly #log: SessionLog;
  readonly #healthLog: HealthLog;
  readonly #checks: HealthChecks;
  readonly #drains: Drains;
  readonly #entryPoints: readonly EntryPoint[];
  #table = RoutingTable.EMPTY;
  #isStopping = false;
  #cutNow = (): void => {};
  readonly #now = new Promise<void>((resolve) => (this.#cutNow = resolve));

  constructor(options: ProxyOptions) {
    const { timers, descriptorLimit, counters, accessLog } = options;
    this.#options = options;
    const sessionLog = new SessionLog(options.log, timers, (name) => this.#table.of(name));
    this.#log = sessionLog;
    const healthLog = new HealthLog(options.log, timers);
    this.#healthLog = healthLog;
    const drains = new Drains({
      timers,
      cut: (server, reason) => {
        for (const session of this.sessions.all()) {
          if (session.server === server) session.cut(reason);
        }
      },
    });
    this.#drains = drains;
    const context: SessionContext = {
      timers,
      budget: new Budget(),
      resolver: new Resolver(timers),
      handshakes: new ClientHandshakes(),
      sessions: this.sessions,
      descriptors: new Descriptors(descriptorLimit, {
        fewLeft: (sockets) => this.#pause(sockets),
        enoughLeft: (sockets) => this.#resume(sockets),
      }),
      events: {
        ended(session, reason) {
          countEnd(counters, session, reason);
          sessionLog.ended(session, reason);
          if (accessLog) writeEnd(accessLog, session, reason, timers.now());
        },
        reached(session) {
          countDial(counters, session);
          if (session.failures.length > 0) sessionLog.detoured(session);
          if (accessLog?.atStart) accessLog.write(startLine(session));
        },
        crashed: (session, error) => sessionLog.crashed(session, error),
        introducedBadly: (session, reason) => sessionLog.introducedBadly(session, reason),
        healthChanged(service, server, why) {
          healthLog.changed(service, server, why);
          drains.healthChanged(server);
        },
      },
    };
    this.#checks = new HealthChecks({
      ...context,
      slots: new Slots(Math.ceil(descriptorLimit * SHARE_OF_CHECKS)),
      random: Math.random,
      checked: ({ name }, { server }, verdict, wasUp) => {
        if (server.health.isUp === wasUp) return;
        if (verdict.result === 'bad') {
          healthLog.changed(name, server, verdict.reason, verdict.detail);
        } else healthLog.changed(name, server, '');
        drains.healthChanged(server);
      },
    });
    // CFG-23: a udp entry point is known, and nobody listens on it.
    this.#entryPoints = [...options.entryPoints.values()]
      .filter(({ protocol }) => protocol === 'tcp')
      .map(
        (config) =>
          new EntryPoint(config, {
            context,
            descriptorLimit,
            builtIn: options.builtIn.get(config.name),
            believes: options.believes?.get(config.name),
            routes: (name) => this.#table.of(name),
            accepted: (name) => counters.add(counters.blockOf('entryPoint', name), 'accepted'),
            cannotListen: (entryPoint, detail) =>
              options.log.warn({ entryPoint, detail }, 'cannot listen again'),
          }),
      );
  }

  /** Listens on all entry points; returns those that cannot. */
  async listen(): Promise<readonly ListenError[]> {
    const errors: ListenError[] = [];
    for (const entryPoint of this.#entryPoints) {
      const listening = await entryPoint.listen();
      const { name, config } = entryPoint;
      if (listening.ok) {
        const address = formatAddress(config.host, listening.port);
        this.#options.log.info({ entryPoint: name, address }, 'listening');
      } else {
        const { reason, detail } = listening;
        const address = formatAddress(config.host, config.port);
        errors.push({ entryPoint: name, address, reason, detail });
      }
    }
    return errors;
  }

  /** New connections see `table` from here on. Open ones are not touched. */
  apply(table: RoutingTable): void {
    this.#table = table;
    if (this.#isStopping) return;
    this.#checks.apply(table.checked);
    this.#drains.apply(table.removed);
  }

  /** The ports in use, by entry point. */
  ports(): ReadonlyMap<string, number> {
    return new Map(this.#entryPoints.map(({ name, port }) => [name, port]));
  }

  /** Drains and closes everything (CFG-29). Resolves with how many sessions were cut. */
  async stop(): Promise<number> {
    this.#isStopping = true;
    this.#checks.stop();
    this.#drains.stop();
    const cut = await Promise.all(this.#entryPoints.map((open) => open.stop(this.#now)));
    this.#log.close();
    this.#healthLog.close();
    this.#options.accessLog?.flush();
    return cut.reduce((sum, count) => sum + count, 0);
  }

  /** Ends the waiting of `stop`: open sessions are cut at once (D48). */
  cut(): void {
    this.#cutNow();
  }

  #pause(sockets: number): void {
    const { counters, log } = this.#options;
    log.warn({ sockets }, 'too few descriptors are left: nothing is accepted until some are free');
    for (const entryPoint of this.#entryPoints) {
      counters.add(counters.blockOf('entryPoint', entryPoint.name), 'held');
      entryPoint.pause();
    }
  }

  #resume(sockets: number): void {
    if (this.#isStopping) return;
    this.#options.log.warn({ sockets }, 'descriptors are free again: accepting');
    for (const entryPoint of this.#entryPoints) entryPoint.resume();
  }
}
