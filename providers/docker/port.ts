import { isIP } from 'node:net';
import { servicePort } from '../../src/config/decode/service-names.js';
import type { Place } from '../../src/config/diagnostic.js';
import type { Inspected } from './client.js';
import type { Finding } from './network.js';

export interface PortAnswer {
  /** Undefined: there is none, and a finding says so. */
  readonly port: number | undefined;
  readonly findings: readonly Finding[];
}

/** The container's port: the label's, else the only exposed TCP port, else the lowest (D12). */
export function portOf(inspected: Inspected, label: string | undefined, at: Place): PortAnswer {
  if (label !== undefined) {
    const port = /^\d+$/.test(label) ? Number(label) : servicePort(label);
    return { port, findings: [] };
  }
  const exposed = Object.keys(inspected.NetworkSettings.Ports)
    .flatMap((text) => /^(\d+)\/tcp$/.exec(text)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const [lowest, ...others] = exposed;
  const fix = 'write the label traefik.tcp.services.NAME.loadbalancer.server.port';
  if (lowest === undefined) {
    const message = 'the container exposes no TCP port';
    return {
      port: undefined,
      findings: [{ code: 'no-port', severity: 'error', at, message, fix }],
    };
  }
  if (others.length === 0) return { port: lowest, findings: [] };
  const message = `of the TCP ports ${exposed.join(', ')} the lowest is used: ${lowest}`;
  const suggestions = exposed.map(String);
  return {
    port: lowest,
    findings: [{ code: 'several-ports', severity: 'warning', at, message, fix, suggestions }],
  };
}

/** Where the engine published a container's port, if to one address of the host (DKR-33). */
export function publishedAt(
  inspected: Inspected,
  port: number,
): { readonly host: string; readonly port: number } | undefined {
  const bindings = new Map(Object.entries(inspected.NetworkSettings.Ports));
  const [binding] = bindings.get(`${port}/tcp`) ?? [];
  const host = binding?.HostIp ?? '';
  if (isIP(host) === 0 || host === '0.0.0.0' || host === '::') return undefined;
  return { host, port: Number(binding?.HostPort) };
}
