import assert from 'node:assert/strict';
import test from 'node:test';
import { Counters } from '../../../src/telemetry/counters.js';
import {
  metricsText,
  type MetricsOptions,
  type MetricsSources,
} from '../../../src/telemetry/metrics.js';

const ALL: MetricsOptions = {
  addEntryPointsLabels: true,
  addServicesLabels: true,
  addRoutersLabels: true,
};

function sources(rest: Partial<MetricsSources> = {}): MetricsSources {
  const counters = new Counters();
  const tcp = counters.blockOf('entryPoint', 'tcp');
  counters.add(tcp, 'accepted', 3);
  counters.add(tcp, 'sent', 10);
  counters.add(tcp, 'no-route');
  const server = counters.blockOf('server', 'my db@docker 10.0.0.1:1');
  counters.add(server, 'failures', 2);
  return {
    counters,
    entryPoints: ['tcp', 'idle'],
    open: () => [
      {
        entryPoint: 'tcp',
        router: 'r@docker',
        service: 'my db@docker',
        server: { address: '10.0.0.1:1' },
        sent: 5,
        received: 7,
      },
      {
        entryPoint: 'tcp',
        router: undefined,
        service: undefined,
        server: undefined,
        sent: 1,
        received: 0,
      },
    ],
    reloads: () => ({ swaps: 4, failures: 1, lastSuccess: 1_500, lastDuration: 20 }),
    providers: () => [
      { name: 'docker', lastSuccess: 2_000, failingSince: 3_000, failures: 6 },
      { name: 'file', lastSuccess: 2_500, failingSince: undefined, failures: 0 },
      { name: 'consulcatalog', lastSuccess: undefined, failingSince: undefined, failures: 0 },
    ],
    identity: () => ({ status: 'ready', expiresAt: 9_000 }),
    serverStatus: () => new Map([['s@file', new Map([['a:1', 'UP'] as const, ['b:1', 'DOWN']])]]),
    ...rest,
  };
}

const LINES = [
  'traefik_open_connections{entrypoint="tcp",protocol="TCP"} 2',
  'traefik_open_connections{entrypoint="idle",protocol="TCP"} 0',
  'traefik_config_reloads_total 4',
  'traefik_config_last_reload_success 1.5',
  'traefik_service_server_up{service="s@file",url="a:1"} 1',
  'traefik_service_server_up{service="s@file",url="b:1"} 0',
  'sluice_config_reload_failures_total 1',
  'sluice_config_last_reload_duration_seconds 0.02',
  'sluice_entrypoint_connections_total{entrypoint="tcp"} 3',
  'sluice_entrypoint_ended_total{entrypoint="tcp",reason="no-route"} 1',
  'sluice_entrypoint_sent_bytes_total{entrypoint="tcp"} 16',
  'sluice_router_open_connections{router="r@docker"} 1',
  'sluice_service_received_bytes_total{service="my db@docker"} 7',
  'sluice_server_open_connections{service="my db@docker",server="10.0.0.1:1"} 1',
  'sluice_server_dial_failures_total{service="my db@docker",server="10.0.0.1:1"} 2',
  'sluice_spiffe_up 1',
  'sluice_spiffe_svid_not_after_timestamp_seconds 9',
  'sluice_provider_up{provider="docker"} 0',
  'sluice_provider_up{provider="file"} 1',
  'sluice_provider_up{provider="consulcatalog"} 0',
  'sluice_provider_failures{provider="docker"} 6',
  'sluice_provider_last_success_timestamp_seconds{provider="docker"} 2',
];

test('every figure has its name, its labels and its unit', () => {
  const lines = metricsText(sources(), ALL).split('\n');
  assert.deepEqual(
    LINES.filter((line) => !lines.includes(line)),
    [],
  );
});

test('a name stands in one family, and a line stands once', () => {
  const lines = metricsText(sources(), ALL).trimEnd().split('\n');
  assert.equal(new Set(lines).size, lines.length);
  const types = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  assert.equal(new Set(types).size, types.length);
});

const SHOWN: readonly (readonly [option: keyof MetricsOptions, figures: RegExp])[] = [
  ['addEntryPointsLabels', /entrypoint="/],
  ['addServicesLabels', /service="/],
  ['addRoutersLabels', /router="/],
];

for (const [option, figures] of SHOWN) {
  test(`without ${option} its figures are left out, and no others`, () => {
    const text = metricsText(sources(), { ...ALL, [option]: false });
    assert.doesNotMatch(text, figures);
    for (const [, others] of SHOWN.filter(([name]) => name !== option)) assert.match(text, others);
  });
}

test('SPIFFE that is off has no figures, and one without an SVID no expiry', () => {
  const off = metricsText(sources({ identity: () => undefined }), ALL);
  assert.doesNotMatch(off, /spiffe/);
  const waiting = () => ({ status: 'waiting', expiresAt: undefined });
  const text = metricsText(sources({ identity: waiting }), ALL);
  assert.match(text, /^sluice_spiffe_up 0$/m);
  assert.doesNotMatch(text, /^sluice_spiffe_svid_not_after/m);
});
