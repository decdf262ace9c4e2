import type { TlsOptionsConfig } from '../config/model.js';
import type { Materials } from '../config/pem.js';
import type { ClientCertificateMode } from '../net/termination.js';
import { authoritiesIn } from './authorities.js';
import { unknownValue, type Problem } from './problem.js';

const MODES: ReadonlyMap<string, ClientCertificateMode> = new Map([
  ['NoClientCert', 'none'],
  ['RequestClientCert', 'request'],
  ['RequireAnyClientCert', 'require-any'],
  ['VerifyClientCertIfGiven', 'verify-if-given'],
  ['RequireAndVerifyClientCert', 'require-and-verify'],
]);

export interface ClientAuth {
  readonly clientCertificate: ClientCertificateMode;
  /** PEM, one certificate each. */
  readonly ca: readonly string[];
}

export function clientAuthOf(
  { clientAuth: written }: TlsOptionsConfig,
  materials: Materials,
  problems: Problem[],
): ClientAuth {
  const { caFiles = [], clientAuthType: type = '' } = written ?? {};
  const ca = caFiles.flatMap((value, index) =>
    authoritiesIn(value, `clientAuth.caFiles[${index}]`, materials, problems),
  );
  // DYN-32.
  const implied = caFiles.length > 0 ? 'require-and-verify' : 'none';
  const mode = type === '' ? implied : MODES.get(type);
  const path = 'clientAuth.clientAuthType';
  if (mode === undefined) {
    problems.push(unknownValue(path, 'clientAuthType', type, [...MODES.keys()]));
  } else if (VERIFYING.has(mode) && caFiles.length === 0) {
    problems.push({
      path,
      code: 'missing',
      severity: 'error',
      message: `${type} needs caFiles, by which certificates are verified`,
      value: type,
      fix: 'write clientAuth.caFiles',
    });
  }
  return { clientCertificate: mode ?? 'require-and-verify', ca };
}

const VERIFYING: ReadonlySet<ClientCertificateMode> = new Set([
  'verify-if-given',
  'require-and-verify',
]);
