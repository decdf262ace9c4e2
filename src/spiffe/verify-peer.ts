import { parseSpiffeId, type SpiffeId } from '../config/spiffe-id.js';
import { verifyPath, type PathFailure } from '../net/x509/certificate-path.js';
import { parseCertificates, type Certificate } from '../net/x509/certificate.js';
import { isAuthorized, type Authorizer } from './authorizer.js';

/** The authorities by trust domain, ours and the federated ones. */
export type Bundles = ReadonlyMap<string, readonly Certificate[]>;

/** Why a peer is not believed: a closed list. */
export type PeerFailure =
  | PathFailure
  /** A certificate that cannot be read. */
  | 'malformed'
  /** The leaf has no URI, more than one, or one that is no SPIFFE ID. */
  | 'no-spiffe-id'
  | 'several-uris'
  | 'bad-spiffe-id'
  /** The leaf could issue certificates, or lists of revoked ones, by its own words. */
  | 'leaf-is-ca'
  /** We hold no authorities of its trust domain. */
  | 'no-bundle'
  /** It is who it says; somebody else is wanted. */
  | 'not-authorized';

export type PeerResult =
  | { readonly ok: true; readonly id: SpiffeId }
  | {
      readonly ok: false;
      readonly reason: PeerFailure;
      /** Whom the peer claims to be; proven only if it is not authorized. */
      readonly claimed?: SpiffeId;
      /** Which certificate of the path it was: 0 is the leaf. */
      readonly depth?: number;
    };

/**
 * Verifies the certificates that a peer presented, leaf first, exactly as SPIFFE has it (data-plane
 * facts 6.6): one SPIFFE ID, a path to the bundle of its own trust domain and to no other, and the
 * ID is wanted. `now` in ms since the epoch. Pure.
 */
export function verifyPeer(
  chain: readonly Buffer[],
  bundles: Bundles,
  authorizer: Authorizer,
  now: number,
): PeerResult {
  const presented = parseCertificates(chain);
  if (!presented) return { ok: false, reason: 'malformed' };
  const [leaf] = presented;
  if (!leaf) return { ok: false, reason: 'no-certificate' };
  const identity = identityOf(leaf);
  if (!identity.ok) return identity;
  const { id } = identity;
  const roots = bundles.get(id.trustDomain);
  if (!roots) return { ok: false, reason: 'no-bundle', claimed: id };
  const path = verifyPath(presented, { roots, now, purpose: 'any' });
  if (!path.ok) return { ...path, claimed: id };
  return isAuthorized(id, authorizer)
    ? { ok: true, id }
    : { ok: false, reason: 'not-authorized', claimed: id };
}

export type IdentityFailure = Extract<
  PeerFailure,
  'no-spiffe-id' | 'several-uris' | 'bad-spiffe-id' | 'leaf-is-ca'
>;

/** The SPIFFE ID of a leaf, if that is what the certificate is. */
export function identityOf({
  extensions,
}: Certificate):
  | { readonly ok: true; readonly id: SpiffeId }
  | { readonly ok: false; readonly reason: IdentityFailure } {
  const [uri, second] = extensions.names.uris;
  if (uri === undefined) return { ok: false, reason: 'no-spiffe-id' };
  if (second !== undefined) return { ok: false, reason: 'several-uris' };
  const id = parseSpiffeId(uri);
  if (!id.ok) return { ok: false, reason: 'bad-spiffe-id' };
  const { isCa, keyUsage } = extensions;
  const maySign = isCa || keyUsage?.has('keyCertSign') || keyUsage?.has('cRLSign');
  return maySign ? { ok: false, reason: 'leaf-is-ca' } : { ok: true, id: id.value };
}
