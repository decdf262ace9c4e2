import type { EventFilters } from '../engine.js';
import { parsed } from '../event.js';
import { fields, text } from '../inspected.js';

/**
 * What a manager is asked to send. That a task has changed raises no event, but its container does, on
 * its own node: of those on this one nobody need wait for the next reading.
 */
export const SWARM_EVENTS: EventFilters = {
  type: ['service', 'node', 'network', 'container'],
  event: ['create', 'update', 'remove', 'start', 'kill', 'die', 'health_status'],
};

/** Set by the engine on the container of each task. */
const SERVICE_ID = 'com.docker.swarm.service.id';

/** Events are hints: true if the Swarm is to be looked at again. */
export function isOfSwarm(line: string): boolean {
  const event = fields(parsed(line));
  if (event.get('Type') === 'container') {
    return fields(fields(event.get('Actor')).get('Attributes')).has(SERVICE_ID);
  }
  return text(event.get('scope')) === 'swarm';
}
