import { getCiphers, type SecureVersion } from 'node:tls';
import type { TlsOptionsConfig } from '../config/model.js';
import { lacking, unknownValue, type Problem } from './problem.js';

/** What Go calls a suite of TLS 1.2 or older, and what OpenSSL calls it. */
const SUITES: ReadonlyMap<string, string> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  // Node's OpenSSL is built without these.
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'ECDHE-RSA-DES-CBC3-SHA'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_RC4_128_SHA', 'ECDHE-ECDSA-RC4-SHA'],
  ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', 'ECDHE-RSA-RC4-SHA'],
  ['TLS_RSA_WITH_RC4_128_SHA', 'RC4-SHA'],
]);

/** What Go thinks secure (2.8): the first ten above. */
const DEFAULT_SUITES = [...new Set(SUITES.values())].slice(0, 10);

/** Always on: neither Go nor we let these be chosen. By preference. */
const TLS_13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

/** Accepted without effect, as in Go. */
const UNCHOSEN: ReadonlySet<string> = new Set([...TLS_13.split(':'), 'TLS_FALLBACK_SCSV']);

export interface Suites {
  /** In the words of OpenSSL. */
  readonly ciphers: string;
  /** None of them is older than TLS 1.3. */
  readonly areAllNew: boolean;
}

export function suitesOf(
  { cipherSuites: written = [] }: TlsOptionsConfig,
  maxVersion: SecureVersion,
  problems: Problem[],
): Suites {
  if (written.length === 0) return suites(DEFAULT_SUITES);
  const path = 'cipherSuites';
  const available = new Set(getCiphers());
  const used: string[] = [];
  const lacks: string[] = [];
  written.forEach((name, index) => {
    const suite = SUITES.get(name);
    if (suite === undefined) {
      if (UNCHOSEN.has(name)) return;
      const known = [...SUITES.keys(), ...UNCHOSEN];
      problems.push(unknownValue(`${path}[${index}]`, 'cipher suite', name, known));
    } else if (available.has(suite.toLowerCase())) used.push(suite);
    else lacks.push(name);
  });
  if (lacks.length > 0) {
    problems.push(lacking(path, lacks, used.length === 0, 'name suites that are not that old'));
  } else if (used.length === 0 && maxVersion < 'TLSv1.3') {
    problems.push({
      path,
      code: 'bad-value',
      severity: 'error',
      message: `none of these cipher suites is for ${maxVersion} or older`,
      fix: 'add one that is, or leave maxVersion out',
    });
  }
  return suites(used);
}

const suites = (old: readonly string[]): Suites => ({
  ciphers: [...old, TLS_13].join(':'),
  areAllNew: old.length === 0,
});
