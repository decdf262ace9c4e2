import { isFault, type Diagnostic } from '../config/diagnostic.js';
import type { Merged, MergedService } from '../config/merged.js';
import { isBroken, type ServersTransportConfig } from '../config/model.js';
import type { CheckedService } from './checked-service.js';
import { errorText } from './finding.js';
import type { PooledServer } from './pooled-server.js';
import type { Trouble } from './reference-findings.js';
import type { Resolution } from './references.js';
import type { Service } from './service.js';

/** What became of a service; the next table takes over what is the same. */
export interface ServiceOutcome {
  readonly kind: 'loadBalancer' | 'weighted';
  readonly merged: MergedService;
  readonly service: Service | undefined;
  /** Why there is none. */
  readonly trouble: Trouble | undefined;
  /** Qualified, of its transport; undefined if it names none. */
  readonly transportName: string | undefined;
  /** By owner and address (D19). Kept while the service cannot be used, too. */
  readonly servers: ReadonlyMap<string, PooledServer>;
  /** To its transport. Undefined: it names none, or the default one. */
  readonly link: Resolution<Merged<ServersTransportConfig>> | undefined;
  /** Of a weighted service: the qualified names of those that it chooses among. */
  readonly parts: readonly string[];
  /** Undefined: it is not, or has no servers of its own. */
  readonly checked: CheckedService | undefined;
  /** Why it is shown as disabled. */
  readonly errors: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Of a service with an error of its own: it is shown, and not used (D9). */
export function brokenOutcome(
  merged: MergedService,
): Pick<ServiceOutcome, 'service' | 'trouble' | 'checked' | 'errors'> | undefined {
  if (!isBroken(merged)) return undefined;
  const errors = merged.diagnostics.filter(isFault);
  return {
    service: undefined,
    checked: undefined,
    trouble: { code: 'broken-reference', text: 'is disabled', at: errors[0]?.at ?? merged.at },
    errors: errors.map(errorText),
  };
}
