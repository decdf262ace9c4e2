import type { Counters, CountedKind } from './counters.js';
import { END_REASONS } from './end-reasons.js';
import { exposition, type Family, type Sample } from './exposition.js';

/** As much of an open connection as is counted. */
export interface Counted {
  readonly entryPoint: string;
  readonly router: string | undefined;
  readonly service: string | undefined;
  readonly server: { readonly address: string } | undefined;
  readonly sent: number;
  readonly received: number;
}

/** What the figures are read from, at each scrape. Times in ms since the epoch, durations in ms. */
export interface MetricsSources {
  readonly counters: Counters;
  /** All that listen, also before their first connection. */
  readonly entryPoints: readonly string[];
  readonly open: () => readonly Counted[];
  readonly reloads: () => {
    readonly swaps: number;
    readonly failures: number;
    readonly lastSuccess: number | undefined;
    readonly lastDuration: number;
  };
  readonly providers: () => readonly {
    readonly name: string;
    readonly lastSuccess: number | undefined;
    readonly failingSince: number | undefined;
    readonly failures: number;
  }[];
  /** Our SPIFFE identity; undefined where SPIFFE is off. */
  readonly identity: () =>
    { readonly status: string; readonly expiresAt: number | undefined } | undefined;
  /** Service to the state of its servers, by address. */
  readonly serverStatus: () => ReadonlyMap<string, ReadonlyMap<string, 'UP' | 'DOWN'>>;
}

/** Traefik's options. Servers are shown with their services. */
export interface MetricsOptions {
  readonly addEntryPointsLabels: boolean;
  readonly addServicesLabels: boolean;
  readonly addRoutersLabels: boolean;
}

/** What is known of one object at a scrape. */
interface Totals {
  open: number;
  /** Of ended connections and, as far as they are, of open ones. */
  sent: number;
  received: number;
  counts: ReadonlyMap<string, number>;
}

/** What `/metrics` answers: Traefik's names where it has them, else `sluice_` (D27). */
export function metricsText(sources: MetricsSources, options: MetricsOptions): string {
  const open = sources.open();
  const families: Family[] = [
    ...reloadFamilies(sources),
    ...providerFamilies(sources),
    ...identityFamilies(sources),
  ];
  if (options.addEntryPointsLabels) {
    const totals = totalsOf('entryPoint', sources.counters, open);
    for (const name of sources.entryPoints) totalOf(totals, name);
    families.push(...entryPointFamilies(totals), ...shared('entrypoint', totals));
  }
  if (options.addRoutersLabels) {
    const totals = totalsOf('router', sources.counters, open);
    families.push(openFamily('router', totals), ...shared('router', totals));
  }
  if (options.addServicesLabels) {
    for (const kind of ['service', 'server'] as const) {
      const totals = totalsOf(kind, sources.counters, open);
      families.push(openFamily(kind, totals), ...shared(kind, totals));
    }
    families.push(serverUp(sources));
  }
  return exposition(families);
}

function totalsOf(
  kind: CountedKind,
  counters: Counters,
  open: readonly Counted[],
): Map<string, Totals> {
  const totals = new Map<string, Totals>();
  for (const { name, counts } of counters.read(kind)) {
    const total = totalOf(totals, name);
    total.counts = counts;
    total.sent = counts.get('sent') ?? 0;
    total.received = counts.get('received') ?? 0;
  }
  for (const connection of open) {
    const name = NAME_OF[kind](connection);
    if (name === undefined) continue;
    const total = totalOf(totals, name);
    total.open += 1;
    total.sent += connection.sent;
    total.received += connection.received;
  }
  return totals;
}

function totalOf(totals: Map<string, Totals>, name: string): Totals {
  const known = totals.get(name);
  if (known) return known;
  const total: Totals = { open: 0, sent: 0, received: 0, counts: new Map() };
  totals.set(name, total);
  return total;
}

const NAME_OF: Readonly<Record<CountedKind, (of: Counted) => string | undefined>> = {
  entryPoint: ({ entryPoint }) => entryPoint,
  router: ({ router }) => router,
  service: ({ service }) => service,
  server: ({ service, server }) => service && server && `${service} ${server.address}`,
};

type Label = 'entrypoint' | 'router' | 'service' | 'server';

/** The name of a server is `SERVICE ADDRESS`; an address holds no blank. */
function labelsOf(label: Label, name: string): Sample['labels'] {
  if (label !== 'server') return { [label]: name };
  const blank = name.lastIndexOf(' ');
  return { service: name.slice(0, blank), server: name.slice(blank + 1) };
}

function samplesOf(
  label: Label,
  totals: ReadonlyMap<string, Totals>,
  valueOf: (total: Totals) => number,
): readonly Sample[] {
  return [...totals].map(([name, total]) => ({
    labels: labelsOf(label, name),
    value: valueOf(total),
  }));
}

