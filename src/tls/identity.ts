import { randomBytes } from 'node:crypto';
import type { Certificate } from './certificate.js';
import { selfSigned } from './default-certificate.js';

/** What TLS has in common over all generations: pass the same object each time. */
export interface TlsIdentity {
  /** Random; all ticket keys are derived from it. Never leaves the process. */
  readonly secret: Uint8Array;
  /** Shown where no certificate fits and none was written; made when it is first needed. */
  readonly selfSigned: () => Certificate;
}

/** One for the life of the process. */
export function newIdentity(): TlsIdentity {
  let own: Certificate | undefined;
  return { secret: randomBytes(32), selfSigned: () => (own ??= selfSigned(Date.now())) };
}
