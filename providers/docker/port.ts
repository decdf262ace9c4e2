import type { Finding } from '../../src/config/diagnostic.js';
import { isIP } from 'node:net';
import { nounOf, placeOf } from './finding.js';
import type { Binding, Container } from './inspected.js';

export type PortChoice =
  | {
      readonly ok: true;
      readonly port: number;
      /** Said to who asks. */
      readonly why: string;
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly finding: Finding };

/** The port that a container without a label is reached at: its only exposed TCP port, else the lowest (D12). */
export function exposedPort(container: Container, service: string): PortChoice {
  const exposed = container.ports
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ port }) => port)
    .sort((a, b) => a - b);
  const [lowest, ...others] = exposed;
  const at = placeOf(container);
  const key = `traefik.tcp.services.${service}.loadbalancer.server.port`;
  if (lowest === undefined) {
    const finding: Finding = {
      code: 'no-port',
      severity: 'error',
      at,
      message: `the ${nounOf(container)} ${withoutPort(container)}`,
      fix: `write the label ${key}`,
    };
    return { ok: false, finding };
  }
  const exposes = container.swarm === undefined ? 'exposes' : 'publishes';
  if (others.length === 0) {
    return { ok: true, port: lowest, why: `the only TCP port that it ${exposes}`, findings: [] };
  }
  const suggestions = exposed.map((port) => `${key}=${port}`);
  const finding: Finding = {
    code: 'several-ports',
    severity: 'warning',
    at,
    message: `the ${nounOf(container)} ${exposes} the TCP ports ${exposed.join(', ')}, and no label says which: ${lowest} is used`,
    value: exposed.join(', '),
    fix: `write the label ${key}=${lowest}, or another of them`,
    suggestions,
  };
  return { ok: true, port: lowest, why: finding.message, findings: [finding] };
}

function withoutPort({ networkMode, ports, swarm }: Container): string {
  if (swarm !== undefined)
    return 'publishes no TCP port, and a Swarm does not say what its image exposes';
  if (networkMode === 'host') return 'is on the host network, where the engine knows no ports';
  if (networkMode.startsWith('container:'))
    return 'uses the network of another one, and exposes no ports itself';
  // D12: a UDP port is never taken for a TCP one (BUG-26).
  return ports.length === 0 ? 'exposes no port' : 'exposes no TCP port';
}

/** The machine whose ports are published. */
export interface PublishingMachine {
  /** Empty: not said. */
  readonly hostAddress: string;
  readonly isElsewhere: boolean;
}

/** Where the engine published a port, if at an address that can be dialled (DKR-33). */
export function publishedAt(
  container: Container,
  port: number,
  { hostAddress, isElsewhere }: PublishingMachine,
): Binding | undefined {
  const exposed = container.ports.find((one) => one.port === port && one.protocol === 'tcp');
  const [first] = exposed?.bindings ?? [];
  if (first === undefined || !Number.isInteger(first.port) || first.port === 0) return undefined;
  if (first.host === '' || first.host === '0.0.0.0' || first.host === '::')
    return hostAddress === '' ? undefined : { host: hostAddress, port: first.port };
  // Another machine's loopback is not ours.
  const isHidden = isElsewhere && (first.host.startsWith('127.') || first.host === '::1');
  return isIP(first.host) === 0 || isHidden ? undefined : first;
}
