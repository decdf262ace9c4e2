import { issue, issueCa, type CertificateOptions, type Issued } from './certificates.js';

/** A field of a protobuf message that holds bytes. */
export function field(number: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** The parts of one X509SVID; what is left out is not sent. */
export interface SentSvid {
  readonly id?: string;
  /** Leaf first. */
  readonly chain?: readonly Issued[];
  readonly key?: Buffer;
  readonly bundle?: readonly Issued[];
  readonly hint?: string;
}

function svidMessage({ id, chain, key, bundle, hint }: SentSvid): Buffer {
  return Buffer.concat([
    ...(id === undefined ? [] : [field(1, id)]),
    ...(chain === undefined ? [] : [field(2, together(chain))]),
    ...(key === undefined ? [] : [field(3, key)]),
    ...(bundle === undefined ? [] : [field(4, together(bundle))]),
    ...(hint === undefined ? [] : [field(5, hint)]),
  ]);
}

/** An X509SVIDResponse. */
export function responseMessage(
  svids: readonly SentSvid[],
  federated: Readonly<Record<string, readonly Issued[]>> = {},
): Buffer {
  return Buffer.concat([
    ...svids.map((svid) => field(1, svidMessage(svid))),
    ...Object.entries(federated).map(([trustDomain, bundle]) =>
      field(3, Buffer.concat([field(1, trustDomain), field(2, together(bundle))])),
    ),
  ]);
}

const together = (certificates: readonly Issued[]) =>
  Buffer.concat(certificates.map(({ der }) => der));

/** An authority of a trust domain, and leaves of it. */
export interface TrustDomain {
  readonly ca: Issued;
  /** A workload's certificate. */
  issue(path: string, options?: CertificateOptions): Issued;
  /** The same as an agent sends it. */
  svid(path: string, options?: CertificateOptions): SentSvid;
}

export function trustDomain(name: string): TrustDomain {
  const ca = issueCa(`authority of ${name}`, { uris: [`spiffe://${name}`] });
  const leaf = (path: string, options: CertificateOptions = {}) =>
    issue({ name: path, issuer: ca, uris: [`spiffe://${name}${path}`], ...options });
  return {
    ca,
    issue: leaf,
    svid: (path, options) => {
      const issued = leaf(path, options);
      return {
        id: `spiffe://${name}${path}`,
        chain: [issued],
        key: pkcs8(issued),
        bundle: [ca],
      };
    },
  };
}

export const pkcs8 = ({ privateKey }: Issued): Buffer =>
  privateKey.export({ type: 'pkcs8', format: 'der' });
