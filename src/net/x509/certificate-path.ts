import type { Certificate } from './certificate.js';
import { keepsConstraints } from './name-constraints.js';

/** What the key of the leaf, and every CA above it, must be allowed to be used for. */
export type Purpose = 'any' | 'serverAuth' | 'clientAuth';

/** Why there is no path that can be trusted: a closed list. */
export type PathFailure =
  | 'no-certificate'
  | 'too-many-certificates'
  | 'not-yet-valid'
  | 'expired'
  /** No root, nor a presented certificate that leads to one, issued it. */
  | 'unknown-issuer'
  | 'bad-signature'
  /** A key or a signature algorithm that is too weak, or not known. */
  | 'weak-algorithm'
  | 'not-a-ca'
  /** More CAs below one than it allows. */
  | 'path-length'
  | 'critical-extension'
  | 'name-constraint'
  | 'wrong-purpose'
  /** Too many signatures to try. */
  | 'search-limit';

export type PathResult =
  /** From the leaf to the root. */
  { readonly ok: true; readonly path: readonly Certificate[] } | ({ readonly ok: false } & Failure);

interface Failure {
  readonly reason: PathFailure;
  /** Where: 0 is the leaf, 1 its issuer. */
  readonly depth: number;
}

export interface PathOptions {
  readonly roots: readonly Certificate[];
  /** In ms since the epoch. */
  readonly now: number;
  readonly purpose: Purpose;
}

/** Real chains have two to four. */
const MOST_PRESENTED = 16;
/** Of Go's crypto/x509. Each costs about 0.1 ms. */
const MOST_SIGNATURES = 100;

/** 2.5.29.37.0, 1.3.6.1.5.5.7.3.1 and .2, in hex. */
const ANY_PURPOSE = '551d2500';
const PURPOSES = { serverAuth: '2b06010505070301', clientAuth: '2b06010505070302' } as const;

/**
 * Looks for a path from the leaf, the first of those that were presented, over others of them to one
 * of the roots (RFC 5280 6.1, in the way of Go's crypto/x509). Every certificate of it, the root
 * included, must be valid now. Neither names nor revocation are checked.
 */
export function verifyPath(presented: readonly Certificate[], options: PathOptions): PathResult {
  const [leaf, ...others] = presented;
  if (!leaf) return { ok: false, reason: 'no-certificate', depth: 0 };
  if (presented.length > MOST_PRESENTED) {
    return { ok: false, reason: 'too-many-certificates', depth: 0 };
  }
  const problem = problemOf(leaf, options.now);
  if (problem) return { ok: false, reason: problem, depth: 0 };
  const search = new Search(others, options);
  // Someone who has the key of a root needs no path to it.
  const path = options.roots.some(({ der }) => der.equals(leaf.der))
    ? search.finish([leaf])
    : search.extend([leaf]);
  return path ? { ok: true, path } : { ok: false, ...search.failure };
}

/** The search for one path, depth first, with what it may still cost. */
class Search {
  readonly #others: readonly Certificate[];
  readonly #options: PathOptions;
  #signatures = 0;
  failure: Failure = { reason: 'unknown-issuer', depth: 0 };

  constructor(others: readonly Certificate[], options: PathOptions) {
    this.#others = others;
    this.#options = options;
  }

  /** A whole path that begins with this one, or undefined. */
  extend(path: readonly Certificate[]): readonly Certificate[] | undefined {
    return (
      this.#through(path, this.#options.roots, true) ?? this.#through(path, this.#others, false)
    );
  }

