import type { SecureContext } from 'node:tls';

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
   * The certificate by the server name of the hello (lower case), or without one by the address
   * that the client reached. Undefined: none fits, and `sniStrict` refuses the default one.
   */
  contextFor(serverName: string | undefined, localAddress: string): SecureContext | undefined;
  readonly clientCertificate: ClientCertificateMode;
  /** In the server's order. Empty: whatever the client offers is left unanswered. */
  readonly alpnProtocols: readonly string[];
}
