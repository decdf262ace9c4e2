import { isFault, type Diagnostic } from '../config/diagnostic.js';
import type { MergedService } from '../config/merged.js';
import { about, errorText } from './finding.js';
import {
  brokenReference,
  foundInFile,
  unknownReference,
  unresolvedReference,
  type Trouble,
} from './reference-findings.js';
import type { References, Resolution } from './references.js';
import type { ServiceOutcome } from './service-outcome.js';
import { Turn } from './turns.js';
import { Weighted, type Share } from './weighted.js';

/** What became of a service that consists of others, and of what it was made. */
export interface WeightedOutcome extends ServiceOutcome {
  readonly kind: 'weighted';
  readonly links: readonly Link[];
  readonly isCircular: boolean;
  /** By the qualified name of the service whose turn it is. */
  readonly turns: ReadonlyMap<string, Turn>;
}

/** A service of a weighted service, as far as it is known. */
export interface Link {
  readonly resolution: Resolution<MergedService>;
  readonly outcome: ServiceOutcome | undefined;
}

export interface WeightedContext {
  readonly services: References<MergedService>;
  /** Those that it consists of are in here, unless they lead back to it. */
  readonly outcomes: Pick<ReadonlyMap<string, ServiceOutcome>, 'get'>;
  /** Those that consist of themselves, with the one of their circle that it is said of. */
  readonly circular: ReadonlyMap<string, string>;
  /** False if more than the configuration changed. */
  readonly mayReuse: boolean;
}

/** The services that it names, in their order. A name without provider is one of its own (AGG-13). */
export function partsOf(
  merged: MergedService,
  services: References<MergedService>,
): readonly Resolution<MergedService>[] {
  return writtenIn(merged).map(({ name }) => services.resolve(name, merged));
}

const writtenIn = ({ config }: MergedService) =>
  (config.weighted?.services ?? []).map(({ name = '', weight = 1 }) => ({ name, weight }));

/** `previous` is the outcome of the service of that name in the table before. */
export function compileWeighted(
  merged: MergedService,
  context: WeightedContext,
  previous: ServiceOutcome | undefined,
): WeightedOutcome {
  const before = previous && isWeighted(previous) ? previous : undefined;
  if (before && context.mayReuse && isCurrent(before, merged, context)) return before;
  const links = partsOf(merged, context.services).map((resolution) => ({
    resolution,
    outcome: resolution.state === 'found' ? context.outcomes.get(resolution.name) : undefined,
  }));
  const isCircular = context.circular.has(merged.name);
  const findings = isCircular
    ? [leadsBack(merged, context.circular.get(merged.name) === merged.name)]
    : findingsOf(merged, links);
  const fault = findings.find(isFault);
  const turns = turnsOf(links, before?.turns);
  return {
    kind: 'weighted',
    merged,
    links,
    isCircular,
    turns,
    service: fault ? undefined : new Weighted(merged.name, sharesOf(merged, links, turns)),
    trouble: fault && troubleOf(fault),
    transportName: undefined,
    link: undefined,
    servers: new Map(),
    checked: undefined,
    parts: links.map(({ resolution }) => resolution.name),
    // AGG-17: trouble with one of its services is shown at the routers.
    errors: isCircular ? findings.map(errorText) : [],
    diagnostics: findings,
  };
}

const isWeighted = (outcome: ServiceOutcome): outcome is WeightedOutcome =>
  outcome.kind === 'weighted';

/** True if the outcome would be the same again. */
function isCurrent(
  { merged: before, links, isCircular }: WeightedOutcome,
  merged: MergedService,
  { services, outcomes, circular }: WeightedContext,
): boolean {
  // Which of a circle comes first may change with any of them.
  if (before !== merged || isCircular || circular.has(merged.name)) return false;
  const written = writtenIn(merged);
  return links.every(
    ({ resolution, outcome }, i) =>
      services.isCurrent(resolution, written[i]?.name ?? '', merged) &&
      (resolution.state !== 'found' || outcomes.get(resolution.name) === outcome),
  );
}

function turnsOf(
  links: readonly Link[],
  before: ReadonlyMap<string, Turn> | undefined,
): ReadonlyMap<string, Turn> {
  return new Map(links.map(({ resolution: { name } }) => [name, before?.get(name) ?? new Turn()]));
}

/** Of the same service twice, the weights are added. */
function sharesOf(
  merged: MergedService,
  links: readonly Link[],
  turns: ReadonlyMap<string, Turn>,
): readonly Share[] {
  const shares = new Map<string, Share>();
  writtenIn(merged).forEach(({ weight }, i) => {
    const { resolution, outcome } = links[i] ?? {};
    const turn = resolution && turns.get(resolution.name);
    if (weight === 0 || !outcome?.service || !turn) return;
    const sum = (shares.get(resolution.name)?.weight ?? 0) + weight;
    shares.set(resolution.name, { service: outcome.service, turn, weight: sum });
  });
  return [...shares.values()];
}

/** BUG-13: Traefik crashes. A circle is one error, whichever of its services one looks at. */
function leadsBack(merged: MergedService, isFirst: boolean): Diagnostic {
  const named = writtenIn(merged).map(({ name }) => name);
  return about('service', merged, ['weighted.services', 'weighted'], {
    code: isFirst ? 'cycle' : 'broken-reference',
    severity: isFirst ? 'error' : 'info',
    message: 'the service consists of itself, by way of the services that it names',
    value: named.join(', '),
    fix: `take one of them out: ${named.join(', ')}`,
  });
}

function findingsOf(merged: MergedService, links: readonly Link[]): readonly Diagnostic[] {
  const written = writtenIn(merged);
  return links.flatMap(({ resolution, outcome }, i) => {
    const name = written[i]?.name ?? '';
    const place = `weighted.services[${i}]`;
    const say = (finding: Parameters<typeof about>[3]) =>
      about('service', merged, [`${place}.name`, place, 'weighted'], finding);
    if (resolution.state === 'unknown') {
      return [say(unknownReference('service', name, merged.provider, resolution.suggestions))];
    }
    if (resolution.state === 'unresolved') {
      return [say(unresolvedReference('service', name, resolution.provider))];
    }
    const guess = resolution.fromFile ? [say(foundInFile('service', name))] : [];
    if (!outcome) return guess;
    if (outcome.trouble) {
      return [...guess, say(brokenReference('service', resolution.name, outcome.trouble))];
    }
    if (isWithoutCheck(merged, outcome)) {
      const message = `healthCheck asks for one in each of the services, and "${resolution.name}" has none`;
      const fix = 'give it a healthCheck, or leave the one of the weighted service out';
      const related = [outcome.merged.at];
      return [...guess, say({ code: 'missing', severity: 'error', message, fix, related })];
    }
    return guess;
  });
}

/** 4.3: they tell the one that consists of them. */
function isWithoutCheck({ config }: MergedService, part: ServiceOutcome): boolean {
  const { loadBalancer, weighted } = part.merged.config;
  return (
    config.weighted?.healthCheck !== undefined &&
    (loadBalancer ?? weighted)?.healthCheck === undefined
  );
}

function troubleOf({ code, message, at }: Diagnostic): Trouble {
  return {
    code: code === 'unresolved' ? 'unresolved' : 'broken-reference',
    text: `cannot be used: ${message}`,
    at,
  };
}
