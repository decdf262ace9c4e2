import { parseConstraint } from '../../../src/config/constraints/constraints.js';
import type { Diagnostic, Place } from '../../../src/config/diagnostic.js';
import type { Part, Provider, Snapshot } from '../../../src/config/provider.js';
import type { DockerConfig } from '../../../src/config/static.js';
import type { TellStory } from '../../../src/config/story.js';
import { badConstraint } from '../docker.js';
import type { Container } from '../inspected.js';
import { LABEL_FUNCTIONS } from '../label-functions.js';
import type { Surroundings } from '../network.js';
import { baseOf, ON_HOST } from '../self.js';
import { told } from '../told.js';
import { containerName, madeUpContainers } from './containers.js';
import { ownService, type OwnService } from './own-service.js';
import { Places } from './places.js';
import { readProject, type ProjectOptions } from './project.js';

/** A Compose project, read as if it ran. */
export interface Stack {
  readonly own: OwnService | undefined;
  /** Of the compose files themselves. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the place of Docker's. */
  readonly provider: (config: DockerConfig, tell?: TellStory) => Provider;
  /** The line of the compose file where a label stands, and what was found there. */
  readonly locate: (place: Place, value?: string) => Place;
}

const NAME = 'docker';

export function readStack(options: ProjectOptions): Stack {
  const project = readProject(options);
  const own = ownService(project, options.readFile);
  const { containers, diagnostics } = madeUpContainers(project);
  const byId = new Map(
    [...project.services].map(([name, service]) => [containerName(name, project), service]),
  );
  const places = new Places(byId, options.readFile);
  const self = own && containers.get(own.name);
  return {
    own,
    diagnostics: [...project.diagnostics, ...diagnostics],
    provider: (config, tell) => stackProvider([...containers.values()], self, config, tell),
    locate: (place, value) => places.locate(own?.locate(place) ?? place, value),
  };
}

function stackProvider(
  containers: readonly Container[],
  self: Container | undefined,
  config: DockerConfig,
  tell: TellStory | undefined,
): Provider {
  return {
    name: NAME,
    async *watch() {
      yield await Promise.resolve(snapshotOf(containers, self, config, tell));
    },
  };
}

function snapshotOf(
  containers: readonly Container[],
  self: Container | undefined,
  config: DockerConfig,
  tell: TellStory | undefined,
): Snapshot {
  const constraint = parseConstraint(config.constraints, LABEL_FUNCTIONS);
  const parts: Part[] = [];
  const diagnostics: Diagnostic[] = constraint.ok ? [] : [badConstraint(config, constraint)];
  const byId = new Map(containers.map((container) => [container.id, container]));
  for (const container of containers) {
    const base = byId.get(baseOf(container) ?? '');
    const context = {
      provider: config.provider,
      options: config,
      constraint: constraint.ok ? constraint.matches : () => false,
      surroundings: surroundingsOf(self, byId),
      base,
      // Docker Desktop knows it, and so does who adds it to extra_hosts.
      hostAddress: 'host.docker.internal',
    };
    const { part, diagnostics: found } = told(container, context, tell);
    if (part) parts.push(part);
    diagnostics.push(...found);
  }
  return { parts, diagnostics };
}

function surroundingsOf(
  self: Container | undefined,
  byId: ReadonlyMap<string, Container>,
): Surroundings {
  if (self === undefined) return { kind: 'unknown', reason: 'where Sluice will run is not known' };
  const carrier = byId.get(baseOf(self) ?? '') ?? self;
  if (carrier.networkMode === 'host') return ON_HOST.surroundings;
  return { kind: 'container', name: self.name, networks: carrier.networks };
}
