import type { Steps } from '../async/slices.js';
import { DIAL_BOUNDS_MS, type Count, type CountedKind, type Reading } from './counters.js';
import { END_REASONS, type EndReason, type Phase } from './end-reasons.js';
import { labelText, withLabel, type Family, type Sample } from './exposition.js';

/** As much of an open connection as is counted. */
export interface Counted {
  readonly entryPoint: string;
  readonly router: string | undefined;
  readonly service: string | undefined;
  readonly server: { readonly address: string } | undefined;
  readonly phase: Phase;
  readonly sent: number;
  readonly received: number;
}

/** What is open of one object. */
interface Open {
  connections: number;
  sent: number;
  received: number;
}

const NOTHING_OPEN: Readonly<Open> = { connections: 0, sent: 0, received: 0 };

/** By name. */
type OpenOf = Readonly<Record<CountedKind, ReadonlyMap<string, Open>>>;

/** What is open, added up. */
export interface OpenFigures {
  readonly of: OpenOf;
  /** Of entry points: phase to connections. */
  readonly phases: ReadonlyMap<string, ReadonlyMap<Phase, number>>;
}

/** Adds up what open connections have to do with. */
export function* openFigures(connections: readonly Counted[]): Steps<OpenFigures> {
  const of = {
    entryPoint: new Map<string, Open>(),
    router: new Map<string, Open>(),
    service: new Map<string, Open>(),
    server: new Map<string, Open>(),
  };
  const phases = new Map<string, Map<Phase, number>>();
  for (const connection of connections) {
    yield;
    const { entryPoint, router, service, server, phase } = connection;
    add(of.entryPoint, entryPoint, connection);
    if (router !== undefined) add(of.router, router, connection);
    if (service !== undefined) add(of.service, service, connection);
    if (service !== undefined && server) add(of.server, `${service} ${server.address}`, connection);
    const ofEntryPoint = phases.get(entryPoint) ?? new Map<Phase, number>();
    phases.set(entryPoint, ofEntryPoint.set(phase, (ofEntryPoint.get(phase) ?? 0) + 1));
  }
  return { of, phases };
}

function add(totals: Map<string, Open>, name: string, { sent, received }: Counted): void {
  const known = totals.get(name);
  if (known === undefined) totals.set(name, { connections: 1, sent, received });
  else {
    known.connections += 1;
    known.sent += sent;
    known.received += received;
  }
}

/** One object at a scrape. */
interface Figured {
  readonly name: string;
  /** Ready to be written. */
  readonly labels: string;
  /** Undefined: nothing was counted for it. */
  readonly block: number | undefined;
  readonly open: Readonly<Open>;
}

/** All objects of one kind at a scrape, in the order in which they were first seen. */
export interface Figures {
  readonly kind: CountedKind;
  readonly objects: readonly Figured[];
  readonly reading: Reading;
}

/** `always`: names of objects that are shown even if nothing happened to them. */
export function* figuresOf(
  kind: CountedKind,
  reading: Reading,
  { of }: OpenFigures,
  always: readonly string[] = [],
): Steps<Figures> {
  const blocks = new Map(reading.objects(kind));
  const names = new Set([...blocks.keys(), ...of[kind].keys(), ...always]);
  const objects: Figured[] = [];
  for (const name of names) {
    yield;
    objects.push({
      name,
      labels: labelText(labelsOf(kind, name)),
      block: blocks.get(name),
      open: of[kind].get(name) ?? NOTHING_OPEN,
    });
  }
  return { kind, objects, reading };
}

/** The name of a server is `SERVICE ADDRESS`; an address holds no blank. */
function labelsOf(kind: CountedKind, name: string): Readonly<Record<string, string>> {
  if (kind !== 'server') return { [PREFIXES[kind]]: name };
  const blank = name.lastIndexOf(' ');
  return { service: name.slice(0, blank), server: name.slice(blank + 1) };
}

/** In the names of figures and of labels. */
const PREFIXES = {
  entryPoint: 'entrypoint',
  router: 'router',
  service: 'service',
  server: 'server',
} as const satisfies Record<CountedKind, string>;

const countOf = ({ reading }: Figures, { block }: Figured, count: Count) =>
  block === undefined ? 0 : reading.count(block, count);

function* samples(figures: Figures, valueOf: (object: Figured) => number): Iterable<Sample> {
  for (const object of figures.objects) yield { labels: object.labels, value: valueOf(object) };
}

function family(
  figures: Figures,
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  valueOf: (object: Figured) => number,
): Family {
  return {
    name: `sluice_${PREFIXES[figures.kind]}_${name}`,
    type,
    help,
    samples: samples(figures, valueOf),
  };
}

const counter = (figures: Figures, name: string, help: string, count: Count) =>
  family(figures, 'counter', name, help, (object) => countOf(figures, object, count));

/** What is told of every kind of object. */
export const sharedFamilies = (figures: Figures): readonly Family[] => [
  ended(figures),
  family(
    figures,
    'counter',
    'sent_bytes_total',
    'Bytes from clients.',
    (object) => countOf(figures, object, 'sent') + object.open.sent,
  ),
  family(
    figures,
    'counter',
    'received_bytes_total',
    'Bytes to clients.',
    (object) => countOf(figures, object, 'received') + object.open.received,
  ),
  counter(figures, 'dial_failures_total', 'Dials that failed.', 'failures'),
];

