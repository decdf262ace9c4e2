/** When in its life a session ended. */
export type Phase = 'accept' | 'route' | 'handshake' | 'dial' | 'data' | 'shutdown';

/** Who ended it. */
export type Ender = 'client' | 'server' | 'proxy';

/**
 * Why a session ended: one closed list for log, metric and access log, each with its phase and who
 * ended it (HAProxy's termination states are the model). What the client sees is D39.
 */
export const END_REASONS = {
  done: { phase: 'data', by: 'client', means: 'both sides finished' },
  'client-reset': { phase: 'data', by: 'client', means: 'the client reset the connection' },
  'server-reset': { phase: 'data', by: 'server', means: 'the server reset the connection' },
  'client-vanished': { phase: 'data', by: 'client', means: 'the client answers no more' },
  'server-vanished': { phase: 'data', by: 'server', means: 'the server answers no more' },
  'server-truncated': {
    phase: 'data',
    by: 'server',
    means: 'the server closed TLS without close_notify: its answer may be cut',
  },
  'termination-delay': { phase: 'data', by: 'proxy', means: 'cut by the termination delay' },
  'idle-timeout': { phase: 'data', by: 'proxy', means: 'no byte within idleTimeout' },
  'max-duration': { phase: 'data', by: 'proxy', means: 'it lasted for maxDuration' },
  drained: { phase: 'data', by: 'proxy', means: 'its server was removed, and drain is over' },
  'drained-unhealthy': {
    phase: 'data',
    by: 'proxy',
    means: 'its server is down, and drainOnUnhealthy is over',
  },
  'client-left': { phase: 'route', by: 'client', means: 'the client left before it was routed' },
  'client-left-dialling': { phase: 'dial', by: 'client', means: 'the client left during the dial' },
  'no-route': { phase: 'route', by: 'proxy', means: 'no router matches' },
  'router-disabled': { phase: 'route', by: 'proxy', means: 'the router that matches is disabled' },
  'route-timeout': { phase: 'route', by: 'proxy', means: 'not routed before the deadline' },
  'bad-proxy-header': { phase: 'route', by: 'client', means: 'a PROXY header that makes no sense' },
  'unrecognized-name': {
    phase: 'handshake',
    by: 'proxy',
    means: 'no certificate for the server name, and sniStrict',
  },
  'client-left-handshake': {
    phase: 'handshake',
    by: 'client',
    means: 'the client left during the TLS handshake',
  },
  'handshake-failed': { phase: 'handshake', by: 'client', means: 'the TLS handshake failed' },
  'handshake-timeout': {
    phase: 'handshake',
    by: 'client',
    means: 'no TLS handshake before the deadline',
  },
  'no-client-certificate': {
    phase: 'handshake',
    by: 'proxy',
    means: 'the client showed no certificate',
  },
  'bad-client-certificate': {
    phase: 'handshake',
    by: 'proxy',
    means: 'the certificate of the client is not trusted',
  },
  'address-denied': {
    phase: 'route',
    by: 'proxy',
    means: 'a middleware does not let the address in',
  },
  'in-flight-limit': {
    phase: 'route',
    by: 'proxy',
    means: 'the source has as many connections as inFlightConn allows',
  },
  'rate-limit': {
    phase: 'route',
    by: 'proxy',
    means: 'the source connects more often than rateLimit allows',
  },
  'no-server': { phase: 'dial', by: 'proxy', means: 'the service has no server' },
  'servers-down': {
    phase: 'dial',
    by: 'proxy',
    means: 'all servers of the service are down',
  },
  'server-limit': {
    phase: 'dial',
    by: 'proxy',
    means: 'all servers of the service have as many connections as maxConnections allows',
  },
  'dial-failed': { phase: 'dial', by: 'server', means: 'no server could be reached' },
  'dial-timeout': { phase: 'dial', by: 'server', means: 'no server answered within dialTimeout' },
  'unrouted-limit': { phase: 'accept', by: 'proxy', means: 'too many connections without a route' },
  'connection-limit': { phase: 'accept', by: 'proxy', means: 'the entry point is full' },
  'internal-error': { phase: 'route', by: 'proxy', means: 'a bug of Sluice' },
  shutdown: { phase: 'shutdown', by: 'proxy', means: 'cut when the proxy stopped' },
  'closed-by-api': { phase: 'data', by: 'proxy', means: 'closed by a request to the API' },
  'api-request': { phase: 'accept', by: 'proxy', means: 'handed to the built-in HTTP server' },
} as const satisfies Readonly<
  Record<string, { readonly phase: Phase; readonly by: Ender; readonly means: string }>
>;

export type EndReason = keyof typeof END_REASONS;
