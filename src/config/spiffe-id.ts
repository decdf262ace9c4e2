/** `spiffe://trust.domain/path`, compared byte for byte. */
export interface SpiffeId {
  readonly text: string;
  readonly trustDomain: string;
}

export type SpiffeIdProblem =
  /** It does not begin with `spiffe://`, in lower case. */
  | 'scheme'
  /** Empty, or something beside `a-z 0-9 . - _`. */
  | 'trust-domain'
  /** A segment that is empty, `.`, `..`, or holds something beside `A-Z a-z 0-9 . - _`. */
  | 'path';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: SpiffeIdProblem };

const SCHEME = 'spiffe://';
const TRUST_DOMAIN = /^[a-z0-9._-]+$/;
const PATH_SEGMENT = /^(?!\.\.?$)[A-Za-z0-9._-]+$/;

/** The syntax of go-spiffe (data-plane facts 6.5): neither port nor user, query, fragment or escapes. */
export function parseSpiffeId(text: string): Parsed<SpiffeId> {
  if (!text.startsWith(SCHEME)) return { ok: false, problem: 'scheme' };
  const [trustDomain = '', ...segments] = text.slice(SCHEME.length).split('/');
  if (!TRUST_DOMAIN.test(trustDomain)) return { ok: false, problem: 'trust-domain' };
  if (!segments.every((segment) => PATH_SEGMENT.test(segment))) {
    return { ok: false, problem: 'path' };
  }
  return { ok: true, value: { text, trustDomain } };
}

/** A bare name, or any SPIFFE ID, of which the trust domain is taken. */
export function parseTrustDomain(text: string): Parsed<string> {
  if (!text.includes(':/')) {
    return TRUST_DOMAIN.test(text)
      ? { ok: true, value: text }
      : { ok: false, problem: 'trust-domain' };
  }
  const id = parseSpiffeId(text);
  return id.ok ? { ok: true, value: id.value.trustDomain } : id;
}
