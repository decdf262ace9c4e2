import type { Certificate } from './certificate.js';
import { canonicalName, wildcardOf } from './names.js';

/**
 * The certificates that clients are shown, by the names that they are for. Immutable. An exact name
 * goes before a wildcard; one that is not valid now is used only if no other fits; of those that are
 * left the one that is valid longest.
 */
export class CertificateStore {
  readonly #byName = new Map<string, Certificate[]>();
  readonly #ids = new Set<string>();
  /** Shown to those whom no other fits; undefined: none was written. */
  readonly fallback: Certificate | undefined;

  /** Where nothing else decides, the first is preferred. */
  constructor(certificates: readonly Certificate[], fallback: Certificate | undefined) {
    this.fallback = fallback;
    // Whoever wrote a default certificate wrote it for its own names as well.
    for (const certificate of fallback ? [...certificates, fallback] : certificates) {
      this.#ids.add(certificate.id);
      for (const name of certificate.names) {
        const others = this.#byName.get(name);
        if (others === undefined) this.#byName.set(name, [certificate]);
        else if (!others.some(({ id }) => id === certificate.id)) others.push(certificate);
      }
    }
    for (const some of this.#byName.values()) some.sort((a, b) => b.validTo - a.validTo);
  }

  /**
   * The best for a name, one of each kind of key; empty if none fits. `name` is what the client
   * asked for, or the address that it reached.
   */
  find(name: string, now: number): readonly Certificate[] {
    const canonical = canonicalName(name);
    const exact = this.#byName.get(canonical) ?? [];
    const wildcard = this.#byName.get(wildcardOf(canonical) ?? '') ?? [];
    for (const some of [exact, wildcard]) {
      const valid = some.filter(({ validFrom, validTo }) => validFrom <= now && now <= validTo);
      if (valid.length > 0) return oneOfEachKind(valid);
    }
    return oneOfEachKind(exact.length > 0 ? exact : wildcard);
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** True if a router for this host, a wildcard perhaps, has a certificate. */
  covers(host: string): boolean {
    const canonical = canonicalName(host);
    return this.#byName.has(canonical) || this.#byName.has(wildcardOf(canonical) ?? '');
  }
}

function oneOfEachKind(certificates: readonly Certificate[]): readonly Certificate[] {
  if (certificates.length < 2) return certificates;
  const kinds = new Map<string, Certificate>();
  for (const certificate of certificates) {
    if (!kinds.has(certificate.keyType)) kinds.set(certificate.keyType, certificate);
  }
  return [...kinds.values()];
}
