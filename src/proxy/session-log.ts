import type { Timers } from '../net/timers.js';
import type { EntryPointRoutes } from '../routing/table.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { LogFields } from '../telemetry/log-fields.js';
import { adviceOn, tellingFailure } from './advice.js';
import { Occurrences } from './occurrences.js';
import type { HeaderTrouble, OpenSession } from './open-session.js';
import { SERVER_ADVICE } from './server-advice.js';
import { sessionFields } from './session-fields.js';

/** As much of a log as the proxy uses. */
export interface ProxyLogger {
  isLevelEnabled(level: 'debug' | 'info'): boolean;
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

interface Line {
  readonly level: 'info' | 'error';
  /** Made only for a line that is written. */
  readonly fields: () => LogFields;
  readonly message: string;
}

/** What is ordinary, or the client's own doing, is not worth a line above debug. */
const QUIET: ReadonlySet<EndReason> = new Set([
  'done',
  'client-reset',
  'server-reset',
  'client-vanished',
  'server-truncated',
  'client-left',
  'client-left-dialling',
  'shutdown',
  'api-request',
]);

/** Which client it was makes the difference, not what it asked for. */
const OF_THE_ADDRESS: ReadonlySet<EndReason> = new Set([
  'address-denied',
  'in-flight-limit',
  'rate-limit',
  'bad-proxy-header',
]);

const HEADER_TROUBLES: Readonly<Record<HeaderTrouble, string>> = {
  'untrusted-proxy-header': 'a PROXY header was ignored: its sender is not trusted',
  'missing-proxy-header': 'a trusted peer sent no PROXY header: it counts as the client itself',
};

/**
 * What the log says of sessions: one debug line each, at the end; and at info, once per cause and then
 * as a count, what kept clients from a server, and what to do about it.
 */
export class SessionLog {
  readonly #log: ProxyLogger;
  readonly #timers: Timers;
  readonly #routesOf: (entryPoint: string) => EntryPointRoutes;
  readonly #troubles: Occurrences<Line>;

  /** `routesOf`: those in force now. */
  constructor(
    log: ProxyLogger,
    timers: Timers,
    routesOf: (entryPoint: string) => EntryPointRoutes,
  ) {
    this.#log = log;
    this.#timers = timers;
    this.#routesOf = routesOf;
    this.#troubles = new Occurrences(timers, ({ level, fields, message }, times) =>
      log[level]({ ...fields(), times }, message),
    );
  }

  ended(session: OpenSession, reason: EndReason): void {
    const now = this.#timers.now();
    if (!QUIET.has(reason) && this.#log.isLevelEnabled('info')) {
      const { entryPoint, router = '', service = '' } = session;
      this.#troubles.note(
        `${reason} ${entryPoint} ${router} ${service}`,
        {
          level: 'info',
          fields: () => ({
            ...endFields(session, reason, now),
            fix: adviceOn(session, reason, this.#routesOf(entryPoint)),
          }),
          message: END_REASONS[reason].means,
        },
        variantOf(session, reason),
      );
    }
    if (this.#log.isLevelEnabled('debug')) {
      this.#log.debug(endFields(session, reason, now), 'connection ended');
    }
  }

  /** All attempts are said (D16), also those that did no harm. */
  detoured({ server, failures }: OpenSession): void {
    for (const { target, address, reason, detail } of failures) {
      const { service } = target;
      const advice = SERVER_ADVICE[reason];
      this.#troubles.note(`detour ${service} ${address} ${reason}`, {
        level: 'info',
        fields: () => ({
          service,
          server: address,
          owner: target.server.owner,
          why: reason,
          ...(detail !== '' && { detail }),
          instead: server?.address,
          ...(advice !== '' && { fix: advice }),
        }),
        message: 'a server was not reached, and another one was',
      });
    }
  }

  /** The connection goes on, as somebody else's than was meant. */
  introducedBadly(session: OpenSession, reason: HeaderTrouble): void {
    if (!this.#log.isLevelEnabled('info')) return;
    const { entryPoint, client } = session;
    this.#troubles.note(
      `${reason} ${entryPoint}`,
      {
        level: 'info',
        fields: () => ({
          ...sessionFields(session),
          reason,
          fix:
            reason === 'untrusted-proxy-header'
              ? `add ${client.host} to proxyProtocol.trustedIPs of entry point "${entryPoint}" if it may say whose connections they are`
              : `let ${client.host} send PROXY protocol, or take it out of proxyProtocol.trustedIPs of entry point "${entryPoint}"`,
        }),
        message: HEADER_TROUBLES[reason],
      },
      client.host,
    );
  }

  crashed(session: OpenSession, err: unknown): void {
    this.#troubles.note(`crash ${session.entryPoint} ${String(err)}`, {
      level: 'error',
      fields: () => ({ err, entryPoint: session.entryPoint }),
      message: END_REASONS['internal-error'].means,
    });
  }

  /** Says what was only counted so far. */
  close(): void {
    this.#troubles.close();
  }
}

/** What one connection has in common with others that end for the same reason. */
function variantOf(session: OpenSession, reason: EndReason): string {
  if (OF_THE_ADDRESS.has(reason)) return session.client.host;
  const { serverName = '', detail = '' } = session;
  return `${serverName} ${detail} ${tellingFailure(session)?.reason ?? ''}`.trim();
}

function endFields(session: OpenSession, reason: EndReason, now: number): LogFields {
  const { detail, sent, received, attempts, failures, startedAt } = session;
  const fields = sessionFields(session);
  const failed = fields.server === undefined ? tellingFailure(session) : undefined;
  return {
    ...fields,
    ...(failed && { server: failed.target.server.address, owner: failed.target.server.owner }),
    reason,
    detail,
    sent,
    received,
    duration: Math.round(now - startedAt),
    attempts,
    ...(failures.length > 0 && {
      failed: failures.map(
        ({ address, target, reason: why, detail: more }) =>
          `${address} (${target.server.owner}): ${why}${more === '' ? '' : ` (${more})`}`,
      ),
    }),
  };
}
