import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Container } from './inspected.js';

/** A port that Sluice listens on, for clients from anywhere. */
export interface Listening {
  readonly entryPoint: string;
  readonly port: number;
}

/** What the container whose network Sluice uses publishes. */
export interface Publishing {
  readonly container: string;
  readonly containerId: string;
  /** Of TCP, within the container, the lowest first. */
  readonly ports: readonly number[];
}

export function publishingOf({ id, name, ports }: Container): Publishing {
  const published = ports.filter(
    ({ protocol, bindings }) => protocol === 'tcp' && bindings.length > 0,
  );
  const numbers = [...new Set(published.map(({ port }) => port))].sort((a, b) => a - b);
  return { container: name, containerId: id, ports: numbers };
}

/**
 * Entry points that nobody outside Docker reaches. Who publishes nothing does not mean to; who
 * publishes some may have forgotten one.
 */
export function unpublished(
  { container, containerId, ports }: Publishing,
  listening: readonly Listening[],
  provider: string,
): readonly Diagnostic[] {
  if (ports.length === 0) return [];
  return listening
    .filter(({ port }) => !ports.includes(port))
    .map(({ entryPoint, port }) => ({
      code: 'unpublished',
      severity: 'info',
      provider,
      object: { kind: 'entryPoint', name: entryPoint },
      at: { kind: 'label', container, containerId, key: '' },
      message: `entry point "${entryPoint}" listens on port ${port}, and Sluice's own container publishes only ${ports.join(', ')}`,
      value: String(port),
      fix: `publish it if clients outside Docker are to reach it: Compose ports: ["${port}:${port}"], Docker -p ${port}:${port}`,
    }));
}