  /** The path, if its certificates may be used for the purpose. */
  finish(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const depth = path.findIndex((certificate) => !serves(certificate, this.#options.purpose));
    if (depth < 0) return path;
    this.#note({ reason: 'wrong-purpose', depth });
    return undefined;
  }

  #through(
    path: readonly Certificate[],
    candidates: readonly Certificate[],
    areRoots: boolean,
  ): readonly Certificate[] | undefined {
    const child = path.at(-1);
    if (!child) return undefined;
    for (const issuer of likelyIssuers(child, candidates)) {
      if (path.some((certificate) => isSame(certificate, issuer))) continue;
      const failure =
        this.#problemWithSignature(child, issuer, path.length) ??
        problemAsIssuer(issuer, path, areRoots, this.#options.now);
      const longer = [...path, issuer];
      if (failure) this.#note(failure);
      const found = failure ? undefined : areRoots ? this.finish(longer) : this.extend(longer);
      if (found) return found;
    }
    return undefined;
  }

  #problemWithSignature(
    child: Certificate,
    issuer: Certificate,
    depth: number,
  ): Failure | undefined {
    if (this.#signatures >= MOST_SIGNATURES) return { reason: 'search-limit', depth };
    if (!issuer.publicKey.isStrong) return { reason: 'weak-algorithm', depth };
    this.#signatures += 1;
    const { signatureAlgorithm, signed, signature } = child;
    switch (issuer.publicKey.verify(signatureAlgorithm, signed, signature)) {
      case 'valid':
        return undefined;
      case 'weak':
        return { reason: 'weak-algorithm', depth: depth - 1 };
      case 'invalid': {
        // Another key under the same name, such as that of a CA that was renewed, forged nothing.
        const isOther = keyMatch(child, issuer) === 'other';
        return { reason: isOther ? 'unknown-issuer' : 'bad-signature', depth: depth - 1 };
      }
    }
  }

  /** The most telling failure is kept: one of a certificate that did sign before one of those that did not. */
  #note(failure: Failure): void {
    if (rankOf(failure.reason) > rankOf(this.failure.reason)) this.failure = failure;
  }
}

function rankOf(reason: PathFailure): number {
  if (reason === 'unknown-issuer') return 0;
  return reason === 'bad-signature' ? 1 : 2;
}

/** What is wrong with a certificate wherever it stands. */
function problemOf(certificate: Certificate, now: number): PathFailure | undefined {
  if (now < certificate.notBefore) return 'not-yet-valid';
  if (now > certificate.notAfter) return 'expired';
  if (certificate.extensions.hasUnknownCritical) return 'critical-extension';
  return certificate.publicKey.isStrong ? undefined : 'weak-algorithm';
}

/** What is wrong with a certificate as the issuer of the last one of the path. */
function problemAsIssuer(
  issuer: Certificate,
  path: readonly Certificate[],
  isRoot: boolean,
  now: number,
): Failure | undefined {
  const depth = path.length;
  const problem = problemOf(issuer, now);
  if (problem) return { reason: problem, depth };
  const { isCa, keyUsage, pathLength, nameConstraints } = issuer.extensions;
  // Version 1 has no words for it: such a root is a CA because it is among the roots.
  const mayIssue = isCa || (isRoot && issuer.version === 1);
  if (!mayIssue || keyUsage?.has('keyCertSign') === false) return { reason: 'not-a-ca', depth };
  if (pathLength !== undefined && depth - 1 > pathLength) return { reason: 'path-length', depth };
  const isKept =
    !nameConstraints || path.every((below) => keepsConstraints(below, nameConstraints));
  return isKept ? undefined : { reason: 'name-constraint', depth };
}

function serves({ extensions }: Certificate, purpose: Purpose): boolean {
  const allowed = extensions.extendedKeyUsage;
  if (purpose === 'any' || !allowed) return true;
  return allowed.has(ANY_PURPOSE) || allowed.has(PURPOSES[purpose]);
}

/** Those that bear the issuer's name; first those whose key is the one that the child names. */
function likelyIssuers(
  child: Certificate,
  candidates: readonly Certificate[],
): readonly Certificate[] {
  const named = candidates.filter(({ subject }) => subject.equals(child.issuer));
  const order = ['same', 'unknown', 'other'] as const;
  return order.flatMap((match) => named.filter((issuer) => keyMatch(child, issuer) === match));
}

function keyMatch(child: Certificate, issuer: Certificate): 'same' | 'unknown' | 'other' {
  const { authorityKeyId } = child.extensions;
  const { subjectKeyId } = issuer.extensions;
  if (!authorityKeyId || !subjectKeyId) return 'unknown';
  return authorityKeyId.equals(subjectKeyId) ? 'same' : 'other';
}

/** One CA may have several certificates for one key. */
const isSame = (one: Certificate, other: Certificate): boolean =>
  one.subject.equals(other.subject) && one.publicKey.info.equals(other.publicKey.info);
