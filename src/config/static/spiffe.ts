import { spiffeFindings } from '../spiffe-section.js';
import type { StaticConfig } from '../static.js';
import type { Environment } from './environment.js';
import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';
import { parseWorkloadApiAddress } from './workload-api-address.js';

const OPTION = 'spiffe.workloadAPIAddr';
/** The variable of the SPIFFE standard, where the option is unset (D5). */
const VARIABLE = 'SPIFFE_ENDPOINT_SOCKET';

export function spiffeOf(
  written: WrittenStatic['spiffe'],
  env: Environment,
  findings: Findings,
): StaticConfig['spiffe'] {
  const option = written?.workloadAPIAddr ?? '';
  const text = option || (env[VARIABLE] ?? '');
  if (text === '') {
    // Written as empty it is off, as in Traefik.
    if (written && !findings.isWritten(OPTION)) {
      findings.warning('spiffe', {
        code: 'missing',
        message: 'SPIFFE is off: there is no address of a Workload API',
        fix: `write ${OPTION}=unix:///path, or set ${VARIABLE}`,
      });
    }
    return undefined;
  }
  const parsed = parseWorkloadApiAddress(text);
  if (parsed.ok) return { address: parsed.address };
  const isVariable = option === '';
  findings.error(isVariable ? VARIABLE : OPTION, {
    ...(isVariable && { at: { kind: 'static', option: VARIABLE, source: 'environment' } }),
    code: 'bad-value',
    message: `"${text}" is no address of a Workload API: ${parsed.reason}`,
    value: text,
    fix: 'write unix:///path or tcp://IP:port',
  });
  return undefined;
}

const SECTION = 'tcpServersTransport.tls.spiffe';

/** Of the static transport. */
export function checkWantedPeers(
  { tls }: WrittenStatic['tcpServersTransport'],
  findings: Findings,
): void {
  for (const { key, severity, ...finding } of spiffeFindings(tls?.spiffe ?? {})) {
    findings[severity](`${SECTION}.${key}`, finding);
  }
}
