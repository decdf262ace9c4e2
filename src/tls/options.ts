import { createSecureContext, type SecureVersion } from 'node:tls';
import type { TlsOptionsConfig } from '../config/model.js';
import type { Materials } from '../config/pem.js';
import { clientAuthOf, type ClientAuth } from './client-auth.js';
import { curvesOf } from './curves.js';
import type { Problem } from './problem.js';
import { suitesOf } from './suites.js';
import { versionsOf, type Versions } from './versions.js';

/** What one set of TLS options comes to, in the words of Node and OpenSSL. Plain data. */
export interface TlsSettings extends Versions, ClientAuth {
  readonly ciphers: string;
  readonly ecdhCurve: string;
  readonly sniStrict: boolean;
  /** In the server's order. Empty: whatever the client offers is left unanswered. */
  readonly alpnProtocols: readonly string[];
  readonly hasTickets: boolean;
}

export interface OptionsRead {
  /** Undefined if one of the problems is an error: the set is then not used (D35). */
  readonly settings: TlsSettings | undefined;
  readonly problems: readonly Problem[];
}

/** Reads one set of options. An empty one is what `default` is as long as nobody defines it. */
export function readOptions(config: TlsOptionsConfig, materials: Materials): OptionsRead {
  const problems: Problem[] = [];
  const versions = versionsOf(config, problems);
  const { ciphers, areAllNew } = suitesOf(config, versions.maxVersion, problems);
  const minVersion = areAllNew ? 'TLSv1.3' : versions.minVersion;
  const settings: TlsSettings = {
    minVersion,
    maxVersion: versions.maxVersion,
    // OpenSSL 3 speaks the old versions at its lowest security level alone.
    ciphers: OLD.has(minVersion) ? `${ciphers}:@SECLEVEL=0` : ciphers,
    ecdhCurve: curvesOf(config, problems),
    ...clientAuthOf(config, materials, problems),
    sniStrict: config.sniStrict ?? false,
    alpnProtocols: alpnOf(config, problems),
    hasTickets: config.disableSessionTickets !== true,
  };
  const isUsable = () => problems.every(({ severity }) => severity !== 'error');
  if (isUsable()) problems.push(...refusalOf(settings));
  return { settings: isUsable() ? settings : undefined, problems };
}

/** What OpenSSL has against the whole, so that no handshake is the first to hear of it. */
function refusalOf({ ca, ...settings }: TlsSettings): readonly Problem[] {
  const { minVersion, maxVersion, ciphers, ecdhCurve } = settings;
  try {
    createSecureContext({ minVersion, maxVersion, ciphers, ecdhCurve, ca: [...ca] });
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const said = `OpenSSL does not take these options: ${message}`;
    return [{ path: '', code: 'bad-value', severity: 'error', message: said }];
  }
}

const OLD: ReadonlySet<SecureVersion> = new Set(['TLSv1', 'TLSv1.1']);

/** No protocol is demanded unless it is written (data-plane facts 10, 30). */
function alpnOf({ alpnProtocols = [] }: TlsOptionsConfig, problems: Problem[]): readonly string[] {
  alpnProtocols.forEach((protocol, index) => {
    const length = Buffer.byteLength(protocol);
    if (length >= 1 && length <= 255) return;
    problems.push({
      path: `alpnProtocols[${index}]`,
      code: 'bad-value',
      severity: 'error',
      message: 'a protocol has 1 to 255 characters (RFC 7301)',
      fix: 'write a name such as postgresql, or leave the list out',
    });
  });
  return alpnProtocols;
}
