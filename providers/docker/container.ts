import type { Constraint } from '../../src/config/constraints/constraints.js';
import { decodeLabels } from '../../src/config/decode/labels.js';
import type { Diagnostic, Finding } from '../../src/config/diagnostic.js';
import { completeLabelled, normalise } from '../../src/config/labelled.js';
import type { DynamicConfig } from '../../src/config/model.js';
import type { Owner, Part } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { Step } from '../../src/config/story.js';
import { tight } from '../../src/config/tight.js';
import { containerOptions, labelsOf, type ContainerOptions } from './container-options.js';
import { nounOf, objectOf, ownerKind, placeOf } from './finding.js';
import type { Container } from './inspected.js';
import { COMPOSE_PROJECT, COMPOSE_SERVICE } from './label-keys.js';
import { Locator, type LocatorContext } from './locator.js';
import { readinessOf } from './readiness.js';
import { serviceOptions } from './swarm/service-options.js';

export interface TranslationContext extends LocatorContext {
  readonly options: Pick<
    DockerConfig,
    | 'exposedByDefault'
    | 'allowEmptyServices'
    | 'network'
    | 'useBindPortIP'
    | 'hostAddress'
    | 'section'
    | 'allowPrivilegedLabels'
  >;
  readonly constraint: Constraint<ReadonlyMap<string, string>>;
  /** It was told to end. */
  readonly isLeaving?: boolean;
}

/** What one container says. */
export interface Translation {
  /** Undefined: it declares nothing, or takes no part. */
  readonly part: Part | undefined;
  /** Of a container without a part. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Why a container takes part, or does not. */
function whetherEnabled({ enable, isClear }: ContainerOptions, exposedByDefault: boolean): string {
  if (!isClear) return 'no: a label was meant to say so, and cannot be read';
  if (enable !== undefined) return enable ? 'yes: its label says so' : 'no: its label says so';
  return exposedByDefault
    ? 'yes: exposedByDefault is true, and no label says otherwise'
    : 'no: exposedByDefault is false, and no label says traefik.enable=true';
}

const stateOf = ({ status, health }: Container) =>
  [status || 'running', ...(health === '' || health === 'none' ? [] : [health])].join(', ');

const NOTHING: Translation = { part: undefined, diagnostics: [] };

/** Reads one container. Pure: the same container in the same context gives the same result. */
export function translate(container: Container, context: TranslationContext): Translation {
  const { provider, options } = context;
  const labels = labelsOf(container);
  if (labels.length === 0) return NOTHING;
  const own = container.swarm
    ? serviceOptions(labels, container.swarm, provider)
    : containerOptions(labels, provider);
  const decoded = decodeLabels(labels, {
    provider,
    allowPrivileged: options.allowPrivilegedLabels,
  });
  const findings = [...own.diagnostics, ...decoded.diagnostics];
  const isRouted = decoded.config.routers.size > 0 || decoded.config.services.size > 0;
  const about = (found: readonly Finding[]) =>
    found.map((one) => aboutContainer(container, one, provider));
  const tell = (choice: Step['choice'], text: string) => context.tell?.({ choice, text });

  tell('labels', `${labels.length} under traefik. and sluice.`);
  tell('takes part', whetherEnabled(own, options.exposedByDefault));
  if (!(own.enable ?? options.exposedByDefault)) {
    if (!own.isClear) return { part: undefined, diagnostics: findings };
    const isForgotten = own.enable === undefined && isRouted;
    return isForgotten ? { part: undefined, diagnostics: about([notEnabled(container)]) } : NOTHING;
  }
  const isFulfilled = context.constraint(container.labels);
  if (!isFulfilled)
    tell('constraints', `no: its labels do not fulfil ${options.section}.constraints`);
  if (!isFulfilled) return NOTHING;
  const readiness = readinessOf(container);
  const whyNot = readiness.isReady || !isRouted ? [] : [readiness.finding];
  tell('state', readiness.isReady ? stateOf(container) : readiness.finding.message);
  const isKept =
    readiness.isReady ||
    own.allowNonRunning ||
    (readiness.lacks !== 'running' && options.allowEmptyServices);
  if (!isKept) return { part: undefined, diagnostics: [...findings, ...about(whyNot)] };

  const locator = new Locator(container, context, own.network);
  const completed = completeLabelled(decoded.config, {
    provider,
    serviceName: serviceNameOf(container),
    at: placeOf(container),
    serverAt: (port, _, service) =>
      readiness.isReady ? locator.serverAt(port, service) : { kind: 'withheld' },
  });
  const diagnostics = tight([
    ...findings,
    ...completed.diagnostics,
    ...about([...whyNot, ...locator.findings]),
  ]);
  return isEmpty(completed.config)
    ? { part: undefined, diagnostics }
    : {
        part: {
          owner: ownerOf(container, context.isLeaving),
          config: completed.config,
          diagnostics,
        },
        diagnostics: [],
      };
}

/** A container that was never started is the youngest of all (D10). */
function ownerOf(container: Container, isLeaving = false): Owner {
  const { id, name, life, createdAt } = container;
  const since = (life ? life.startedAt : createdAt) ?? Number.MAX_SAFE_INTEGER;
  return { kind: ownerKind(container), id, name, since, ...(isLeaving && { isLeaving }) };
}

/** DKR-23. */
function serviceNameOf({ labels, name, swarm }: Container): string {
  if (swarm !== undefined) return normalise(swarm.name);
  const project = labels.get(COMPOSE_PROJECT) ?? '';
  const service = labels.get(COMPOSE_SERVICE) ?? '';
  return normalise(project !== '' && service !== '' ? `${service}_${project}` : name);
}

const aboutContainer = (container: Container, finding: Finding, provider: string): Diagnostic => ({
  provider,
  object: objectOf(container),
  ...finding,
});

const notEnabled = (container: Container): Finding => ({
  code: 'ignored',
  severity: 'info',
  at: placeOf(container),
  message: `the routes of its labels are not read: a ${nounOf(container)} takes part only if it says so`,
  fix: 'write the label traefik.enable=true',
});

const isEmpty = (config: DynamicConfig) =>
  Object.values(config).every((section: ReadonlyMap<string, unknown> | readonly unknown[]) =>
    'size' in section ? section.size === 0 : section.length === 0,
  );
