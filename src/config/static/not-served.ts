import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';

/**
 * What this version reads and does not do yet: a warning each. What would be less protected
 * without it is an error (fail closed).
 */
export function reportNotServed(written: WrittenStatic, findings: Findings): void {
  const { api } = written;
  if (api?.debug === true) {
    findings.warning('api.debug', {
      code: 'not-served',
      message: 'api.debug comes with a later version, and has no effect yet',
      fix: 'leave it out until then',
    });
  }
  if (api && !api.insecure) {
    // D26.
    findings.warning('api', {
      code: 'not-served',
      message: 'the API is only served with api.insecure',
      fix: 'write api.insecure=true, and let only trusted networks reach the entry point traefik',
    });
  }
}
