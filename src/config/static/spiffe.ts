import type { StaticConfig } from '../static.js';
import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';

export function spiffeOf(
  written: WrittenStatic['spiffe'],
  findings: Findings,
): StaticConfig['spiffe'] {
  const address = written?.workloadAPIAddr ?? '';
  if (address === '') return undefined;
  if (!/^(unix:\/|tcp:\/\/)/.test(address)) {
    findings.error('spiffe.workloadAPIAddr', {
      code: 'bad-value',
      message: `"${address}" is no address of a Workload API`,
      value: address,
      fix: 'write unix:///path or tcp://IP:port',
    });
  }
  return { workloadAPIAddr: address };
}