const open = (figures: Figures) =>
  family(
    figures,
    'gauge',
    'open_connections',
    'Connections that are open now.',
    (object) => object.open.connections,
  );

const dials = (figures: Figures) =>
  counter(figures, 'dials_total', 'Servers that were dialled.', 'attempts');

export const entryPointFamilies = (
  figures: Figures,
  { phases }: OpenFigures,
): readonly Family[] => [
  {
    name: 'traefik_open_connections',
    type: 'gauge',
    help: 'Connections that are open now.',
    samples: openInAll(figures),
  },
  {
    name: 'sluice_entrypoint_open_connections',
    type: 'gauge',
    help: 'Connections that are open now, by what is done with them.',
    samples: openByPhase(figures, phases),
  },
  counter(figures, 'connections_total', 'Connections that were accepted.', 'accepted'),
  counter(figures, 'held_total', 'How often nothing was accepted for want of descriptors.', 'held'),
  dials(figures),
  counter(figures, 'retries_total', 'Dials of another server after the first.', 'retries'),
];

function* openInAll({ objects }: Figures): Iterable<Sample> {
  for (const {
    labels,
    open: { connections },
  } of objects) {
    yield { labels: withLabel(labels, 'protocol', 'TCP'), value: connections };
  }
}

/** Those that an open connection can be in. */
const PHASES: readonly Phase[] = ['route', 'handshake', 'dial', 'data'];

function* openByPhase({ objects }: Figures, phases: OpenFigures['phases']): Iterable<Sample> {
  for (const { name, labels } of objects) {
    for (const phase of PHASES) {
      const value = phases.get(name)?.get(phase) ?? 0;
      yield { labels: withLabel(labels, 'phase', phase), value };
    }
  }
}

export const routerFamilies = (figures: Figures): readonly Family[] => [
  open(figures),
  family(
    figures,
    'counter',
    'connections_total',
    'Connections that it took.',
    // One that has a router keeps it to its end.
    (object) => allEnded(figures, object) + object.open.connections,
  ),
  dials(figures),
  counter(figures, 'retries_total', 'Dials of another server after the first.', 'retries'),
];

export const serviceFamilies = (figures: Figures): readonly Family[] => [
  open(figures),
  counter(figures, 'connections_total', 'Connections that reached a server.', 'reached'),
  dials(figures),
  {
    // In Traefik it is of HTTP only.
    name: 'traefik_service_retries_total',
    type: 'counter',
    help: 'Dials of another server after the first.',
    samples: samples(figures, (object) => countOf(figures, object, 'retries')),
  },
  {
    name: 'sluice_service_dial_duration_seconds',
    type: 'histogram',
    help: 'How long it took to reach a server, retries and handshake included.',
    samples: dialDurations(figures),
  },
];

/** A server is not told of the dials that succeeded: they are its connections. */
export const serverFamilies = (figures: Figures): readonly Family[] => [
  open(figures),
  counter(figures, 'connections_total', 'Connections that reached it.', 'reached'),
];

const REASONS = Object.entries(END_REASONS).map(
  ([reason, { phase }]) => [reason as EndReason, phase] as const,
);

const allEnded = (figures: Figures, object: Figured) =>
  REASONS.reduce((sum, [reason]) => sum + countOf(figures, object, reason), 0);

const ended = (figures: Figures): Family => ({
  name: `sluice_${PREFIXES[figures.kind]}_ended_total`,
  type: 'counter',
  help: 'Connections that ended, by reason, and when in their life.',
  samples: endings(figures),
});

/** Reasons that never were are left out: there are many. */
function* endings(figures: Figures): Iterable<Sample> {
  for (const object of figures.objects) {
    for (const [reason, phase] of REASONS) {
      const value = countOf(figures, object, reason);
      if (value === 0) continue;
      const labels = withLabel(object.labels, 'reason', reason);
      yield { labels: withLabel(labels, 'phase', phase), value };
    }
  }
}

/** Of services that were dialled at all. */
function* dialDurations(figures: Figures): Iterable<Sample> {
  for (const object of figures.objects) {
    const longer = countOf(figures, object, 'dial-longer');
    const within = DIAL_BOUNDS_MS.map((bound) => countOf(figures, object, `dial-${bound}`));
    const count = within.reduce((sum, each) => sum + each, longer);
    if (count === 0) continue;
    const { labels } = object;
    let value = 0;
    for (const [index, bound] of DIAL_BOUNDS_MS.entries()) {
      value += within[index] ?? 0;
      yield { labels: withLabel(labels, 'le', bound / 1_000), value, suffix: '_bucket' };
    }
    yield { labels: withLabel(labels, 'le', '+Inf'), value: count, suffix: '_bucket' };
    yield { labels, value: countOf(figures, object, 'dial-ms') / 1_000, suffix: '_sum' };
    yield { labels, value: count, suffix: '_count' };
  }
}
