import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';

const OPTION = 'providers.consulCatalog';

/** What there is to say about the options themselves, as long as the program runs. */
export function standingFindings(
  config: ConsulCatalogConfig,
  provider: string,
  badConstraint: { readonly offset: number; readonly reason: string } | undefined,
): readonly Diagnostic[] {
  const { endpoint } = config;
  const findings: Diagnostic[] = [];
  const about = (option: string, source = 'static configuration') =>
    ({
      provider,
      object: { kind: 'option', name: option },
      at: { kind: 'static', option, source },
    }) as const;
  if (badConstraint) {
    findings.push({
      ...about(`${OPTION}.constraints`, `character ${badConstraint.offset + 1}`),
      code: 'constraint',
      severity: 'error',
      message: `the condition cannot be read, so no instance fulfils it: ${badConstraint.reason}`,
      value: config.constraints,
      fix: 'write Tag(`tag`) or TagRegex(`pattern`), with &&, || and !',
    });
  }
  const isSecure = endpoint.address.startsWith('https://') || endpoint.scheme === 'https';
  if (endpoint.tls && !isSecure) {
    // CNS-2: credentials go out in clear, which nobody means who names a certificate authority.
    findings.push({
      ...about(`${OPTION}.endpoint.tls`),
      code: 'ignored',
      severity: 'warning',
      message: 'the agent is asked over plain HTTP, so the TLS options have no effect',
      fix: 'set endpoint.scheme to https',
    });
  }
  return findings;
}
