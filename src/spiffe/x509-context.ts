import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { parseTrustDomain, type SpiffeId } from '../config/spiffe-id.js';
import { parseCertificates, type Certificate } from '../net/x509/certificate.js';
import { splitDer } from '../net/x509/der.js';
import { pem } from '../net/x509/write-der.js';
import { identityOf, type Bundles, type IdentityFailure } from './verify-peer.js';
import type { X509SvidMessage, X509SvidResponse } from './x509-svid-response.js';

/** Who we are: what a TLS handshake presents, and the key to it. */
export interface X509Svid {
  readonly id: SpiffeId;
  /** PEM: the leaf, then the intermediates. */
  readonly cert: string;
  /** PEM, PKCS #8. Secret. */
  readonly key: string;
  /** When the first certificate of the chain expires, in ms since the epoch. */
  readonly expiresAt: number;
}

/** All that the Workload API says at one moment. Replaced whole at each rotation. */
export interface X509Context {
  readonly svid: X509Svid;
  readonly bundles: Bundles;
}

/** Why a message of the Workload API is not used: a closed list. */
export type MessageProblem =
  | IdentityFailure
  | 'malformed'
  | 'no-svid'
  /** The SVID is no list of certificates. */
  | 'bad-certificate'
  /** The leaf is not for signatures, without which there is no handshake. */
  | 'no-digital-signature'
  | 'intermediate-is-no-ca'
  | 'bad-key'
  /** The key belongs to another certificate. */
  | 'key-mismatch'
  | 'bad-trust-domain'
  /** No list of certificates, or an empty one. */
  | 'bad-bundle';

export type X509ContextResult =
  | { readonly ok: true; readonly context: X509Context }
  | {
      readonly ok: false;
      readonly problem: MessageProblem;
      /** Whose it is: a SPIFFE ID or a trust domain, as written. */
      readonly of?: string;
    };

/** In one list. Reading a thousand takes less than 0.1 s. */
const MOST_CERTIFICATES = 1_000;

/**
 * Validates a response (data-plane facts 6.4): any fault refuses all of it. The first SVID is the
 * identity. Expiry is none of its business: the source watches it.
 */
export function x509ContextOf({ svids, federatedBundles }: X509SvidResponse): X509ContextResult {
  const hints = new Set<string>();
  const read: X509Svid[] = [];
  const bundles = new Map<string, readonly Certificate[]>();
  for (const message of svids) {
    const isRepeated = message.hint !== '' && hints.has(message.hint);
    hints.add(message.hint);
    const svid = isRepeated ? undefined : svidOf(message);
    if (svid?.ok === false) return { ...svid, of: message.spiffeId };
    if (svid) read.push(svid.value);
    const problem = addBundle(bundles, message.spiffeId, message.bundle);
    if (problem) return { ok: false, problem, of: message.spiffeId };
  }
  for (const [trustDomain, bundle] of federatedBundles) {
    const problem = addBundle(bundles, trustDomain, bundle);
    if (problem) return { ok: false, problem, of: trustDomain };
  }
  const [svid] = read;
  return svid ? { ok: true, context: { svid, bundles } } : { ok: false, problem: 'no-svid' };
}

/** A later bundle of a trust domain replaces an earlier one. */
function addBundle(
  bundles: Map<string, readonly Certificate[]>,
  idOrName: string,
  bytes: Buffer,
): MessageProblem | undefined {
  const trustDomain = parseTrustDomain(idOrName);
  if (!trustDomain.ok) return 'bad-trust-domain';
  const certificates = certificatesOf(bytes);
  if (!certificates || certificates.length === 0) return 'bad-bundle';
  bundles.set(trustDomain.value, certificates);
  return undefined;
}

function certificatesOf(bytes: Buffer): readonly Certificate[] | undefined {
  const ders = splitDer(bytes, MOST_CERTIFICATES);
  return ders && parseCertificates(ders);
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: MessageProblem };

const refused = (problem: MessageProblem) => ({ ok: false, problem }) as const;

function svidOf({ x509Svid, x509SvidKey }: X509SvidMessage): Read<X509Svid> {
  const chain = certificatesOf(x509Svid);
  const [leaf, ...intermediates] = chain ?? [];
  if (!chain || !leaf) return refused('bad-certificate');
  const identity = identityOf(leaf);
  if (!identity.ok) return refused(identity.reason);
  if (!leaf.extensions.keyUsage?.has('digitalSignature')) return refused('no-digital-signature');
  if (!intermediates.every(isCa)) return refused('intermediate-is-no-ca');
  const key = keyOf(x509SvidKey);
  if (!key) return refused('bad-key');
  if (!isKeyOf(key, leaf)) return refused('key-mismatch');
  return {
    ok: true,
    value: {
      id: identity.id,
      cert: chain.map(({ der }) => pem('CERTIFICATE', der)).join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      expiresAt: Math.min(...chain.map(({ notAfter }) => notAfter)),
    },
  };
}

const isCa = ({ extensions: { isCa, keyUsage } }: Certificate): boolean =>
  isCa && keyUsage?.has('keyCertSign') === true;

const KEY_TYPES: ReadonlySet<string | undefined> = new Set(['rsa', 'ec', 'ed25519']);

function keyOf(der: Buffer): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return KEY_TYPES.has(key.asymmetricKeyType) ? key : undefined;
  } catch {
    return undefined;
  }
}

function isKeyOf(key: KeyObject, { der }: Certificate): boolean {
  try {
    return new X509Certificate(der).checkPrivateKey(key);
  } catch {
    return false;
  }
}
