import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { PeerFault } from '../net/server-tls.js';
import { parseCertificate } from '../net/x509/certificate.js';

/** Who the server of a dial has to be. */
export interface WantedPeer {
  /** The chain leads to a trusted authority. */
  readonly isTrusted: boolean;
  /** A name, or an address. Undefined: any. */
  readonly name: string | undefined;
  /** One of its URIs, byte for byte (D5). Undefined: any. */
  readonly uri: string | undefined;
}

/** Judges a server by the certificate that it showed; undefined if it is who is wanted. */
export function peerFault(stream: TLSSocket, wanted: WantedPeer): PeerFault | undefined {
  if (wanted.isTrusted && !stream.authorized) {
    // Node's types say Error; it is the code, or an error that has it.
    return { reason: 'untrusted', detail: String(stream.authorizationError) };
  }
  if (wanted.name === undefined && wanted.uri === undefined) return undefined;
  const certificate = stream.getPeerX509Certificate();
  if (certificate === undefined) return { reason: 'untrusted', detail: 'no certificate' };
  if (wanted.name !== undefined) {
    const { name } = wanted;
    // Never the common name, not even beside URIs alone (D3).
    const isNamed =
      isIP(name) === 0
        ? certificate.checkHost(name, { subject: 'never' }) !== undefined
        : certificate.checkIP(name) !== undefined;
    const names = certificate.subjectAltName ?? 'no names';
    if (!isNamed) return { reason: 'wrong-name', detail: `${name} is not in ${inShort(names)}` };
  }
  return wanted.uri === undefined ? undefined : uriFault(certificate.raw, wanted.uri);
}

function uriFault(der: Buffer, wanted: string): PeerFault | undefined {
  const uris = parseCertificate(der)?.extensions.names.uris ?? [];
  if (uris.includes(wanted)) return undefined;
  const similar = uris.find((uri) => uri.toLowerCase() === wanted.toLowerCase());
  if (similar !== undefined) {
    return { reason: 'wrong-uri', detail: `${inShort(similar)} differs in case alone` };
  }
  return { reason: 'wrong-uri', detail: uris.length === 0 ? 'no URI' : inShort(uris.join(', ')) };
}

/** A stranger wrote it. */
const inShort = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
