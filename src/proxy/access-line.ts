import { formatAddress } from '../net/address.js';
import type { AccessLog } from '../telemetry/access-log.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';

/** What the access log says of a session whose server was just reached. All but `time` is in milliseconds. */
export const startLine = (session: OpenSession) => ({
  time: new Date().toISOString(),
  event: 'start',
  ...routeFields(session),
});

/** What the access log says of an ended session. `time` is when it ended. */
function endLine(session: OpenSession, reason: EndReason, duration: number) {
  const { sent, received, endedFirst, detail } = session;
  const { phase, by } = END_REASONS[reason];
  return {
    time: new Date().toISOString(),
    event: 'end',
    ...routeFields(session),
    durationMs: Math.round(duration),
    sent,
    received,
    reason,
    phase,
    by: reason === 'done' ? (endedFirst ?? by) : by,
    detail,
  };
}

/** What was undefined when the line is written is left out of it. */
function routeFields(session: OpenSession) {
  const { id, entryPoint, client, via, serverName, alpn, tlsVersion } = session;
  const { router, service, server, attempts } = session;
  const { startedAt, handshakeStart, handshakeEnd, dialStart, dialEnd } = session;
  return {
    id,
    entryPoint,
    client: formatAddress(client.host, client.port),
    via: via && formatAddress(via.host, via.port),
    serverName,
    alpn,
    tlsVersion,
    router,
    service,
    server: server?.address,
    owner: server?.owner,
    attempts,
    routeMs: between(startedAt, handshakeStart ?? dialStart),
    handshakeMs: between(handshakeStart, handshakeEnd),
    dialMs: between(dialStart, dialEnd),
  };
}

const between = (start: number | undefined, end: number | undefined) =>
  start === undefined || end === undefined ? undefined : Math.round(end - start);

/** Writes the line of a session that ended, unless it is filtered out. `now` on its clock. */
export function writeEnd(
  accessLog: AccessLog,
  session: OpenSession,
  reason: EndReason,
  now: number,
): void {
  const duration = now - session.startedAt;
  if (accessLog.takes(reason, duration, session.attempts)) {
    accessLog.write(endLine(session, reason, duration));
  }
}
