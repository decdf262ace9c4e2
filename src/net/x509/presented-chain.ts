import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** OpenSSL takes 100 kB of certificates, which are a few hundred at the most. */
const LONGEST_CHAIN = 500;

/**
 * The certificates that the peer presented, DER, leaf first, in its own order; none if it presented
 * none. Node's getPeerCertificate() leaves out those that it finds no use for, and may add some of
 * its own; `issuerCertificate` of the other kind is simply the next one (Node 20 and 24).
 */
export function presentedChain(stream: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let next: X509Certificate | undefined = stream.getPeerX509Certificate();
  while (next && chain.length < LONGEST_CHAIN) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
