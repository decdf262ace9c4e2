import type { Finding } from '../../src/config/diagnostic.js';
import { placeOf } from './finding.js';
import type { Container } from './inspected.js';

/** Whether a container gets connections, and if not, why (DKR-14 to DKR-17). */
export type Readiness =
  | { readonly isReady: true }
  | {
      readonly isReady: false;
      readonly lacks: 'running' | 'health' | 'tasks';
      readonly finding: Finding;
    };

export function readinessOf(container: Container): Readiness {
  const { status, health, swarm } = container;
  if (swarm?.idle !== undefined) {
    const finding: Finding = {
      code: 'not-running',
      severity: 'info',
      at: placeOf(container),
      message: `the service gets no connections: ${swarm.idle.why}`,
      ...(swarm.idle.states !== '' && { value: swarm.idle.states }),
      fix: `it is used once a task runs; see: docker service ps --no-trunc ${swarm.name}`,
    };
    return { isReady: false, lacks: 'tasks', finding };
  }
  if (status !== '' && status !== 'running') {
    const finding: Finding = {
      code: 'not-running',
      severity: 'info',
      at: placeOf(container),
      message: `the container is ${status} and gets no connections`,
      value: status,
      fix:
        status === 'paused' ? `run: docker unpause ${container.name}` : 'it is used once it runs',
    };
    return { isReady: false, lacks: 'running', finding };
  }
  // DKR-17: without a health check it is healthy; some engines call that "none".
  if (health === '' || health === 'none' || health === 'healthy') return { isReady: true };
  const finding: Finding = {
    code: 'unhealthy',
    severity: 'info',
    at: placeOf(container),
    message: `the container's health is "${health}", and it gets no connections`,
    value: health,
    fix: 'it is used once its health check succeeds',
  };
  return { isReady: false, lacks: 'health', finding };
}
