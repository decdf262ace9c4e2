import type { Server as HttpServer } from 'node:http';
import type { EntryPointConfig } from '../config/static.js';
import { formatAddress } from '../net/address.js';
import { Budget } from '../net/budget.js';
import type { ListenFailure } from '../net/listen.js';
import { Resolver } from '../net/resolve.js';
import type { Timers } from '../net/timers.js';
import { RoutingTable } from '../routing/table.js';
import type { Counters } from '../telemetry/counters.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import { Descriptors } from './descriptors.js';
import { EntryPoint } from './entrypoint.js';
import { Occurrences } from './occurrences.js';
import type { Session, SessionContext } from './session.js';
import { Sessions } from './sessions.js';

export interface ProxyLogger {
  isLevelEnabled(level: 'debug'): boolean;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface ProxyOptions {
  readonly entryPoints: ReadonlyMap<string, EntryPointConfig>;
  /** The built-in HTTP servers, by entry point (D26). */
  readonly builtIn: ReadonlyMap<string, HttpServer>;
  readonly timers: Timers;
  readonly counters: Counters;
  readonly log: ProxyLogger;
  readonly descriptorLimit: number;
}

/** An entry point that cannot listen. */
export interface ListenError {
  readonly entryPoint: string;
  readonly address: string;
  readonly reason: ListenFailure;
  readonly detail: string;
}

/** What is ordinary, or the client's own doing, is not worth a line above debug. */
const QUIET: ReadonlySet<EndReason> = new Set([
  'done',
  'client-reset',
  'server-reset',
  'termination-delay',
  'client-left',
  'client-left-dialling',
  'shutdown',
  'api-request',
]);

/** The running core: all entry points, all sessions, and the one table that new connections see. */
export class Proxy {
  readonly sessions = new Sessions<Session>();
  readonly #entryPoints: readonly EntryPoint[];
  readonly #options: ProxyOptions;
  readonly #descriptors: Descriptors;
  readonly #occurrences: Occurrences;
  #table = RoutingTable.EMPTY;
  #isHeld = false;
  #isStopping = false;
  #cutNow = (): void => {};
  readonly #now = new Promise<void>((resolve) => (this.#cutNow = resolve));

  constructor(options: ProxyOptions) {
    const { timers } = options;
    this.#options = options;
    this.#descriptors = new Descriptors(options.descriptorLimit);
    this.#occurrences = new Occurrences(() => timers.now());
    const context: SessionContext = {
      timers,
      budget: new Budget(),
      resolver: new Resolver(timers),
      sessions: this.sessions,
      ended: (session, reason) => this.#ended(session, reason),
    };
    this.#entryPoints = [...options.entryPoints.values()]
      .filter(({ protocol }) => protocol === 'tcp')
      .map(
        (config) =>
          new EntryPoint(config, {
            context,
            routes: (name) => this.#table.of(name),
            builtIn: options.builtIn.get(config.name),
            descriptorLimit: options.descriptorLimit,
            accepted: () => this.#accepted(config.name),
          }),
      );
  }

  /** Listens on all entry points; returns those that cannot. */
  async listen(): Promise<readonly ListenError[]> {
    const errors: ListenError[] = [];
    for (const entryPoint of this.#entryPoints) {
      const listening = await entryPoint.listen();
      const { host, port } = entryPoint.config;
      const address = formatAddress(host, port);
      if (listening.ok) {
        const at = formatAddress(host, listening.port);
        this.#options.log.info({ entryPoint: entryPoint.name, address: at }, 'listening');
      } else {
        const { reason, detail } = listening;
        errors.push({ entryPoint: entryPoint.name, address, reason, detail });
      }
    }
    return errors;
  }

  /** New connections see `table` from here on. Open ones are not touched. */
  apply(table: RoutingTable): void {
    this.#table = table;
  }

  /** The ports in use, by entry point. */
  ports(): ReadonlyMap<string, number> {
    return new Map(this.#entryPoints.map(({ name, port }) => [name, port]));
  }

  /** Drains and closes everything (CFG-29). Returns how many sessions were cut. */
  async stop(): Promise<number> {
    this.#isStopping = true;
    const cut = await Promise.all(
      this.#entryPoints.map((entryPoint) => entryPoint.stop(this.#now)),
    );
    return cut.reduce((sum, count) => sum + count, 0);
  }

  /** Ends a running `stop` at once: open sessions are cut (D48). */
  cut(): void {
    this.#cutNow();
  }

  #accepted(entryPoint: string): void {
    const { counters, log } = this.#options;
    counters.add(`accepted ${entryPoint}`);
    const { sockets } = this.sessions;
    if (this.#isHeld || !this.#descriptors.mustStop(sockets)) return;
    this.#isHeld = true;
    counters.add('held');
    log.warn({ sockets }, 'too few descriptors are left: nothing is accepted until some are free');
    for (const open of this.#entryPoints) open.pause();
  }

  #ended(session: Session, reason: EndReason): void {
    const { counters, log } = this.#options;
    counters.add(`ended ${session.entryPoint} ${reason}`);
    if (this.#isHeld && this.#descriptors.mayGoOn(this.sessions.sockets)) this.#goOn();
    if (!QUIET.has(reason)) this.#sayRefusal(session, reason);
    else if (log.isLevelEnabled('debug')) log.debug(fieldsOf(session, reason), 'connection ended');
  }

  #goOn(): void {
    this.#isHeld = false;
    if (this.#isStopping) return;
    this.#options.log.warn(
      { sockets: this.sessions.sockets },
      'descriptors are free again: accepting',
    );
    for (const entryPoint of this.#entryPoints) {
      void entryPoint.listen().then((listening) => {
        if (listening.ok) return;
        const { detail } = listening;
        this.#options.log.warn({ entryPoint: entryPoint.name, detail }, 'cannot listen again');
      });
    }
  }

  /** At info, once per cause; the others are counted (a scan must not flood the log). */
  #sayRefusal(session: Session, reason: EndReason): void {
    const { log } = this.#options;
    const cause = `${session.entryPoint} ${reason} ${session.router ?? ''} ${session.service ?? ''}`;
    const times = this.#occurrences.note(cause);
    if (times > 0) log.info({ ...fieldsOf(session, reason), times }, END_REASONS[reason].means);
    else if (log.isLevelEnabled('debug')) log.debug(fieldsOf(session, reason), 'connection ended');
  }
}

function fieldsOf(session: Session, reason: EndReason): object {
  const failures = session.failures();
  return {
    id: session.id,
    entryPoint: session.entryPoint,
    client: formatAddress(session.clientAddress, session.clientPort),
    router: session.router,
    service: session.service,
    server: session.server?.address,
    owner: session.server?.owner,
    reason,
    sent: session.sent,
    received: session.received,
    ...(failures.length > 0 && {
      failed: failures.map(
        ({ target, reason: why }) => `${target.address} (${target.owner}): ${why}`,
      ),
    }),
  };
}
