import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ServersTransportConfig } from '../config/model.js';
import type { Materials } from '../config/pem.js';
import type { ServerHandshake, ServerTls } from '../net/server-tls.js';
import { authoritiesIn } from './authorities.js';
import { readPair, type Certificate } from './certificate.js';
import { pairTrouble } from './pair-trouble.js';
import { peerFault } from './peer.js';
import type { Problem } from './problem.js';

/** The `tls` section of a servers transport, without what is SPIFFE's. */
export type OriginationConfig = Omit<NonNullable<ServersTransportConfig['tls']>, 'spiffe'>;

/** What such a section comes to. */
export interface OriginationSettings {
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  readonly peerCertURI: string;
  /** PEM, one each. Empty: those that Node comes with. */
  readonly rootCAs: readonly string[];
  /** Shown when a server asks; the first, until one is refused (D4). */
  readonly certificates: readonly Certificate[];
}

/** `settings` is undefined if one of the problems is an error (D6). `path` of the section. */
export function readOrigination(
  config: OriginationConfig,
  path: string,
  materials: Materials,
): { readonly settings: OriginationSettings | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const { rootCAs = [], certificates = [] } = config;
  const settings: OriginationSettings = {
    serverName: config.serverName ?? '',
    insecureSkipVerify: config.insecureSkipVerify ?? false,
    peerCertURI: config.peerCertURI ?? '',
    rootCAs: rootCAs.flatMap((value, index) =>
      authoritiesIn(value, `${path}.rootCAs[${index}]`, materials, problems),
    ),
    certificates: certificates.flatMap((pair, index) => {
      const read = readPair(pair, materials);
      if (read.ok) return [read.certificate];
      const at = `${path}.certificates[${index}]`;
      problems.push({ path: at, severity: 'error', ...pairTrouble(read, pair) });
      return [];
    }),
  };
  if (certificates.length > 1) {
    problems.push({
      path: `${path}.certificates`,
      code: 'guessed',
      severity: 'info',
      message: 'a server is shown the first of the certificates, and the next one once it refuses',
    });
  }
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return { settings: isBroken ? undefined : settings, problems };
}

/** More servers than that do not refuse certificates at one time. */
const MOST_REMEMBERED = 1_000;

/** TLS to servers by certificates and names (D2 to D4). Made when it is first dialled. */
export class Origination implements ServerTls {
  readonly #settings: OriginationSettings;
  readonly #contexts: SecureContext[] = [];
  /** Which certificate a server is shown that refused another. */
  readonly #shown = new Map<string, number>();

  constructor(settings: OriginationSettings) {
    this.#settings = settings;
  }

  handshakeWith(host: string): ServerHandshake {
    const { serverName, insecureSkipVerify, peerCertURI, certificates } = this.#settings;
    // RFC 6066, 3: without a trailing dot.
    const name = (serverName === '' ? host : serverName).replace(/\.$/, '');
    const index = this.#shown.get(host) ?? 0;
    const uri = peerCertURI === '' ? undefined : peerCertURI;
    return {
      context: this.#context(index),
      // RFC 6066, 3: no addresses.
      serverName: isIP(name) === 0 ? name : '',
      check: (stream) =>
        peerFault(stream, {
          // The chain is looked at for its URI, too: one that anybody could write means nothing.
          isTrusted: !insecureSkipVerify || uri !== undefined,
          name: insecureSkipVerify ? undefined : name,
          uri,
        }),
      certificateRefused: () => {
        if (certificates.length < 2 || (this.#shown.get(host) ?? 0) !== index) return;
        if (this.#shown.size >= MOST_REMEMBERED) this.#shown.clear();
        this.#shown.set(host, (index + 1) % certificates.length);
      },
    };
  }

  #context(index: number): SecureContext {
    const { rootCAs, certificates } = this.#settings;
    const certificate = certificates[index];
    this.#contexts[index] ??= createSecureContext({
      minVersion: 'TLSv1.2',
      ...(rootCAs.length > 0 && { ca: [...rootCAs] }),
      ...(certificate && { cert: certificate.chain, key: certificate.key }),
    });
    return this.#contexts[index];
  }
}
