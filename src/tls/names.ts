import type { X509Certificate } from 'node:crypto';
import { isIP, SocketAddress } from 'node:net';

/** A host name or an address as names are compared: lower case, no dot at its end. */
export function canonicalName(text: string): string {
  switch (isIP(text)) {
    case 4:
      return text;
    case 6:
      return new SocketAddress({ address: text, family: 'ipv6' }).address.replace(
        /^::ffff:(?=.*\.)/,
        '',
      );
    default:
      return text.toLowerCase().replace(/\.$/, '');
  }
}

/** The wildcard that stands for a name: exactly one label. Undefined for an address, or one label. */
export function wildcardOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot <= 0 || isIP(name) !== 0 ? undefined : `*${name.slice(dot)}`;
}

/** Whom a certificate is for: its DNS names, its addresses, and its common names (2.8). */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const written = [
    ...alternativeNames(certificate, /^(?:DNS|IP Address)$/),
    ...commonNamesOf(certificate),
  ];
  return [...new Set(written.map(canonicalName))].filter((name) => name !== '');
}

export function commonNamesOf(certificate: X509Certificate): readonly string[] {
  const { CN } = certificate.toLegacyObject().subject;
  return [CN ?? []].flat();
}

export const dnsNamesOf = (certificate: X509Certificate): readonly string[] =>
  alternativeNames(certificate, /^DNS$/);

/** Node shows them as one line: `DNS:a, IP Address:10.0.0.1, URI:"x, y"`. What holds a comma is quoted. */
function alternativeNames(
  { subjectAltName = '' }: X509Certificate,
  wanted: RegExp,
): readonly string[] {
  const items = subjectAltName.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return Array.from(items).flatMap(([, kind = '', value = '']) => {
    if (!wanted.test(kind)) return [];
    return value.startsWith('"') ? [String(JSON.parse(value))] : [value];
  });
}
