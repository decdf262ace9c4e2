import { bitsOf, DerError, DerReader, readDer, smallInteger, TAG, time } from './der.js';
import { NO_EXTENSIONS, readExtensions, type Extensions } from './extensions.js';
import { PublicKey } from './public-key.js';

/**
 * An X.509 certificate, read by us: node:crypto 20 hides key usage, path length and critical
 * extensions, gives names as one text, and takes a fifth of a millisecond.
 */
export interface Certificate {
  readonly der: Buffer;
  readonly version: 1 | 2 | 3;
  /** Names as they are written, DER; compared byte for byte, as Go does. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** In ms since the epoch; both belong to the time of validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly extensions: Extensions;
  /** What the issuer signed, how, and the signature. */
  readonly signed: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
}

/** Undefined for anything but exactly one well-formed certificate. Nothing is verified. */
export function parseCertificate(der: Buffer): Certificate | undefined {
  return readDer(der, (reader) => readCertificate(reader, der));
}

/** Undefined if one of them is malformed. */
export function parseCertificates(ders: readonly Buffer[]): readonly Certificate[] | undefined {
  const certificates: Certificate[] = [];
  for (const der of ders) {
    const certificate = parseCertificate(der);
    if (!certificate) return undefined;
    certificates.push(certificate);
  }
  return certificates;
}

function readCertificate(reader: DerReader, der: Buffer): Certificate {
  const fields = reader.sequence();
  const body = fields.expect(TAG.sequence);
  const signatureAlgorithm = fields.expect(TAG.sequence).whole;
  const signature = bitsOf(fields.expect(TAG.bitString));
  fields.end();
  if (signature.unused > 0) throw new DerError('a signature in bits');

  const tbs = new DerReader(body.content);
  const version = versionOf(tbs);
  tbs.expect(TAG.integer);
  if (!tbs.expect(TAG.sequence).whole.equals(signatureAlgorithm)) {
    throw new DerError('two signature algorithms');
  }
  const issuer = tbs.expect(TAG.sequence).whole;
  const validity = tbs.sequence();
  const notBefore = time(validity.next());
  const notAfter = time(validity.next());
  validity.end();
  const subject = tbs.expect(TAG.sequence).whole;
  const publicKey = publicKeyOf(tbs);
  // The unique identifiers of version 2.
  if (version > 1) {
    tbs.optional(0x81);
    tbs.optional(0x82);
  }
  const extensions = version === 3 ? tbs.optional(0xa3) : undefined;
  tbs.end();

  return {
    der,
    version,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    extensions: extensions ? readExtensions(extensions.content) : NO_EXTENSIONS,
    signed: body.whole,
    signatureAlgorithm,
    signature: signature.bytes,
  };
}

function versionOf(tbs: DerReader): Certificate['version'] {
  const field = tbs.optional(0xa0);
  if (!field) return 1;
  const content = new DerReader(field.content);
  const version = smallInteger(content.expect(TAG.integer)) + 1;
  content.end();
  if (version !== 1 && version !== 2 && version !== 3) throw new DerError('no such version');
  return version;
}

function publicKeyOf(tbs: DerReader): PublicKey {
  const info = tbs.expect(TAG.sequence);
  const fields = new DerReader(info.content);
  fields.expect(TAG.sequence);
  fields.expect(TAG.bitString);
  fields.end();
  return new PublicKey(info.whole);
}
