import { saysNothing } from '../net/dial-failure.js';
import type { CountedKind, Counters } from '../telemetry/counters.js';
import type { EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';

/** Counts an ended session for everything that it had to do with. */
export function countEnd(counters: Counters, session: OpenSession, reason: EndReason): void {
  const { entryPoint, router, service, server, failures } = session;
  count(counters, 'entryPoint', entryPoint, session, reason);
  if (router !== undefined) count(counters, 'router', router, session, reason);
  if (service === undefined) return;
  count(counters, 'service', service, session, reason);
  if (server) count(counters, 'server', `${service} ${server.address}`, session, reason);
  for (const { target, reason: why } of failures) {
    if (saysNothing(why)) continue;
    counters.add(
      counters.blockOf('server', `${target.service} ${target.server.address}`),
      'failures',
    );
  }
}

function count(
  counters: Counters,
  kind: CountedKind,
  name: string,
  { sent, received, attempts, failures }: OpenSession,
  reason: EndReason,
): void {
  const block = counters.blockOf(kind, name);
  counters.add(block, reason);
  counters.add(block, 'sent', sent);
  counters.add(block, 'received', received);
  if (kind === 'server') return;
  counters.add(block, 'attempts', attempts);
  counters.add(block, 'failures', failures.length);
}
