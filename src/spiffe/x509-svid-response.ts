import { readFields } from './protobuf.js';

/** X509SVIDResponse of the Workload API (data-plane facts 6.3), its parts as they came. */
export interface X509SvidResponse {
  readonly svids: readonly X509SvidMessage[];
  /** By trust domain, as written; a later one replaces an earlier one. */
  readonly federatedBundles: ReadonlyMap<string, Buffer>;
}

export interface X509SvidMessage {
  readonly spiffeId: string;
  /** DER certificates behind each other, leaf first. */
  readonly x509Svid: Buffer;
  /** PKCS #8, DER. */
  readonly x509SvidKey: Buffer;
  /** DER certificates behind each other. */
  readonly bundle: Buffer;
  readonly hint: string;
}

/** Undefined if it is malformed. Nothing is verified. */
export function readX509SvidResponse(message: Buffer): X509SvidResponse | undefined {
  const fields = readFields(message);
  if (!fields) return undefined;
  const svids: X509SvidMessage[] = [];
  const federatedBundles = new Map<string, Buffer>();
  for (const { number, value } of fields) {
    if (number === 1) {
      const svid = readSvid(value);
      if (!svid) return undefined;
      svids.push(svid);
    } else if (number === 3) {
      const entry = fieldsOf(value);
      const trustDomain = textOf(entry?.get(1));
      if (!entry || trustDomain === undefined) return undefined;
      federatedBundles.set(trustDomain, entry.get(2) ?? NOTHING);
    }
  }
  return { svids, federatedBundles };
}

const NOTHING = Buffer.alloc(0);

function readSvid(message: Buffer): X509SvidMessage | undefined {
  const fields = fieldsOf(message);
  const spiffeId = textOf(fields?.get(1));
  const hint = textOf(fields?.get(5));
  if (!fields || spiffeId === undefined || hint === undefined) return undefined;
  return {
    spiffeId,
    x509Svid: fields.get(2) ?? NOTHING,
    x509SvidKey: fields.get(3) ?? NOTHING,
    bundle: fields.get(4) ?? NOTHING,
    hint,
  };
}

/** Of a field that comes more than once the last one counts. */
function fieldsOf(message: Buffer): ReadonlyMap<number, Buffer> | undefined {
  const fields = readFields(message);
  return fields && new Map(fields.map(({ number, value }) => [number, value]));
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined if it is not UTF-8, as a string of proto3 must be. */
function textOf(bytes: Buffer = NOTHING): string | undefined {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
}
