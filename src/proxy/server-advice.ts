import type { DialFailure } from '../net/dial-failure.js';
import type { CheckFailure } from './health/answer.js';

/** What a server was met with: one closed list. */
export type ServerTrouble =
  | DialFailure
  | CheckFailure
  /** It accepts connections, and closes them without a byte (D16). */
  | 'said-nothing';

/** What to do about it; empty where the server is not to blame, or nothing is to be done. */
export const SERVER_ADVICE: Readonly<Record<ServerTrouble, string>> = {
  refused: 'start what listens there, or correct the port of the server',
  timeout:
    'let Sluice reach the address (a network that both are on, no firewall between); a slow server needs a longer dialTimeout',
  unreachable: 'let Sluice reach the address: a network that both are on, a route to it',
  'name-not-found':
    'correct the host of the server: no resolver that Sluice asks knows it (a container is known by name on a network of its own alone)',
  reset: 'look into its log: it may expect a PROXY header (proxyProtocol), TLS, or neither',
  'no-descriptors': 'raise the limit of open files (ulimit -n)',
  'not-allowed': 'look for a firewall on this machine that forbids the connection',
  'tls-failed':
    'dial a port where the server speaks TLS, or take tls away from the server and its transport',
  'certificate-refused':
    'list a certificate in tls.certificates of the servers transport that the server trusts',
  untrusted:
    'list the authority of the server in tls.rootCAs of the servers transport, or give the server a certificate that is valid now',
  'wrong-name': 'set tls.serverName of the servers transport to a name of the certificate',
  'wrong-uri': 'set tls.peerCertURI of the servers transport to the URI of the certificate',
  'wrong-id': 'list the SPIFFE ID of the server in spiffe.ids of the servers transport',
  'no-identity': 'start the SPIRE agent, or register this program there: there is no SVID to show',
  'no-tls': 'turn TLS on in the Postgres server, or let a router with a certificate end it here',
  overtaken: '',
  removed: '',
  cancelled: '',
  other: 'the detail, and the log of the server, may say more',
  closed: 'look into its log: it may expect TLS, a PROXY header, or another question',
  'wrong-answer': 'correct expect of the healthCheck, or what the server answers',
  'wrong-status': 'correct path or status of the healthCheck, or what the server answers',
  'said-nothing':
    'look into its log: it may expect TLS, a PROXY header (proxyProtocol), or neither',
};
