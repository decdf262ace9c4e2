import { formatAddress } from '../net/address.js';
import type { Timers } from '../net/timers.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { LogFields } from '../telemetry/log-fields.js';
import { Occurrences } from './occurrences.js';
import type { OpenSession } from './open-session.js';

/** As much of a log as the proxy uses. */
export interface ProxyLogger {
  isLevelEnabled(level: 'debug'): boolean;
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

interface Line {
  readonly level: 'info' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** What is ordinary, or the client's own doing, is not worth a line above debug. */
const QUIET: ReadonlySet<EndReason> = new Set([
  'done',
  'client-reset',
  'server-reset',
  'client-vanished',
  'server-truncated',
  'termination-delay',
  'client-left',
  'client-left-dialling',
  'shutdown',
  'api-request',
]);

/**
 * What the log says of sessions: one debug line each, at the end; and at info, once per cause and then
 * as a count, what kept clients from a server.
 */
export class SessionLog {
  readonly #log: ProxyLogger;
  readonly #timers: Timers;
  readonly #troubles: Occurrences<Line>;

  constructor(log: ProxyLogger, timers: Timers) {
    this.#log = log;
    this.#timers = timers;
    this.#troubles = new Occurrences(timers, ({ level, fields, message }, times) =>
      log[level]({ ...fields, times }, message),
    );
  }

  ended(session: OpenSession, reason: EndReason): void {
    if (!QUIET.has(reason)) {
      const { entryPoint, router = '', service = '' } = session;
      this.#troubles.note(`${reason} ${entryPoint} ${router} ${service}`, {
        level: 'info',
        fields: this.#fieldsOf(session, reason),
        message: END_REASONS[reason].means,
      });
    }
    if (this.#log.isLevelEnabled('debug')) {
      this.#log.debug(this.#fieldsOf(session, reason), 'connection ended');
    }
  }

  /** All attempts are said (D16), also those that did no harm. */
  detoured({ server, failures }: OpenSession): void {
    for (const { target, address, reason } of failures) {
      const { service } = target;
      this.#troubles.note(`detour ${service} ${address} ${reason}`, {
        level: 'info',
        fields: {
          service,
          server: address,
          owner: target.server.owner,
          why: reason,
          instead: server?.address,
        },
        message: 'a server was not reached, and another one was',
      });
    }
  }

  crashed(session: OpenSession, err: unknown): void {
    this.#troubles.note(`crash ${session.entryPoint} ${String(err)}`, {
      level: 'error',
      fields: { err, entryPoint: session.entryPoint },
      message: END_REASONS['internal-error'].means,
    });
  }

  /** Says what was only counted so far. */
  close(): void {
    this.#troubles.close();
  }

  #fieldsOf(session: OpenSession, reason: EndReason): LogFields {
    const { id, entryPoint, client, serverName, detail } = session;
    const { router, service, server, sent, received, attempts, failures } = session;
    return {
      id,
      entryPoint,
      client: formatAddress(client.host, client.port),
      serverName,
      router,
      service,
      server: server?.address,
      owner: server?.owner,
      reason,
      detail,
      sent,
      received,
      duration: Math.round(this.#timers.now() - session.startedAt),
      attempts,
      ...(failures.length > 0 && {
        failed: failures.map(
          ({ address, target, reason: why, detail: more }) =>
            `${address} (${target.server.owner}): ${why}${more === '' ? '' : ` (${more})`}`,
        ),
      }),
    };
  }
}
