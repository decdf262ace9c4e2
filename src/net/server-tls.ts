import type { SecureContext, TLSSocket } from 'node:tls';
import type { DialFailure } from './dial-failure.js';

/** Why a server is not spoken to. `detail` is for whoever has to mend it. */
export interface PeerFault {
  readonly reason: DialFailure;
  readonly detail: string;
}

/** One handshake with a server. */
export interface ServerHandshake {
  readonly context: SecureContext;
  /** SNI. Empty: none is sent. */
  readonly serverName: string;
  /** Judges the server once the handshake is done. Undefined: it is who is wanted. */
  check(stream: TLSSocket): PeerFault | undefined;
  /** The server refused the certificate that was shown (D4). */
  certificateRefused(): void;
}

/**
 * How TLS is spoken to the servers of a transport. Immutable but for what it looks up at each dial:
 * certificates and identities that were renewed.
 */
export interface ServerTls {
  /** For a dial to `host`; a fault if there is nothing to show yet (SPIFFE). */
  handshakeWith(host: string): ServerHandshake | PeerFault;
}
