import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Merged, MergedConfig } from '../config/merged.js';
import { isBroken, type TlsCertificateConfig, type TlsStoreConfig } from '../config/model.js';
import type { Materials, Pem } from '../config/pem.js';
import { readPair, type Certificate, type WrittenPair } from '../tls/certificate.js';
import { pairTrouble } from '../tls/pair-trouble.js';
import { CertificateStore } from '../tls/store.js';
import { about } from './finding.js';

/** What became of one certificate; the next generation takes over what is the same. */
interface PairOutcome {
  readonly merged: Merged<unknown>;
  readonly pair: WrittenPair;
  readonly pems: readonly Pem[];
  readonly validity: Validity;
  /** Of the last time that it was right (D43, D46). */
  readonly certificate: Certificate | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

type Validity = 'early' | 'valid' | 'expired' | undefined;

/** All certificates of one generation. */
export interface Certificates {
  /** The same object as long as what clients are shown is the same. */
  readonly store: CertificateStore;
  readonly outcomes: readonly PairOutcome[];
  readonly fallback: PairOutcome | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** `now` in ms since the epoch. */
export function compileCertificates(
  merged: MergedConfig,
  materials: Materials,
  now: number,
  previous: Certificates | undefined,
): Certificates {
  const before = new Predecessors(previous?.outcomes ?? [], merged.tlsCertificates);
  const outcomes = merged.tlsCertificates.map((certificate) =>
    compilePair(
      { kind: 'certificate', merged: certificate, pair: certificate.config, path: '' },
      { materials, now, previous: before.of(certificate) },
    ),
  );
  const store = merged.tlsStores.get(DEFAULT_STORE);
  const pair = store && !isBroken(store) ? store.config.defaultCertificate : undefined;
  const fallback =
    store && pair
      ? compilePair(
          { kind: 'tlsStore', merged: store, pair, path: 'defaultCertificate.' },
          { materials, now, previous: previous?.fallback },
        )
      : undefined;
  const shown = outcomes.flatMap(({ certificate }) => certificate ?? []);
  return {
    store: storeOf(shown, fallback?.certificate, previous),
    outcomes,
    fallback,
    diagnostics: [
      ...outcomes.flatMap(({ diagnostics }) => diagnostics),
      ...(fallback?.diagnostics ?? []),
      ...merged.tlsCertificates.flatMap(otherStores),
      ...[...merged.tlsStores.values()].flatMap(ignoredOf),
    ],
  };
}

const DEFAULT_STORE = 'default';

const keyOf = ({ certFile = '', keyFile = '' }: WrittenPair) => `${certFile}\0${keyFile}`;

const placeKeyOf = ({ name, owners }: Merged<unknown>) => `${owners[0]?.id ?? ''}\0${name}`;

/**
 * Whose last good certificate an entry may go on using: that of the same files, wherever it stood,
 * or of what stood at its place and is nowhere else now.
 */
class Predecessors {
  readonly #byPair: ReadonlyMap<string, PairOutcome>;
  readonly #byPlace: ReadonlyMap<string, PairOutcome>;

  constructor(before: readonly PairOutcome[], now: readonly Merged<TlsCertificateConfig>[]) {
    const present = new Set(now.map(({ config }) => keyOf(config)));
    this.#byPair = new Map(before.map((outcome) => [keyOf(outcome.pair), outcome]));
    this.#byPlace = new Map(
      before
        .filter(({ pair }) => !present.has(keyOf(pair)))
        .map((outcome) => [placeKeyOf(outcome.merged), outcome]),
    );
  }

