import type { AccessLog } from '../telemetry/access-log.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';
import { sessionFields } from './session-fields.js';

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

function routeFields(session: OpenSession) {
  const { attempts, startedAt, handshakeStart, handshakeEnd, dialStart, dialEnd } = session;
  return {
    ...sessionFields(session),
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
