import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { nearest } from '../../../src/config/decode/nearest.js';
import type { Attachment, Container } from '../inspected.js';
import { COMPOSE_PROJECT, COMPOSE_SERVICE } from '../label-keys.js';
import type { Project } from './project.js';
import type { ComposeService } from './service.js';

/** Containers as the engine would show them, by the service of the project. */
export interface MadeUp {
  readonly containers: ReadonlyMap<string, Container>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes of each service the container that Compose would start: one each, running and healthy. Its
 * address is the name of the service, under which the others of its networks reach it.
 */
export function madeUpContainers(project: Project): MadeUp {
  const diagnostics: Diagnostic[] = [];
  const containers = new Map<string, Container>();
  for (const [name, service] of project.services) {
    containers.set(name, madeUp(name, service, project, diagnostics));
  }
  return { containers, diagnostics };
}

/** What Compose calls the container of a service. */
export function containerName(service: string, project: Project): string {
  return project.services.get(service)?.containerName ?? `${project.name}-${service}-1`;
}

function madeUp(
  name: string,
  service: ComposeService,
  project: Project,
  diagnostics: Diagnostic[],
): Container {
  const id = containerName(name, project);
  const networks = networksOf(name, service, project, diagnostics);
  const [first = 'none'] = networks.keys();
  const base = service.networkMode?.startsWith('service:')
    ? service.networkMode.slice('service:'.length)
    : undefined;
  const networkMode =
    base === undefined
      ? (service.networkMode ?? first)
      : `container:${containerName(base, project)}`;
  const labels = [...service.labels].map(([key, { value }]) => [key, value] as const);
  return {
    id,
    name: id,
    labels: new Map([...labels, [COMPOSE_PROJECT, project.name], [COMPOSE_SERVICE, name]]),
    status: 'running',
    createdAt: 0,
    health: '',
    life: undefined,
    networkMode,
    networks,
    ports: networkMode === 'host' || networkMode.includes(':') ? [] : once(service.ports),
    isImageUnread: true,
  };
}

function networksOf(
  name: string,
  { networks, networkMode }: ComposeService,
  project: Project,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Attachment> {
  const attached = (network: string): readonly [string, Attachment] => [
    network,
    { id: network, ipv4: name, ipv6: '' },
  ];
  if (networkMode === 'bridge' || networkMode === 'default') return new Map([attached('bridge')]);
  if (networkMode !== undefined) return new Map();
  const wanted = networks === undefined || networks.size === 0 ? ['default'] : [...networks.keys()];
  const found = wanted.flatMap((one) => {
    const full = project.networks.get(one);
    const at = networks?.get(one);
    if (full !== undefined || at === undefined) return [attached(full ?? one)];
    const known = [...project.networks.keys()];
    const [meant] = nearest(one, known);
    diagnostics.push({
      code: 'unknown-reference',
      severity: 'error',
      at,
      message: `the file declares no network "${one}"`,
      value: one,
      fix: meant === undefined ? 'declare it under networks' : `did you mean "${meant}"?`,
      suggestions: meant === undefined ? [] : [meant],
    });
    return [];
  });
  return new Map(found);
}

/** A port that is published and exposed is one port. */
function once(ports: ComposeService['ports']): ComposeService['ports'] {
  const seen = new Map<string, ComposeService['ports'][number]>();
  for (const one of ports) {
    const key = `${one.port}/${one.protocol}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
