import type { SecureVersion } from 'node:tls';
import type { TlsOptionsConfig } from '../config/model.js';
import { unknownValue, type Problem } from './problem.js';

const VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['VersionTLS10', 'TLSv1'],
  ['VersionTLS11', 'TLSv1.1'],
  ['VersionTLS12', 'TLSv1.2'],
  ['VersionTLS13', 'TLSv1.3'],
]);

export interface Versions {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
}

export function versionsOf(config: TlsOptionsConfig, problems: Problem[]): Versions {
  const read = (path: keyof Versions, unset: SecureVersion) => {
    const written = config[path] ?? '';
    const version = written === '' ? unset : VERSIONS.get(written);
    if (version === undefined) problems.push(unknownVersion(path, written));
    return version;
  };
  // BUG-56: also where nothing else of the set says so.
  const minVersion = read('minVersion', 'TLSv1.2');
  const maxVersion = read('maxVersion', 'TLSv1.3');
  if (minVersion !== undefined && maxVersion !== undefined && minVersion > maxVersion) {
    problems.push({
      path: 'maxVersion',
      code: 'bad-value',
      severity: 'error',
      message: `there is no version from ${minVersion} to ${maxVersion}`,
      value: config.maxVersion ?? '',
      fix: 'raise maxVersion, or lower minVersion, which is VersionTLS12 unless it is written',
    });
  }
  return { minVersion: minVersion ?? 'TLSv1.2', maxVersion: maxVersion ?? 'TLSv1.3' };
}

/** BUG-56: an unknown name must not mean the default. */
function unknownVersion(path: string, written: string): Problem {
  const minor = /1[._]?([0-3])$/.exec(written)?.[1];
  const meant = minor === undefined ? undefined : `VersionTLS1${minor}`;
  return unknownValue(path, 'TLS version', written, [...VERSIONS.keys()], meant);
}
