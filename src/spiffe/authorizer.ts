import { parseTrustDomain, type SpiffeId } from '../config/spiffe-id.js';

/** Whose ID, proven before, is also wanted. */
export type Authorizer =
  | { readonly kind: 'any' }
  | { readonly kind: 'ids'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'trust-domain'; readonly trustDomain: string }
  /** In whatever trust domain we hold authorities of. */
  | { readonly kind: 'path'; readonly path: string };

/** The `spiffe` section of a servers transport. */
export interface WantedPeers {
  readonly ids?: readonly string[] | undefined;
  readonly trustDomain?: string | undefined;
}

/** `ids`, if there are any, overrule `trustDomain`. What is not well-formed matches nobody. */
export function authorizerOf({ ids = [], trustDomain = '' }: WantedPeers): Authorizer {
  if (ids.length > 0) return { kind: 'ids', ids: new Set(ids) };
  if (trustDomain === '') return { kind: 'any' };
  const parsed = parseTrustDomain(trustDomain);
  return { kind: 'trust-domain', trustDomain: parsed.ok ? parsed.value : trustDomain };
}

export function isAuthorized({ text, trustDomain }: SpiffeId, authorizer: Authorizer): boolean {
  switch (authorizer.kind) {
    case 'any':
      return true;
    case 'ids':
      return authorizer.ids.has(text);
    case 'trust-domain':
      return authorizer.trustDomain === trustDomain;
    case 'path':
      return text === `spiffe://${trustDomain}${authorizer.path}`;
  }
}
