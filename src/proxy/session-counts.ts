import { saysNothing } from '../net/dial-failure.js';
import { dialCountOf, type CountedKind, type Counters } from '../telemetry/counters.js';
import type { EndReason } from '../telemetry/end-reasons.js';
import type { OpenSession } from './open-session.js';

/** Counts a dial that is over: when it has reached a server, or else at the end of its session. */
export function countDial(counters: Counters, session: OpenSession): void {
  const { entryPoint, router, service, failures } = session;
  countAttempts(counters, 'entryPoint', entryPoint, session);
  if (router !== undefined) countAttempts(counters, 'router', router, session);
  if (service !== undefined) {
    countAttempts(counters, 'service', service, session);
    countReached(counters, service, session);
  }
  for (const { target, reason } of failures) {
    if (saysNothing(reason)) continue;
    const name = `${target.service} ${target.server.address}`;
    counters.add(counters.blockOf('server', name), 'failures');
  }
}

function countAttempts(
  counters: Counters,
  kind: CountedKind,
  name: string,
  { attempts, failures }: OpenSession,
): void {
  const block = counters.blockOf(kind, name);
  counters.add(block, 'attempts', attempts);
  counters.add(block, 'failures', failures.length);
  if (attempts > 1) counters.add(block, 'retries', attempts - 1);
}

function countReached(
  counters: Counters,
  service: string,
  { server, dialStart, dialEnd }: OpenSession,
): void {
  if (server === undefined || dialStart === undefined || dialEnd === undefined) return;
  const block = counters.blockOf('service', service);
  counters.add(block, 'reached');
  counters.add(block, 'dial-ms', dialEnd - dialStart);
  counters.add(block, dialCountOf(dialEnd - dialStart));
  counters.add(counters.blockOf('server', `${service} ${server.address}`), 'reached');
}

/** Counts an ended session for everything that it had to do with. */
export function countEnd(counters: Counters, session: OpenSession, reason: EndReason): void {
  const { entryPoint, router, service, server, attempts } = session;
  if (server === undefined && attempts > 0) countDial(counters, session);
  count(counters, 'entryPoint', entryPoint, session, reason);
  if (router !== undefined) count(counters, 'router', router, session, reason);
  if (service === undefined) return;
  count(counters, 'service', service, session, reason);
  if (server) count(counters, 'server', `${service} ${server.address}`, session, reason);
}

function count(
  counters: Counters,
  kind: CountedKind,
  name: string,
  { sent, received }: OpenSession,
  reason: EndReason,
): void {
  const block = counters.blockOf(kind, name);
  counters.add(block, reason);
  counters.add(block, 'sent', sent);
  counters.add(block, 'received', received);
}
