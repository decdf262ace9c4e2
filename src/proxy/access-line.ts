import { formatAddress } from '../net/address.js';
import { END_REASONS, type EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';

/** What the access log says of an ended session. `time` is when it ended; the rest is in milliseconds. */
export function accessLine(session: OpenSession, reason: EndReason, duration: number) {
  const { id, entryPoint, client, serverName, router, service, server } = session;
  const { sent, received, attempts, dialStart, dialEnd, startedAt, detail } = session;
  const { phase, by } = END_REASONS[reason];
  return {
    time: new Date().toISOString(),
    id,
    entryPoint,
    client: formatAddress(client.host, client.port),
    serverName,
    router,
    service,
    server: server?.address,
    owner: server?.owner,
    sent,
    received,
    attempts,
    routeMs: dialStart === undefined ? undefined : Math.round(dialStart - startedAt),
    dialMs:
      dialStart === undefined || dialEnd === undefined
        ? undefined
        : Math.round(dialEnd - dialStart),
    durationMs: Math.round(duration),
    reason,
    phase,
    by,
    detail,
  };
}
