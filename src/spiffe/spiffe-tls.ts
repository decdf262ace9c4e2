import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { PeerFault, ServerHandshake, ServerTls } from '../net/server-tls.js';
import { presentedChain } from '../net/x509/presented-chain.js';
import type { Authorizer } from './authorizer.js';
import { verifyPeer, type Bundles } from './verify-peer.js';
import type { X509Context } from './x509-context.js';
import type { SvidSource } from './x509-source.js';

/** What a transport wants beside the SPIFFE ID (D5). */
export interface SpiffeSettings {
  readonly authorizer: Authorizer;
  /** SNI alone. */
  readonly serverName: string;
  /** Undefined: any. */
  readonly uri: string | undefined;
}

/**
 * TLS to servers by SPIFFE rules alone (data-plane facts 6.6): our SVID of the moment is shown, and
 * the peer verified by the bundles of the moment.
 */
export class SpiffeTls implements ServerTls {
  readonly #source: SvidSource;
  readonly #settings: SpiffeSettings;

  constructor(source: SvidSource, settings: SpiffeSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  handshakeWith(): ServerHandshake | PeerFault {
    const current = this.#source.current();
    if (current === undefined) {
      return { reason: 'no-identity', detail: 'no SVID has come yet' };
    }
    const context = contextOf(current);
    if ('reason' in context) return context;
    return {
      context,
      serverName: this.#settings.serverName,
      check: (stream) => this.#check(stream, current.bundles),
      certificateRefused: NOTHING_ELSE,
    };
  }

  #check(stream: TLSSocket, bundles: Bundles): PeerFault | undefined {
    const { authorizer, uri } = this.#settings;
    const result = verifyPeer(presentedChain(stream), bundles, authorizer, Date.now());
    if (!result.ok) {
      const { reason, claimed, depth = 0 } = result;
      const where = depth === 0 ? '' : ` (CA ${depth} above)`;
      const who = claimed === undefined ? '' : `: ${inShort(claimed.text)}`;
      return {
        reason: reason === 'not-authorized' ? 'wrong-id' : 'untrusted',
        detail: `${reason}${where}${who}`,
      };
    }
    // The one URI of an SVID is its ID.
    const { text } = result.id;
    if (uri === undefined || text === uri) return undefined;
    const isSimilar = text.toLowerCase() === uri.toLowerCase();
    const detail = isSimilar ? `${inShort(text)} differs in case alone` : inShort(text);
    return { reason: 'wrong-uri', detail };
  }
}

/** One for all transports that show the same SVID. */
const contexts = new WeakMap<X509Context, SecureContext>();

function contextOf(current: X509Context): SecureContext | PeerFault {
  const known = contexts.get(current);
  if (known) return known;
  const { cert, key } = current.svid;
  try {
    // No authorities: who the peer is, is judged by us.
    const context = createSecureContext({ cert, key, ca: [], minVersion: 'TLSv1.2' });
    contexts.set(current, context);
    return context;
  } catch (error) {
    // Such as a key that this OpenSSL finds too short.
    const detail = error instanceof Error ? error.message : String(error);
    return { reason: 'no-identity', detail: `the SVID cannot be used: ${detail}` };
  }
}

/** A stranger wrote it. */
const inShort = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const NOTHING_ELSE = (): void => {
  // There is one SVID.
};