  of(certificate: Merged<TlsCertificateConfig>): PairOutcome | undefined {
    return (
      this.#byPair.get(keyOf(certificate.config)) ?? this.#byPlace.get(placeKeyOf(certificate))
    );
  }
}

interface Written {
  readonly kind: ObjectKind;
  readonly merged: Merged<unknown>;
  readonly pair: WrittenPair;
  /** Of its fields. */
  readonly path: string;
}

interface PairContext {
  readonly materials: Materials;
  readonly now: number;
  readonly previous: PairOutcome | undefined;
}

function compilePair(written: Written, { materials, now, previous }: PairContext): PairOutcome {
  const { merged, pair } = written;
  const { certFile = '', keyFile = '' } = pair;
  const pems = [certFile, keyFile].map((value) => materials.pem(value));
  const isSame = previous?.merged === merged && pems.every((pem, i) => pem === previous.pems[i]);
  if (isSame && previous.validity === validityOf(previous.certificate, now)) return previous;
  const outcome = (certificate: Certificate | undefined, ...diagnostics: Diagnostic[]) => ({
    merged,
    pair,
    pems,
    validity: validityOf(certificate, now),
    certificate,
    diagnostics: [...diagnostics, ...outdated(written, certificate, now)],
  });
  // What is wrong with it has been said.
  if (isBroken(merged)) return outcome(previous?.certificate);
  const read = readPair(pair, materials);
  if (!read.ok) return outcome(previous?.certificate, unusable(written, read, previous));
  // The same object as before, where it says the same.
  const certificate =
    previous?.certificate?.id === read.certificate.id ? previous.certificate : read.certificate;
  return read.isMisordered ? outcome(certificate, misordered(written)) : outcome(certificate);
}

function validityOf(certificate: Certificate | undefined, now: number): Validity {
  if (certificate === undefined) return undefined;
  if (now < certificate.validFrom) return 'early';
  return now > certificate.validTo ? 'expired' : 'valid';
}

function unusable(
  { kind, merged, pair, path }: Written,
  read: Parameters<typeof pairTrouble>[0],
  previous: PairOutcome | undefined,
): Diagnostic {
  const { code, message, fix } = pairTrouble(read, pair);
  const consequence = previous?.certificate ? 'the last good one stays in use' : 'it is not used';
  return about(kind, merged, [`${path}${read.field}`, path.slice(0, -1)], {
    code,
    severity: 'error',
    message: `${consequence}: ${message}`,
    fix,
  });
}

function misordered({ kind, merged, path }: Written): Diagnostic {
  return about(kind, merged, `${path}certFile`, {
    code: 'guessed',
    severity: 'warning',
    message: 'the certificate of the key is not the first: it was put before its issuers',
    fix: 'write the certificate first, then the one that signed it, and so on',
  });
}

function outdated(
  { kind, merged, path }: Written,
  certificate: Certificate | undefined,
  now: number,
): readonly Diagnostic[] {
  const validity = validityOf(certificate, now);
  if (certificate === undefined || validity === 'valid') return [];
  const names = certificate.names.slice(0, MOST_NAMES).join(', ');
  const when =
    validity === 'early'
      ? `is not valid before ${new Date(certificate.validFrom).toISOString()}`
      : `was valid until ${new Date(certificate.validTo).toISOString()}`;
  return [
    about(kind, merged, `${path}certFile`, {
      code: 'outdated',
      severity: 'warning',
      message: `the certificate for ${names} ${when}: it is shown only where no other fits`,
      fix: validity === 'early' ? 'see that the clock is right' : 'renew it',
    }),
  ];
}

/** A line has room for some. */
const MOST_NAMES = 5;

/** BUG-20: routers use one store, so what is put into others would never be shown. */
function otherStores(certificate: Merged<TlsCertificateConfig>): readonly Diagnostic[] {
  const { stores = [] } = certificate.config;
  if (stores.length === 0 || stores.includes(DEFAULT_STORE)) return [];
  return [
    about('certificate', certificate, 'stores', {
      code: 'ignored',
      severity: 'info',
      message: `the certificate is in the store "${DEFAULT_STORE}": there is no other`,
      value: stores.join(', '),
      fix: 'leave stores out',
    }),
  ];
}

function ignoredOf(store: Merged<TlsStoreConfig>): readonly Diagnostic[] {
  if (store.name !== DEFAULT_STORE) {
    return [
      about('tlsStore', store, store.at, {
        code: 'ignored',
        severity: 'warning',
        message: `the store has no effect: the only one is "${DEFAULT_STORE}"`,
        value: store.name,
        fix: `call it ${DEFAULT_STORE}, or leave it out`,
      }),
    ];
  }
  if (store.config.defaultGeneratedCert === undefined) return [];
  // D43.
  return [
    about('tlsStore', store, 'defaultGeneratedCert', {
      code: 'not-served',
      severity: 'warning',
      message: 'defaultGeneratedCert has no effect: Sluice obtains no certificates',
      fix: 'write defaultCertificate',
    }),
  ];
}

function storeOf(
  certificates: readonly Certificate[],
  fallback: Certificate | undefined,
  previous: Certificates | undefined,
): CertificateStore {
  const before = previous?.outcomes.flatMap(({ certificate }) => certificate ?? []);
  const isSame =
    before?.length === certificates.length &&
    certificates.every((certificate, index) => certificate === before[index]) &&
    previous?.store.fallback === fallback;
  return isSame && previous ? previous.store : new CertificateStore(certificates, fallback);
}
