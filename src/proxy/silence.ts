import type { PipeEnd } from '../net/pipe.js';
import type { Server } from '../routing/service.js';
import type { SessionContext } from './open-session.js';

const SERVER_BROKE_OFF: ReadonlySet<PipeEnd> = new Set(['server-reset', 'server-truncated']);

/** What became of a connection to a server. */
interface Course {
  /** Bytes from the server. */
  readonly received: number;
  readonly endedFirst: 'client' | 'server' | undefined;
}

/** The server ended it, and has not said anything. */
export function wasSilent({ received, endedFirst }: Course, end: PipeEnd): boolean {
  const hasLeft =
    end === 'done' ? endedFirst === 'server' : SERVER_BROKE_OFF.has(end) && endedFirst !== 'client';
  return hasLeft && received === 0;
}

/** Whether the server has shown that it lives, or that it only accepts connections (D16). */
export function judge(
  server: Server,
  service: string,
  { received, isSilent }: { readonly received: number; readonly isSilent: boolean },
  { timers, events }: Pick<SessionContext, 'timers' | 'events'>,
): void {
  const { health } = server;
  const wasUp = health.isUp;
  if (received > 0) health.answered();
  else if (isSilent) health.saidNothing(timers.now());
  if (health.isUp !== wasUp) events.healthChanged(service, server, wasUp ? 'said-nothing' : '');
}
