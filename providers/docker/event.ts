import type { EventFilters } from './engine.js';
import { fields, text } from './inspected.js';
import { isOurs } from './label-keys.js';

/**
 * What the engine is asked to send (D13). Without a filter every health check of every container
 * sends three events. Podman says `died` and `remove`; `health_status` matches as a beginning.
 */
export const EVENT_FILTERS: EventFilters = {
  type: ['container', 'network'],
  event: [
    ...['create', 'start', 'restart', 'kill', 'die', 'died', 'stop', 'destroy', 'remove'],
    ...['pause', 'unpause', 'rename', 'update', 'health_status'],
    ...['connect', 'disconnect'],
  ],
};

/** What a line of the event stream tells of. */
export interface Change {
  /** The container concerned. */
  readonly id: string;
  /** False: it has none of our labels. Undefined: the event does not say. */
  readonly isLabelled: boolean | undefined;
  /** Only of a `kill`. */
  readonly kill?: Kill;
}

/** A signal that a container was sent. */
export interface Kill {
  /** As the engine writes it. */
  readonly signal: string;
  /** By the engine's clock, in ms since the epoch, as the start of a container; undefined if it is not said. */
  readonly at: number | undefined;
}

/** Events are hints: they only say which container is to be looked at. Undefined: none. */
export function changeOf(line: string): Change | undefined {
  const event = fields(parsed(line));
  const actor = fields(event.get('Actor'));
  const attributes = fields(actor.get('Attributes'));
  if (event.get('Type') === 'network') {
    const id = text(attributes.get('container'));
    return id === '' ? undefined : { id, isLabelled: undefined };
  }
  const id = text(actor.get('ID'));
  if (event.get('Type') !== 'container' || id === '') return undefined;
  const names = attributes.names();
  const isLabelled = names.length === 0 ? undefined : names.some(isOurs);
  const isKill = event.get('Action') === 'kill';
  if (!isKill) return { id, isLabelled };
  const nanoseconds = event.get('timeNano');
  const at = typeof nanoseconds === 'number' ? nanoseconds / 1e6 : undefined;
  return { id, isLabelled, kill: { signal: text(attributes.get('signal')), at } };
}

/** A line of the stream. */
export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Whatever it may have said is found by the next full list.
    return undefined;
  }
}
