import { ascii, bitsOf, boolean, DerError, DerReader, smallInteger, TAG } from './der.js';

export type KeyUsage = 'digitalSignature' | 'keyCertSign' | 'cRLSign';

/** The names of one certificate, or the constraints on them, sorted by form. */
export interface GeneralNames {
  readonly dns: readonly string[];
  readonly uris: readonly string[];
  /** 4 or 16 bytes; in a constraint 8 or 32: address and mask. */
  readonly ips: readonly Buffer[];
  /** The tags of the forms that nobody here reads. */
  readonly others: ReadonlySet<number>;
}

export interface NameConstraints {
  readonly permitted: GeneralNames;
  readonly excluded: GeneralNames;
}

/** What the extensions of a certificate say, as far as a path or a peer is judged by it. */
export interface Extensions {
  /** basicConstraints: true in a CA. */
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** Undefined: not restricted. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  /** Object identifiers, in hex. Undefined: not restricted. */
  readonly extendedKeyUsage: ReadonlySet<string> | undefined;
  readonly names: GeneralNames;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: Buffer | undefined;
  /** It says something of which its issuer demands that it be understood, and that we do not understand. */
  readonly hasUnknownCritical: boolean;
}

type Draft = { -readonly [K in keyof Extensions]: Extensions[K] };

const NO_NAMES: GeneralNames = { dns: [], uris: [], ips: [], others: new Set() };

export const NO_EXTENSIONS: Extensions = {
  isCa: false,
  pathLength: undefined,
  keyUsage: undefined,
  extendedKeyUsage: undefined,
  names: NO_NAMES,
  nameConstraints: undefined,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  hasUnknownCritical: false,
};

/** By object identifier in hex: 2.5.29.N. */
const READERS: ReadonlyMap<string, (value: DerReader, draft: Draft) => void> = new Map([
  ['551d0e', readSubjectKeyId],
  ['551d0f', readKeyUsage],
  ['551d11', readSubjectAltName],
  ['551d13', readBasicConstraints],
  ['551d1e', readNameConstraints],
  // No policy is asked for, so that every policy will do (RFC 5280 6.1.1).
  ['551d20', (value: DerReader) => void value.next()],
  ['551d23', readAuthorityKeyId],
  ['551d25', readExtendedKeyUsage],
]);

/** Of the content of the [3] element in a certificate. Throws `DerError`. */
export function readExtensions(content: Buffer): Extensions {
  const outer = new DerReader(content);
  const list = outer.sequence();
  outer.end();
  const draft: Draft = { ...NO_EXTENSIONS };
  const seen = new Set<string>();
  while (!list.isAtEnd) {
    const extension = list.sequence();
    const id = extension.expect(TAG.objectId).content.toString('hex');
    const critical = extension.optional(TAG.boolean);
    const isCritical = critical !== undefined && boolean(critical);
    const value = extension.expect(TAG.octetString).content;
    extension.end();
    if (seen.has(id)) throw new DerError('an extension twice');
    seen.add(id);
    const read = READERS.get(id);
    if (read) {
      const reader = new DerReader(value);
      read(reader, draft);
      reader.end();
    } else if (isCritical) {
      draft.hasUnknownCritical = true;
    }
    if (isCritical && id === '551d11' && !hasReadableNames(draft.names)) {
      draft.hasUnknownCritical = true;
    }
  }
  return draft;
}

const hasReadableNames = ({ dns, uris, ips }: GeneralNames): boolean =>
  dns.length + uris.length + ips.length > 0;

function readSubjectKeyId(value: DerReader, draft: Draft): void {
  draft.subjectKeyId = value.expect(TAG.octetString).content;
}

function readAuthorityKeyId(value: DerReader, draft: Draft): void {
  const fields = value.sequence();
  while (!fields.isAtEnd) {
    const { tag, content } = fields.next();
    if (tag === 0x80) draft.authorityKeyId = content;
  }
}

const USAGE_BITS: readonly (readonly [number, KeyUsage])[] = [
  [0, 'digitalSignature'],
  [5, 'keyCertSign'],
  [6, 'cRLSign'],
];

function readKeyUsage(value: DerReader, draft: Draft): void {
  const { bytes } = bitsOf(value.expect(TAG.bitString));
  const [first = 0] = bytes;
  draft.keyUsage = new Set(
    USAGE_BITS.filter(([bit]) => (first & (0x80 >> bit)) !== 0).map(([, usage]) => usage),
  );
}

function readExtendedKeyUsage(value: DerReader, draft: Draft): void {
  const list = value.sequence();
  const usages = new Set<string>();
  while (!list.isAtEnd) usages.add(list.expect(TAG.objectId).content.toString('hex'));
  draft.extendedKeyUsage = usages;
}

function readBasicConstraints(value: DerReader, draft: Draft): void {
  const fields = value.sequence();
  const isCa = fields.optional(TAG.boolean);
  draft.isCa = isCa !== undefined && boolean(isCa);
  const pathLength = fields.optional(TAG.integer);
  if (pathLength) draft.pathLength = smallInteger(pathLength);
  fields.end();
}

function readSubjectAltName(value: DerReader, draft: Draft): void {
  const list = value.sequence();
  const collected = new Names();
  while (!list.isAtEnd) collected.read(list, [4, 16]);
  draft.names = collected;
}

function readNameConstraints(value: DerReader, draft: Draft): void {
  const fields = value.sequence();
  const permitted = fields.optional(0xa0);
  const excluded = fields.optional(0xa1);
  fields.end();
  draft.nameConstraints = {
    permitted: permitted ? subtrees(permitted.content) : NO_NAMES,
    excluded: excluded ? subtrees(excluded.content) : NO_NAMES,
  };
}

/** RFC 5280 4.2.1.10: minimum is 0 and so not written, maximum must be absent. */
function subtrees(content: Buffer): GeneralNames {
  const list = new DerReader(content);
  const collected = new Names();
  while (!list.isAtEnd) {
    const subtree = list.sequence();
    collected.read(subtree, [8, 32]);
    subtree.end();
  }
  return collected;
}

class Names implements GeneralNames {
  readonly dns: string[] = [];
  readonly uris: string[] = [];
  readonly ips: Buffer[] = [];
  readonly others = new Set<number>();

  /** One GeneralName. */
  read(from: DerReader, ipLengths: readonly number[]): void {
    const element = from.next();
    switch (element.tag) {
      case 0x82:
        this.dns.push(ascii(element));
        break;
      case 0x86:
        this.uris.push(ascii(element));
        break;
      case 0x87:
        if (!ipLengths.includes(element.content.length)) throw new DerError('no IP address');
        this.ips.push(element.content);
        break;
      default:
        this.others.add(element.tag);
    }
  }
}
