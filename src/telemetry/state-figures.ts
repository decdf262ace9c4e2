import { labelText, type Family, type Sample } from './exposition.js';

/** What is told of the configuration and its sources. Times in ms since the epoch, durations in ms. */
export interface StateSources {
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
    /** In a row. */
    readonly failures: number;
    /** All of them. */
    readonly errors: number;
  }[];
  /** Of the findings that hold now. */
  readonly diagnostics: () => readonly { readonly severity: Severity }[];
  /** Our SPIFFE identity; undefined where SPIFFE is off. */
  readonly identity: () =>
    { readonly status: string; readonly expiresAt: number | undefined } | undefined;
  /** Our identity on Consul Connect, by provider. */
  readonly onConnect: () => ReadonlyMap<
    string,
    { readonly status: string; readonly expiresAt: number | undefined }
  >;
  /** The certificates that clients may be shown. */
  readonly certificates: () => readonly {
    readonly commonName: string;
    /** A decimal number. */
    readonly serial: string;
    readonly dnsNames: readonly string[];
    readonly validTo: number;
  }[];
  /** Middlewares with `inFlightConn` to the connections that they let in. */
  readonly inFlight: () => ReadonlyMap<string, number>;
  /** Service to the state of its servers, by address. */
  readonly serverStatus: () => ReadonlyMap<string, ReadonlyMap<string, 'UP' | 'DOWN'>>;
}

type Severity = 'error' | 'warning' | 'info';

/** One value without labels; none if it is not known. */
const single = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  value: number | undefined,
): Family => ({ name, type, help, samples: value === undefined ? [] : [{ labels: '', value }] });

export function reloadFamilies({ reloads, diagnostics }: StateSources): readonly Family[] {
  const { swaps, failures, lastSuccess = 0, lastDuration } = reloads();
  return [
    single('traefik_config_reloads_total', 'counter', 'Configurations put into force.', swaps),
    single(
      'traefik_config_last_reload_success',
      'gauge',
      'When one was put into force last, in seconds since the epoch.',
      lastSuccess / 1_000,
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
      lastDuration / 1_000,
    ),
    {
      name: 'sluice_diagnostics',
      type: 'gauge',
      help: 'Findings about what somebody wrote, and about sources.',
      samples: bySeverity(diagnostics()),
    },
  ];
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

const bySeverity = (found: ReturnType<StateSources['diagnostics']>): readonly Sample[] =>
  SEVERITIES.map((severity) => ({
    labels: labelText({ severity }),
    value: found.filter((each) => each.severity === severity).length,
  }));

export function providerFamilies({ providers }: StateSources): readonly Family[] {
  const states = providers().map((state) => ({
    ...state,
    labels: labelText({ provider: state.name }),
  }));
  return [
    {
      name: 'sluice_provider_up',
      type: 'gauge',
      help: '1: the source of the provider answers.',
      samples: states.map(({ labels, failingSince, lastSuccess }) => ({
        labels,
        value: failingSince === undefined && lastSuccess !== undefined ? 1 : 0,
      })),
    },
    {
      name: 'sluice_provider_failures',
      type: 'gauge',
      help: 'Failures in a row of the source of the provider.',
      samples: states.map(({ labels, failures }) => ({ labels, value: failures })),
    },
    {
      name: 'sluice_provider_errors_total',
      type: 'counter',
      help: 'Failures of the source of the provider.',
      samples: states.map(({ labels, errors }) => ({ labels, value: errors })),
    },
    {
      name: 'sluice_provider_last_success_timestamp_seconds',
      type: 'gauge',
      help: 'When the provider last learnt or confirmed what it knows.',
      samples: states.flatMap(({ labels, lastSuccess }) =>
        lastSuccess === undefined ? [] : [{ labels, value: lastSuccess / 1_000 }],
      ),
    },
  ];
}

export function identityFamilies({ identity }: StateSources): readonly Family[] {
  const state = identity();
  if (state === undefined) return [];
  const { status, expiresAt } = state;
  return [
    single(
      'sluice_spiffe_up',
      'gauge',
      '1: the Workload API answers, and our SVID is valid.',
      status === 'ready' ? 1 : 0,
    ),
    single(
      'sluice_spiffe_svid_not_after_timestamp_seconds',
      'gauge',
      'When our SVID expires.',
      expiresAt === undefined ? undefined : expiresAt / 1_000,
    ),
  ];
}

/** Traefik's name and labels. One that is listed twice is told once. */
export function certificateFamily({ certificates }: StateSources): Family {
  const samples = new Map<string, number>();
  for (const { commonName, serial, dnsNames, validTo } of certificates()) {
    const sans = dnsNames.toSorted().join(',');
    samples.set(labelText({ cn: commonName, serial, sans }), validTo / 1_000);
  }
  return {
    name: 'traefik_tls_certs_not_after',
    type: 'gauge',
    help: 'When the certificate expires, in seconds since the epoch.',
    samples: Array.from(samples, ([labels, value]) => ({ labels, value })),
  };
}

export const inFlightFamily = ({ inFlight }: StateSources): Family => ({
  name: 'sluice_middleware_in_flight_connections',
  type: 'gauge',
  help: 'Connections that inFlightConn has let in, and that are open.',
  samples: Array.from(inFlight(), ([middleware, value]) => ({
    labels: labelText({ middleware }),
    value,
  })),
});

/** Traefik's name, which in Traefik only HTTP has; the URL of a server is its address. */
export const serverUp = (sources: StateSources): Family => ({
  name: 'traefik_service_server_up',
  type: 'gauge',
  help: '1: the server is used.',
  samples: serverStates(sources),
});

function* serverStates({ serverStatus }: StateSources): Iterable<Sample> {
  for (const [service, servers] of serverStatus()) {
    for (const [url, status] of servers) {
      yield { labels: labelText({ service, url }), value: status === 'UP' ? 1 : 0 };
    }
  }
}

export function connectFamilies({ onConnect }: StateSources): readonly Family[] {
  const states = [...onConnect()].map(([provider, state]) => ({
    ...state,
    labels: labelText({ provider }),
  }));
  if (states.length === 0) return [];
  return [
    {
      name: 'sluice_connect_up',
      type: 'gauge',
      help: '1: the agent of Consul answers, and our certificate on Connect is valid.',
      samples: states.map(({ labels, status }) => ({ labels, value: status === 'ready' ? 1 : 0 })),
    },
    {
      name: 'sluice_connect_leaf_not_after_timestamp_seconds',
      type: 'gauge',
      help: 'When our certificate on Connect expires.',
      samples: states.flatMap(({ labels, expiresAt }) =>
        expiresAt === undefined ? [] : [{ labels, value: expiresAt / 1_000 }],
      ),
    },
  ];
}
