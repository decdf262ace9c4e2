import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { isIPv4 } from 'node:net';
import {
  bitString,
  element,
  objectId,
  octetString,
  pem,
  sequence,
  time,
  utf8String,
} from '../../src/net/x509/write-der.js';

/**
 * A certificate authority for tests, by hand: no tool makes certificates as wrong as they are
 * needed here. An EC certificate takes less than a millisecond.
 */
export interface Issued {
  readonly der: Buffer;
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM: this one and its issuers, without a self-signed one at the end. */
  readonly chain: string;
  readonly privateKey: KeyObject;
  readonly name: string;
  readonly issuer: Issued | undefined;
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign';

export interface CertificateOptions {
  /** The common name, and the only part of the subject. */
  readonly name?: string;
  /** None: self-signed. To forge, spread one and give it another `privateKey`. */
  readonly issuer?: Issued;
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uris?: readonly string[];
  /** A basicConstraints extension is there if this is, and for the default of false as well. */
  readonly isCa?: boolean;
  readonly pathLength?: number;
  /** Default: what the kind needs. Empty: no extension. */
  readonly keyUsage?: readonly KeyUsage[];
  /** Object identifiers or the two names. Default: both on leaves, none on CAs. Empty: no extension. */
  readonly extendedKeyUsage?: readonly string[];
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: in a day. */
  readonly notAfter?: Date;
  readonly keyType?: 'ec' | 'rsa' | 'rsa-1024' | 'rsa-512' | 'ed25519';
  /** Default: a new one. */
  readonly privateKey?: KeyObject;
  /** By an EC or RSA key. */
  readonly signature?: 'sha1' | 'sha256' | 'sha384' | 'pss-sha256';
  /** Version 1 has no extensions at all. */
  readonly version?: 1 | 3;
  /** Beside the usual ones. */
  readonly extensions?: readonly Extension[];
}

export interface Extension {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

const HOUR_MS = 3_600_000;

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
];

const EXTENDED_KEY_USAGES: ReadonlyMap<string, string> = new Map([
  ['serverAuth', '1.3.6.1.5.5.7.3.1'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2'],
]);

export function issue(options: CertificateOptions = {}): Issued {
  const { name = 'leaf', issuer, keyType = 'ec', version = 3 } = options;
  const privateKey = options.privateKey ?? keyPair(keyType).privateKey;
  const spki = spkiOf(privateKey);
  const signer = issuer?.privateKey ?? privateKey;
  const algorithm = signatureAlgorithm(signer, options.signature ?? 'sha256');
  const notBefore = options.notBefore ?? new Date(Date.now() - HOUR_MS);
  const notAfter = options.notAfter ?? new Date(Date.now() + 24 * HOUR_MS);

  const body = sequence(
    ...(version === 3 ? [element(0xa0, integer(2))] : []),
    element(0x02, Buffer.concat([Buffer.of(0x40), randomBytes(8)])),
    algorithm,
    commonName(issuer?.name ?? name),
    sequence(time(notBefore), time(notAfter)),
    commonName(name),
    spki,
    ...(version === 3 ? [element(0xa3, sequence(...extensionsOf(options, spki)))] : []),
  );
  const der = sequence(body, algorithm, bitString(signed(body, signer, options.signature)));
  const cert = pem('CERTIFICATE', der);
  return {
    der,
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chain: issuer?.issuer ? `${cert}${issuer.chain}` : cert,
    privateKey,
    name,
    issuer,
  };
}

/** A root, or an intermediate if `options` names an issuer. */
export function issueCa(name: string, options: CertificateOptions = {}): Issued {
  return issue({ name, isCa: true, extendedKeyUsage: [], ...options });
}

function keyPair(type: NonNullable<CertificateOptions['keyType']>) {
  switch (type) {
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'rsa-512':
      return generateKeyPairSync('rsa', { modulusLength: 512 });
    case 'rsa-1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 });
  }
}

const SIGNATURES: ReadonlyMap<string, string> = new Map([
  ['ec sha1', '1.2.840.10045.4.1'],
  ['ec sha256', '1.2.840.10045.4.3.2'],
  ['ec sha384', '1.2.840.10045.4.3.3'],
  ['rsa sha1', '1.2.840.113549.1.1.5'],
  ['rsa sha256', '1.2.840.113549.1.1.11'],
  ['rsa sha384', '1.2.840.113549.1.1.12'],
]);

const PSS_SHA256 =
  '304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120';

function signatureAlgorithm(signer: KeyObject, signature: string): Buffer {
  const type = signer.asymmetricKeyType ?? '';
  if (type === 'ed25519') return sequence(objectId('1.3.101.112'));
  if (signature === 'pss-sha256') return Buffer.from(PSS_SHA256, 'hex');
  const id = objectId(SIGNATURES.get(`${type} ${signature}`) ?? '');
  return type === 'rsa' ? sequence(id, element(0x05)) : sequence(id);
}

function signed(body: Buffer, signer: KeyObject, signature = 'sha256'): Buffer {
  if (signer.asymmetricKeyType === 'ed25519') return sign(null, body, signer);
  if (signature !== 'pss-sha256') return sign(signature, body, signer);
  return sign('sha256', body, {
    key: signer,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}

function extensionsOf(options: CertificateOptions, spki: Buffer): Buffer[] {
  const { isCa = false, pathLength, issuer, dns = [], ip = [], uris = [] } = options;
  const keyUsage = options.keyUsage ?? (isCa ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']);
  const usages = options.extendedKeyUsage ?? (isCa ? [] : ['serverAuth', 'clientAuth']);
  const names = [
    ...dns.map((name) => element(0x82, Buffer.from(name))),
    ...uris.map((uri) => element(0x86, Buffer.from(uri))),
    ...ip.map((address) => element(0x87, addressBytes(address))),
  ];
  const constraints = [
    ...(isCa ? [element(0x01, Buffer.of(0xff))] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  ];
  const all: Extension[] = [
    { id: '2.5.29.19', critical: true, value: sequence(...constraints) },
    { id: '2.5.29.14', value: octetString(keyId(spki)) },
  ];
  if (issuer) {
    const authority = element(0x80, keyId(spkiOf(issuer.privateKey)));
    all.push({ id: '2.5.29.35', value: sequence(authority) });
  }
  if (keyUsage.length > 0) {
    all.push({ id: '2.5.29.15', critical: true, value: usageBits(keyUsage) });
  }
  if (usages.length > 0) {
    const ids = usages.map((usage) => objectId(EXTENDED_KEY_USAGES.get(usage) ?? usage));
    all.push({ id: '2.5.29.37', value: sequence(...ids) });
  }
  if (names.length > 0) all.push({ id: '2.5.29.17', value: sequence(...names) });
  return [...all, ...(options.extensions ?? [])].map(({ id, critical = false, value }) =>
    sequence(
      objectId(id),
      ...(critical ? [element(0x01, Buffer.of(0xff))] : []),
      octetString(value),
    ),
  );
}

function usageBits(usages: readonly KeyUsage[]): Buffer {
  let byte = 0;
  for (const usage of usages) byte |= 0x80 >> KEY_USAGES.indexOf(usage);
  const unused = 31 - Math.clz32(byte & -byte);
  return element(0x03, Buffer.of(unused, byte));
}

const keyId = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest();

const spkiOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });

const commonName = (name: string): Buffer =>
  sequence(element(0x31, sequence(objectId('2.5.4.3'), utf8String(name))));

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const left = groups(head);
  const right = groups(tail);
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  const bytes = Buffer.alloc(16);
  [...left, ...zeros, ...right].forEach((group, at) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), at * 2);
  });
  return bytes;
}

const integer = (value: number): Buffer => element(0x02, Buffer.of(value));