function entryPointFamilies(totals: ReadonlyMap<string, Totals>): readonly Family[] {
  const opens = samplesOf('entrypoint', totals, ({ open }) => open);
  return [
    {
      name: 'traefik_open_connections',
      type: 'gauge',
      help: 'Connections that are open now.',
      samples: opens.map(({ labels, value }) => ({
        labels: { ...labels, protocol: 'TCP' },
        value,
      })),
    },
    {
      name: 'sluice_entrypoint_connections_total',
      type: 'counter',
      help: 'Connections that were accepted.',
      samples: samplesOf('entrypoint', totals, ({ counts }) => counts.get('accepted') ?? 0),
    },
    {
      name: 'sluice_entrypoint_held_total',
      type: 'counter',
      help: 'How often nothing was accepted for want of descriptors.',
      samples: samplesOf('entrypoint', totals, ({ counts }) => counts.get('held') ?? 0),
    },
  ];
}

const openFamily = (label: Label, totals: ReadonlyMap<string, Totals>): Family => ({
  name: `sluice_${label}_open_connections`,
  type: 'gauge',
  help: 'Connections that are open now.',
  samples: samplesOf(label, totals, ({ open }) => open),
});

/** What is counted for every kind of object. */
function shared(label: Label, totals: ReadonlyMap<string, Totals>): readonly Family[] {
  const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
    name: `sluice_${label}_${name}`,
    type: 'counter',
    help,
    samples,
  });
  const counted = (name: string, help: string, count: string) =>
    counter(
      name,
      help,
      samplesOf(label, totals, ({ counts }) => counts.get(count) ?? 0),
    );
  const failed = counted('dial_failures_total', 'Dials that failed.', 'failures');
  return [
    counter('ended_total', 'Connections that ended, by reason.', endsOf(label, totals)),
    counter(
      'sent_bytes_total',
      'Bytes from clients.',
      samplesOf(label, totals, ({ sent }) => sent),
    ),
    counter(
      'received_bytes_total',
      'Bytes to clients.',
      samplesOf(label, totals, ({ received }) => received),
    ),
    // A server is not told of the dials that succeeded: they are its connections.
    ...(label === 'server'
      ? [failed]
      : [counted('dials_total', 'Servers that were dialled.', 'attempts'), failed]),
  ];
}

function endsOf(label: Label, totals: ReadonlyMap<string, Totals>): readonly Sample[] {
  return [...totals].flatMap(([name, { counts }]) =>
    Object.keys(END_REASONS).flatMap((reason) => {
      const value = counts.get(reason);
      return value === undefined ? [] : [{ labels: { ...labelsOf(label, name), reason }, value }];
    }),
  );
}

function reloadFamilies({ reloads }: MetricsSources): readonly Family[] {
  const { swaps, failures, lastSuccess = 0, lastDuration } = reloads();
  const single = (name: string, type: Family['type'], help: string, value: number): Family => ({
    name,
    type,
    help,
    samples: [{ labels: {}, value }],
  });
  return [
    single('traefik_config_reloads_total', 'counter', 'Configurations put into force.', swaps),
    single(
      'traefik_config_last_reload_success',
      'gauge',
      'When one was put into force last, in seconds since the epoch.',
      lastSuccess / 1000,
    ),
    single(
      'sluice_config_reload_failures_total',
      'counter',
      'Configurations that could not be made.',
      failures,
    ),
    single(
      'sluice_config_last_reload_duration_seconds',
      'gauge',
      'How long the last one took to make.',
      lastDuration / 1000,
    ),
  ];
}

function identityFamilies({ identity }: MetricsSources): readonly Family[] {
  const state = identity();
  if (state === undefined) return [];
  const { status, expiresAt } = state;
  return [
    {
      name: 'sluice_spiffe_up',
      type: 'gauge',
      help: '1: the Workload API answers, and our SVID is valid.',
      samples: [{ labels: {}, value: status === 'ready' ? 1 : 0 }],
    },
    {
      name: 'sluice_spiffe_svid_not_after_timestamp_seconds',
      type: 'gauge',
      help: 'When our SVID expires.',
      samples: expiresAt === undefined ? [] : [{ labels: {}, value: expiresAt / 1000 }],
    },
  ];
}

function providerFamilies({ providers }: MetricsSources): readonly Family[] {
  const states = providers();
  return [
    {
      name: 'sluice_provider_up',
      type: 'gauge',
      help: '1: the source of the provider answers.',
      samples: states.map(({ name, failingSince, lastSuccess }) => ({
        labels: { provider: name },
        value: failingSince === undefined && lastSuccess !== undefined ? 1 : 0,
      })),
    },
    {
      name: 'sluice_provider_failures',
      type: 'gauge',
      help: 'Failures in a row of the source of the provider.',
      samples: states.map(({ name, failures }) => ({
        labels: { provider: name },
        value: failures,
      })),
    },
    {
      name: 'sluice_provider_last_success_timestamp_seconds',
      type: 'gauge',
      help: 'When the provider last learnt or confirmed what it knows.',
      samples: states.flatMap(({ name, lastSuccess }) =>
        lastSuccess === undefined
          ? []
          : [{ labels: { provider: name }, value: lastSuccess / 1000 }],
      ),
    },
  ];
}

/** Traefik's name, which in Traefik only HTTP has; the URL of a server is its address. */
const serverUp = ({ serverStatus }: MetricsSources): Family => ({
  name: 'traefik_service_server_up',
  type: 'gauge',
  help: '1: the server is used.',
  samples: [...serverStatus()].flatMap(([service, servers]) =>
    [...servers].map(([url, status]) => ({
      labels: { service, url },
      value: status === 'UP' ? 1 : 0,
    })),
  ),
});
