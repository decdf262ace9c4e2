import type { Server } from 'node:tls';

/** What a client has to show of a certificate (data-plane facts 2.8, `clientAuthType`). */
export type ClientCertificateMode =
  | 'none'
  /** Asked for, and neither needed nor verified. */
  | 'request'
  /** Needed, and not verified. */
  | 'require-any'
  | 'verify-if-given'
  | 'require-and-verify';

/**
 * How the TLS of the clients of a route is ended. Immutable; equal settings are the same object, so
 * that session tickets outlive a swap and are never shared between option sets (D45).
 */
export interface Termination {
  /**
   * Ends handshakes with one certificate: chosen by the server name of the hello (lower case), or
   * without one by the address that the client reached. It never listens: connections are given to
   * it as `connection` events, which Node documents for this. Made without a timeout of its own (the
   * deadline is the session's), `requestCert` unless the mode is `none`, and `rejectUnauthorized:
   * false` (the mode is judged by the handshake). Undefined: no certificate fits, and `sniStrict`
   * refuses the default one.
   */
  serverFor(serverName: string | undefined, localAddress: string): Server | undefined;
  readonly clientCertificate: ClientCertificateMode;
}
