import type { ServerTls } from '../net/server-tls.js';
import type { HealthCheck } from './health-check.js';
import type { Member } from './service.js';

/** A service whose servers are checked. The same object as long as nothing about it changes. */
export interface CheckedService {
  /** Qualified. */
  readonly name: string;
  readonly check: HealthCheck;
  readonly members: readonly Member[];
  /** For checks by HTTPS of servers that are spoken to in clear. Undefined: it cannot be spoken. */
  readonly tls: ServerTls | undefined;
}
