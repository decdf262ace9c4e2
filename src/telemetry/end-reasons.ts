/** When in its life a session ended. */
export type Phase = 'accept' | 'route' | 'handshake' | 'dial' | 'data' | 'shutdown';

/** Who ended it. */
export type Ender = 'client' | 'server' | 'proxy';

interface Known {
  readonly phase: Phase;
  readonly by: Ender;
  readonly means: string;
  /** What to do; empty where nothing is to be done. The log may know better from the connection itself. */
  readonly fix: string;
}

/**
 * Why a session ended: one closed list for log, metric and access log, each with its phase and who
 * ended it (HAProxy's termination states are the model). What the client sees is D39.
 */
export const END_REASONS = {
  done: { phase: 'data', by: 'client', means: 'both sides finished', fix: '' },
  'client-reset': {
    phase: 'data',
    by: 'client',
    means: 'the client reset the connection',
    fix: '',
  },
  'server-reset': {
    phase: 'data',
    by: 'server',
    means: 'the server reset the connection',
    fix: '',
  },
  'server-silent': {
    phase: 'data',
    by: 'server',
    means: 'the server closed the connection without a byte',
    fix: 'look into its log: it may expect TLS (tls of the servers transport), a PROXY header (proxyProtocol), or neither',
  },
  'client-vanished': {
    phase: 'data',
    by: 'client',
    means: 'the client answers no more',
    fix: '',
  },
  'server-vanished': {
    phase: 'data',
    by: 'server',
    means: 'the server answers no more',
    fix: 'look whether it runs, and whether a firewall on the way forgets idle connections: then shorten dialKeepAlive',
  },
  'server-truncated': {
    phase: 'data',
    by: 'server',
    means: 'the server closed TLS without close_notify: its answer may be cut',
    fix: '',
  },
  'termination-delay': {
    phase: 'data',
    by: 'proxy',
    means: 'one side had finished, and the other not within terminationDelay',
    fix: 'raise terminationDelay of the servers transport if answers are cut; a negative one waits for ever',
  },
  'idle-timeout': {
    phase: 'data',
    by: 'proxy',
    means: 'no byte within idleTimeout',
    fix: 'raise idleTimeout of the service, or let client or server send keep-alives of their protocol',
  },
  'max-duration': {
    phase: 'data',
    by: 'proxy',
    means: 'it lasted for maxDuration',
    fix: 'raise maxDuration of the service if that is too short',
  },
  drained: {
    phase: 'data',
    by: 'proxy',
    means: 'its server was removed, and drain is over',
    fix: 'raise drain of the service, or write keep, if such connections are to live on',
  },
  'drained-unhealthy': {
    phase: 'data',
    by: 'proxy',
    means: 'its server is down, and drainOnUnhealthy is over',
    fix: 'raise drainOnUnhealthy of the service, or write keep, if such connections are to live on',
  },
  'client-left': {
    phase: 'route',
    by: 'client',
    means: 'the client left before it was routed',
    fix: '',
  },
  'client-left-dialling': {
    phase: 'dial',
    by: 'client',
    means: 'the client left during the dial',
    fix: '',
  },
  'no-route': {
    phase: 'route',
    by: 'proxy',
    means: 'no router matches',
    fix: 'give the entry point a router whose rule takes this client; sluice route says why others do not',
  },
  'router-disabled': {
    phase: 'route',
    by: 'proxy',
    means: 'the router that matches is disabled',
    fix: 'mend what the findings about it say: the log, /api/diagnostics, or sluice explain with its name',
  },
  'route-timeout': {
    phase: 'route',
    by: 'proxy',
    means: 'not routed before the deadline',
    fix: 'give a client that waits for the server to speak first an entry point without TLS routers; a slow one needs a longer respondingTimeouts.readTimeout',
  },
  'bad-proxy-header': {
    phase: 'route',
    by: 'client',
    means: 'a PROXY header that makes no sense',
    fix: 'let the peer send PROXY protocol of version 1 or 2, or take proxyProtocol away from the entry point',
  },
  'unrecognized-name': {
    phase: 'handshake',
    by: 'proxy',
    means: 'no certificate for the server name, and sniStrict',
    fix: 'add a certificate for the name to tls.certificates, or turn sniStrict of the TLS options off',
  },
  'client-left-handshake': {
    phase: 'handshake',
    by: 'client',
    means: 'the client left during the TLS handshake',
    fix: 'look whether it trusts the certificate: tls.certificates needs one for the name, by an authority that the client knows',
  },
  'handshake-failed': {
    phase: 'handshake',
    by: 'client',
    means: 'the TLS handshake failed',
    fix: 'hold the TLS options of the router against what the client speaks',
  },
  'handshake-timeout': {
    phase: 'handshake',
    by: 'client',
    means: 'no TLS handshake before the deadline',
    fix: 'a slow client needs a longer respondingTimeouts.readTimeout',
  },
  'no-client-certificate': {
    phase: 'handshake',
    by: 'proxy',
    means: 'the client showed no certificate',
    fix: 'let it show one that clientAuth.caFiles of the TLS options knows, or choose another clientAuthType',
  },
  'bad-client-certificate': {
    phase: 'handshake',
    by: 'proxy',
    means: 'the certificate of the client is not trusted',
    fix: 'let it show one that is valid now, and signed by one of clientAuth.caFiles of the TLS options',
  },
  'address-denied': {
    phase: 'route',
    by: 'proxy',
    means: 'a middleware does not let the address in',
    fix: 'add it to sourceRange of that ipAllowList, or take it out of that ipDenyList, if it is to come in',
  },
  'in-flight-limit': {
    phase: 'route',
    by: 'proxy',
    means: 'the source has as many connections as inFlightConn allows',
    fix: 'raise amount of that inFlightConn if the source needs more',
  },
  'rate-limit': {
    phase: 'route',
    by: 'proxy',
    means: 'the source connects more often than rateLimit allows',
    fix: 'raise average or burst of that rateLimit if the source needs more',
  },
  'no-server': {
    phase: 'dial',
    by: 'proxy',
    means: 'the service has no server',
    fix: 'start a container or an instance for it, or list servers; sluice explain says why one was left out',
  },
  'servers-down': {
    phase: 'dial',
    by: 'proxy',
    means: 'all servers of the service are down',
    fix: 'mend them, or their healthCheck: its last answers are in the log; onAllDown=any tries them all the same',
  },
  'server-limit': {
    phase: 'dial',
    by: 'proxy',
    means: 'all servers of the service have as many connections as maxConnections allows',
    fix: 'raise maxConnections of the servers, or add servers',
  },
  'dial-failed': {
    phase: 'dial',
    by: 'server',
    means: 'no server could be reached',
    fix: 'see the reason of each attempt',
  },
  'dial-timeout': {
    phase: 'dial',
    by: 'server',
    means: 'no server answered within dialTimeout',
    fix: 'see the reason of each attempt; a slow server needs a longer dialTimeout of the servers transport',
  },
  'unrouted-limit': {
    phase: 'accept',
    by: 'proxy',
    means: 'too many connections without a route',
    fix: 'raise transport.unrouted.max or maxPerIP of the entry point if these are no strangers',
  },
  'connection-limit': {
    phase: 'accept',
    by: 'proxy',
    means: 'the entry point is full',
    fix: 'raise maxConnections of the entry point',
  },
  'internal-error': {
    phase: 'route',
    by: 'proxy',
    means: 'a bug of Sluice',
    fix: 'report it, with the error before it in the log',
  },
  shutdown: { phase: 'shutdown', by: 'proxy', means: 'cut when the proxy stopped', fix: '' },
  'closed-by-api': { phase: 'data', by: 'proxy', means: 'closed by a request to the API', fix: '' },
  'api-request': {
    phase: 'accept',
    by: 'proxy',
    means: 'handed to the built-in HTTP server',
    fix: '',
  },
} as const satisfies Readonly<Record<string, Known>>;

export type EndReason = keyof typeof END_REASONS;
