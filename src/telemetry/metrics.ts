import type { Steps } from '../async/slices.js';
import type { Counters } from './counters.js';
import { exposition, type Family } from './exposition.js';
import {
  entryPointFamilies,
  figuresOf,
  openFigures,
  routerFamilies,
  serverFamilies,
  serviceFamilies,
  sharedFamilies,
  type Counted,
} from './object-figures.js';
import { processFamilies, type ProcessFigures } from './process-figures.js';
import {
  certificateFamily,
  connectFamilies,
  identityFamilies,
  inFlightFamily,
  providerFamilies,
  reloadFamilies,
  serverUp,
  type StateSources,
} from './state-figures.js';

/** What the figures are read from, at each scrape. */
export interface MetricsSources extends StateSources {
  readonly counters: Counters;
  /** All that listen, also before their first connection. */
  readonly entryPoints: readonly string[];
  readonly open: () => readonly Counted[];
  readonly process: () => ProcessFigures;
}

/** Traefik's options. Servers are shown with their services. */
export interface MetricsOptions {
  readonly addEntryPointsLabels: boolean;
  readonly addServicesLabels: boolean;
  readonly addRoutersLabels: boolean;
}

/**
 * What `/metrics` answers: Traefik's names where it has them, else `sluice_` (D27). In steps: of
 * thousands of objects it is megabytes of text.
 */
export function* metricsText(
  sources: MetricsSources,
  options: MetricsOptions,
): Steps<readonly Buffer[]> {
  // At one moment, so that no connection counts twice or not at all.
  const reading = sources.counters.read();
  const connections = sources.open();
  const open = yield* openFigures(connections);
  const families: Family[] = [
    ...processFamilies(sources.process()),
    ...reloadFamilies(sources),
    ...providerFamilies(sources),
    ...identityFamilies(sources),
    certificateFamily(sources),
    inFlightFamily(sources),
    ...connectFamilies(sources),
  ];
  if (options.addEntryPointsLabels) {
    const figures = yield* figuresOf('entryPoint', reading, open, sources.entryPoints);
    families.push(...entryPointFamilies(figures, open), ...sharedFamilies(figures));
  }
  if (options.addRoutersLabels) {
    const figures = yield* figuresOf('router', reading, open);
    families.push(...routerFamilies(figures), ...sharedFamilies(figures));
  }
  if (options.addServicesLabels) {
    const services = yield* figuresOf('service', reading, open);
    const servers = yield* figuresOf('server', reading, open);
    families.push(...serviceFamilies(services), ...sharedFamilies(services));
    families.push(...serverFamilies(servers), ...sharedFamilies(servers), serverUp(sources));
  }
  return yield* exposition(families);
}
