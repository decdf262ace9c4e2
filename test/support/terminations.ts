import { createServer, type TlsOptions } from 'node:tls';
import type { ClientCertificateMode, Termination } from '../../src/net/termination.js';
import { issue, issueCa, type CertificateOptions, type Issued } from './certificates.js';

/** Who signs the certificates of tests. */
export const ca = issueCa('ca');

/** A termination with one certificate, made by hand. */
export function termination(
  certificate: Issued,
  clientCertificate: ClientCertificateMode = 'none',
  options: TlsOptions = {},
): Termination {
  const server = createServer({
    cert: certificate.chain,
    key: certificate.key,
    ca: ca.cert,
    handshakeTimeout: 0,
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: false,
    ...options,
  });
  return { serverFor: () => server, clientCertificate };
}

/** Of the tests' own authority. */
export const certified = (name: string, options: CertificateOptions = {}): Issued =>
  issue({ name, dns: [name], issuer: ca, ...options });
