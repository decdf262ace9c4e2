import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { DerReader } from './der.js';

export type SignatureCheck =
  | 'valid'
  | 'invalid'
  /** By a key or with an algorithm that nobody should believe any more, or that we do not know. */
  | 'weak';

type KeyKind = 'rsa' | 'ec' | 'ed25519';

/** Whole AlgorithmIdentifiers in hex: a curve or a parameter is right to the byte or unknown. */
const KEY_KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ['300d06092a864886f70d0101010500', 'rsa'],
  // P-256, P-384, P-521
  ['301306072a8648ce3d020106082a8648ce3d030107', 'ec'],
  ['301006072a8648ce3d020106052b81040022', 'ec'],
  ['301006072a8648ce3d020106052b81040023', 'ec'],
  ['300506032b6570', 'ed25519'],
]);

interface Algorithm {
  readonly kind: KeyKind;
  readonly digest: string | undefined;
  readonly isPss?: boolean;
}

const HASHES = [
  { digest: 'sha256', id: '0609608648016503040201', rsa: '0b', ec: '02', salt: '20' },
  { digest: 'sha384', id: '0609608648016503040202', rsa: '0c', ec: '03', salt: '30' },
  { digest: 'sha512', id: '0609608648016503040203', rsa: '0d', ec: '04', salt: '40' },
] as const;

/** As in KEY_KINDS. MD5 and SHA-1 are not here; PSS only with one hash throughout and a salt as long (as in Go). */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ['300506032b6570', { kind: 'ed25519', digest: undefined }],
  ...HASHES.flatMap(({ digest, id, rsa, ec, salt }): readonly [string, Algorithm][] => [
    [`300d06092a864886f70d0101${rsa}0500`, { kind: 'rsa', digest }],
    [`300b06092a864886f70d0101${rsa}`, { kind: 'rsa', digest }],
    [`300a06082a8648ce3d0403${ec}`, { kind: 'ec', digest }],
    [
      `304106092a864886f70d01010a3034a00f300d${id}0500a11c301a06092a864886f70d010108300d${id}0500a2030201${salt}`,
      { kind: 'rsa', digest, isPss: true },
    ],
  ]),
]);

const SHORTEST_RSA_BITS = 2_048;
/** Longer ones are only there to make others calculate. */
const LONGEST_RSA_BITS = 8_192;

type ReadyKey = { readonly kind: KeyKind; readonly object: KeyObject } | 'weak';

/** The key of a certificate; made ready when it is first used, because that costs more than reading the certificate. */
export class PublicKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly info: Buffer;
  #key: ReadyKey | undefined;

  constructor(info: Buffer) {
    this.info = info;
  }

  get isStrong(): boolean {
    return this.#ready() !== 'weak';
  }

  /** `algorithm`: the whole AlgorithmIdentifier, DER. */
  verify(algorithm: Buffer, signed: Buffer, signature: Buffer): SignatureCheck {
    const known = ALGORITHMS.get(algorithm.toString('hex'));
    const key = this.#ready();
    if (known === undefined || key === 'weak') return 'weak';
    if (known.kind !== key.kind) return 'invalid';
    const options = known.isPss
      ? {
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }
      : {};
    try {
      const isValid = verify(known.digest, signed, { key: key.object, ...options }, signature);
      return isValid ? 'valid' : 'invalid';
    } catch {
      // OpenSSL answers some malformed signatures with an error instead of "no".
      return 'invalid';
    }
  }

  #ready(): ReadyKey {
    this.#key ??= keyOf(this.info);
    return this.#key;
  }
}

function keyOf(info: Buffer): ReadyKey {
  const algorithm = new DerReader(info).sequence().next().whole;
  // Before OpenSSL sees it: a curve given by its parameters is costly to read, and dangerous.
  const kind = KEY_KINDS.get(algorithm.toString('hex'));
  if (kind === undefined) return 'weak';
  try {
    const object = createPublicKey({ key: info, format: 'der', type: 'spki' });
    const bits = object.asymmetricKeyDetails?.modulusLength ?? 0;
    const isWeak = kind === 'rsa' && (bits < SHORTEST_RSA_BITS || bits > LONGEST_RSA_BITS);
    return isWeak ? 'weak' : { kind, object };
  } catch {
    // Such as a point that is not on its curve.
    return 'weak';
  }
}
