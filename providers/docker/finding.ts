import type { ObjectRef, Place } from '../../src/config/diagnostic.js';
import type { Owner } from '../../src/config/provider.js';
import type { Container } from './inspected.js';

/** One label of a container, or of the service whose task it is; an empty key: the whole. */
export function placeOf({ id, name, swarm }: Container, key = ''): Place {
  return swarm === undefined
    ? { kind: 'label', container: name, containerId: id, key }
    : { kind: 'label', container: swarm.name, containerId: swarm.id, key, isService: true };
}

export function objectOf({ name, swarm }: Container): ObjectRef {
  return swarm === undefined
    ? { kind: 'container', name }
    : { kind: 'swarmService', name: swarm.name };
}

export function ownerKind({ swarm }: Container): Exclude<Owner['kind'], 'instance' | 'file'> {
  if (swarm === undefined) return 'container';
  return swarm.isWhole ? 'swarmService' : 'task';
}

/** How a sentence calls it. */
export const nounOf = ({ swarm }: Container) => (swarm === undefined ? 'container' : 'service');

/** What lets it, or Sluice's own container, join a network. */
export function joinLine(
  network: string,
  { name, service }: { readonly name: string; readonly service?: string | undefined },
): string {
  return service === undefined
    ? `run: docker network connect ${network} ${name}`
    : `run: docker service update --network-add ${network} ${service}`;
}
