import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { pemBlocks, type Materials, type PemBlock, type PemTrouble } from '../config/pem.js';
import { commonNamesOf, dnsNamesOf, namesOf } from './names.js';

/** A chain and the key that fits it. */
export interface Certificate {
  /** The same for the same chain. */
  readonly id: string;
  /** PEM, the leaf first. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
  /** `rsa`, `ec`, `ed25519` …: of several that fit a name one of each is shown. */
  readonly keyType: string;
  /** Canonical: DNS names, wildcards among them, addresses, and common names (data-plane facts 2.8). */
  readonly names: readonly string[];
  /** The first one of its subject; empty without one. */
  readonly commonName: string;
  /** A decimal number. */
  readonly serial: string;
  /** Of its alternative names, as they are written. */
  readonly dnsNames: readonly string[];
  /** In ms since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Why two values are no certificate with its key. Closed. */
export type PairFault =
  | PemTrouble
  /** A block without its end, as in a file that is just being written. */
  | 'torn'
  | 'no-certificate'
  | 'no-key'
  | 'bad-certificate'
  | 'bad-key'
  | 'encrypted-key'
  /** The key fits none of the certificates. */
  | 'mismatched'
  /** OpenSSL does not use it: its key is too small, or its signature too old. */
  | 'too-weak';

/** As written. One value may hold both (D4). */
export interface WrittenPair {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export type PairRead =
  | {
      readonly ok: true;
      readonly certificate: Certificate;
      /** The key's certificate was not the first one. It was put there. */
      readonly isMisordered: boolean;
    }
  | {
      readonly ok: false;
      readonly fault: PairFault;
      readonly field: 'certFile' | 'keyFile';
      /** In OpenSSL's words, where it has any. */
      readonly detail: string;
    };

/** Reads a certificate and its key. Never throws. Costs a millisecond: do it when they changed. */
export function readPair(
  { certFile = '', keyFile = '' }: WrittenPair,
  materials: Materials,
): PairRead {
  const cert = blocksOf(certFile, materials);
  if (!cert.ok) return bad(cert.fault, 'certFile');
  const field = keyFile === '' ? 'certFile' : 'keyFile';
  const key = keyFile === '' ? cert : blocksOf(keyFile, materials);
  if (!key.ok) return bad(key.fault, field);
  const chain = cert.blocks.filter(({ label }) => CERTIFICATE.test(label));
  if (chain.length === 0) return bad('no-certificate', 'certFile');
  const keys = key.blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (keys.length === 0) return bad('no-key', field);
  if (keys.every(isEncrypted)) return bad('encrypted-key', field);

  let certificates: readonly X509Certificate[];
  try {
    certificates = chain.map(({ text }) => new X509Certificate(text));
  } catch (error) {
    return bad('bad-certificate', 'certFile', error);
  }
  let readable: readonly KeyObject[];
  try {
    readable = keys.filter((one) => !isEncrypted(one)).map(({ text }) => createPrivateKey(text));
  } catch (error) {
    return bad('bad-key', field, error);
  }
  const fitting = fittingPair(certificates, readable);
  if (fitting === undefined) return bad('mismatched', field);
  const certificate = certificateFrom(chainOf(fitting.leaf, certificates), fitting.key);
  try {
    createSecureContext({ cert: certificate.chain, key: certificate.key });
  } catch (error) {
    return bad('too-weak', 'certFile', error);
  }
  return { ok: true, certificate, isMisordered: fitting.leaf !== certificates[0] };
}

/** What is known to be right: bad input throws. */
export function certificateOf(chain: string, key: string): Certificate {
  return certificateFrom([new X509Certificate(chain)], createPrivateKey(key));
}

const CERTIFICATE = /^(?:X509 |TRUSTED )?CERTIFICATE$/;

const isEncrypted = ({ label, text }: PemBlock) =>
  label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(text);

type Blocks =
  | { readonly ok: true; readonly blocks: readonly PemBlock[] }
  | { readonly ok: false; readonly fault: PairFault };

function blocksOf(value: string, materials: Materials): Blocks {
  const pem = materials.pem(value);
  if (!pem.ok) return { ok: false, fault: pem.reason };
  const blocks = pemBlocks(pem.text);
  return blocks === undefined ? { ok: false, fault: 'torn' } : { ok: true, blocks };
}

function bad(fault: PairFault, field: 'certFile' | 'keyFile', error?: unknown): PairRead {
  return { ok: false, fault, field, detail: error instanceof Error ? error.message : '' };
}

function fittingPair(
  certificates: readonly X509Certificate[],
  keys: readonly KeyObject[],
): { readonly leaf: X509Certificate; readonly key: KeyObject } | undefined {
  for (const leaf of certificates) {
    const key = keys.find((one) => leaf.checkPrivateKey(one));
    if (key) return { leaf, key };
  }
  return undefined;
}

/** The leaf, each followed by its issuer as far as they are there, then the rest as it was written. */
function chainOf(
  leaf: X509Certificate,
  all: readonly X509Certificate[],
): readonly [X509Certificate, ...X509Certificate[]] {
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf];
  const rest = all.filter((certificate) => certificate !== leaf);
  for (let last: X509Certificate | undefined = leaf; last;) {
    const below: X509Certificate = last;
    const at = rest.findIndex((certificate) => below.checkIssued(certificate));
    last = at === -1 ? undefined : rest.splice(at, 1)[0];
    if (last) chain.push(last);
  }
  chain.push(...rest);
  return chain;
}

function certificateFrom(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  key: KeyObject,
): Certificate {
  const [leaf] = chain;
  const text = chain.map((certificate) => certificate.toString()).join('');
  return {
    id: createHash('sha256').update(text).digest('hex'),
    chain: text,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyType: key.asymmetricKeyType ?? '',
    names: namesOf(leaf),
    commonName: commonNamesOf(leaf)[0] ?? '',
    serial: BigInt(`0x${leaf.serialNumber}`).toString(),
    dnsNames: dnsNamesOf(leaf),
    validFrom: Date.parse(leaf.validFrom),
    validTo: Date.parse(leaf.validTo),
  };
}
