import { createServer, type Server, type Socket } from 'node:net';

/** Why a port cannot be listened on: one closed list. */
export type ListenFailure = 'in-use' | 'not-allowed' | 'no-such-address' | 'other';

export interface ListenOptions {
  /** Empty: every address, IPv4 and IPv6. Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Passed over by a Node that lacks it, which the static configuration refuses (D40). */
  readonly reusePort?: boolean;
  /** A listening socket that was handed over (socket activation, upgrades); host and port are only shown then. */
  readonly fd?: number;
}

export type Listening =
  | { readonly ok: true; readonly server: Server; readonly port: number }
  | { readonly ok: false; readonly reason: ListenFailure; readonly detail: string };

const REASONS: ReadonlyMap<string, ListenFailure> = new Map<string, ListenFailure>([
  ['EADDRINUSE', 'in-use'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['EADDRNOTAVAIL', 'no-such-address'],
  ['ENOTFOUND', 'no-such-address'],
]);

/** No IPv6 on this machine: an empty host means IPv4 alone. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EINVAL', 'EADDRNOTAVAIL']);

/**
 * Listens. Accepted sockets can be half-closed, send without delay, and are kept alive with the
 * system's own times (D28). Whoever is handed a socket owns it.
 */
export async function listen(
  options: ListenOptions,
  accepted: (socket: Socket) => void,
): Promise<Listening> {
  const { host, port, fd, reusePort } = options;
  if (fd !== undefined) return started({ fd }, accepted);
  const base = { port, ...(reusePort === true && { reusePort }) };
  if (host !== '') return started({ ...base, host }, accepted);
  const both = await started({ ...base, host: '::', ipv6Only: false }, accepted);
  return !both.ok && NO_IPV6.has(both.detail)
    ? started({ ...base, host: '0.0.0.0' }, accepted)
    : both;
}

function started(
  where: object,
  accepted: (socket: Socket) => void,
): Promise<Listening & { readonly detail?: string }> {
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 0 },
    accepted,
  );
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const detail = error.code ?? error.message;
      resolve({ ok: false, reason: REASONS.get(error.code ?? '') ?? 'other', detail });
    });
    server.listen({ ...where, backlog: BACKLOG }, () => {
      server.removeAllListeners('error');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ ok: true, server, port });
    });
  });
}

/** The kernel caps it at net.core.somaxconn. */
const BACKLOG = 4_096;
