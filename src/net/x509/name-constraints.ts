import { isIP } from 'node:net';
import type { Certificate } from './certificate.js';
import type { GeneralNames, NameConstraints } from './extensions.js';

const EMAIL_TAG = 0x81;
const DIRECTORY_TAG = 0xa4;
/** The object identifier of the attribute emailAddress, 1.2.840.113549.1.9.1, with its tag. */
const EMAIL_ATTRIBUTE = Buffer.from('06092a864886f70d010901', 'hex');
const EMPTY_NAME_LENGTH = 2;

/**
 * Whether a certificate that stands below one with these constraints keeps them (RFC 5280 4.2.1.10).
 * Names of DNS, URI and IP form are compared; a constraint on any other form refuses every
 * certificate that has a name of that form.
 */
export function keepsConstraints(
  { extensions: { names }, subject }: Certificate,
  { permitted, excluded }: NameConstraints,
): boolean {
  for (const tag of [...permitted.others, ...excluded.others]) {
    if (names.others.has(tag)) return false;
    if (tag === DIRECTORY_TAG && subject.length > EMPTY_NAME_LENGTH) return false;
    if (tag === EMAIL_TAG && subject.includes(EMAIL_ATTRIBUTE)) return false;
  }
  return (
    keepsDns(names, permitted, excluded) &&
    keepsUris(names, permitted, excluded) &&
    keeps(names.ips, permitted.ips, excluded.ips, isWithin, isWithin)
  );
}

function keeps<N, C>(
  names: readonly N[],
  permitted: readonly C[],
  excluded: readonly C[],
  isPermitted: (name: N, constraint: C) => boolean,
  isExcluded: (name: N, constraint: C) => boolean,
): boolean {
  return names.every(
    (name) =>
      !excluded.some((constraint) => isExcluded(name, constraint)) &&
      (permitted.length === 0 || permitted.some((constraint) => isPermitted(name, constraint))),
  );
}

function keepsDns(names: GeneralNames, permitted: GeneralNames, excluded: GeneralNames): boolean {
  return keeps(names.dns, permitted.dns, excluded.dns, isInDomain, isInDomain);
}

function keepsUris(names: GeneralNames, permitted: GeneralNames, excluded: GeneralNames): boolean {
  if (permitted.uris.length + excluded.uris.length === 0) return true;
  const hosts = names.uris.map(hostOf);
  // RFC 5280: a URI whose host is missing or an address keeps no constraint.
  if (hosts.includes(undefined)) return false;
  return keeps(
    hosts.filter((host) => host !== undefined),
    permitted.uris,
    excluded.uris,
    isPermittedHost,
    isInDomain,
  );
}

/** Itself or anything below it. A dot in front, or nothing at all, is taken as well. */
function isInDomain(name: string, constraint: string): boolean {
  const domain = constraint.toLowerCase();
  if (domain === '') return true;
  const lower = name.toLowerCase().replace(/\.$/, '');
  if (domain.startsWith('.')) return lower.endsWith(domain);
  return lower === domain || lower.endsWith(`.${domain}`);
}

/** Unlike for DNS names, a domain without a dot in front is one host. */
function isPermittedHost(host: string, constraint: string): boolean {
  if (constraint === '' || constraint.startsWith('.')) return isInDomain(host, constraint);
  return host.toLowerCase() === constraint.toLowerCase();
}

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#@:[\]]+)(?::\d*)?(?:[/?#]|$)/i;

function hostOf(uri: string): string | undefined {
  const host = AUTHORITY.exec(uri)?.[1];
  return host === undefined || isIP(host) > 0 ? undefined : host;
}

/** `range`: address, then mask. */
function isWithin(address: Buffer, range: Buffer): boolean {
  const { length } = address;
  if (range.length !== 2 * length) return false;
  return address.every((byte, at) => {
    const mask = range[length + at] ?? 0xff;
    return (byte & mask) === ((range[at] ?? 0) & mask);
  });
}
