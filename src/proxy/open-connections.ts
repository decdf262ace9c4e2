import { formatAddress } from '../net/address.js';
import type { OpenSession } from './open-session.js';
import type { Sessions } from './sessions.js';

/** The open sessions as the API shows them; those of its own clients are left out. `now` on their clock. */
export const openConnections = (sessions: Sessions<OpenSession>, now: number) =>
  sessions
    .all()
    .filter(({ phase, server }) => server !== undefined || phase !== 'data')
    .map((session) => ({
      id: session.id,
      entryPoint: session.entryPoint,
      client: formatAddress(session.client.host, session.client.port),
      via: session.via && formatAddress(session.via.host, session.via.port),
      serverName: session.serverName,
      alpn: session.alpn,
      tlsVersion: session.tlsVersion,
      router: session.router,
      service: session.service,
      server: session.server?.address,
      owner: session.server?.owner,
      phase: session.phase,
      age: now - session.startedAt,
      sent: session.sent,
      received: session.received,
      close: () => session.cut('closed-by-api'),
    }));
