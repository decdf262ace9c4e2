import assert from 'node:assert/strict';
import test from 'node:test';
import { textOf } from '../../support/api.js';
import { atOnce } from '../../../src/async/slices.js';
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

const text = (rest: Partial<MetricsSources> = {}, options: MetricsOptions = ALL) =>
  textOf(atOnce(metricsText(sources(rest), options)));

function sources(rest: Partial<MetricsSources> = {}): MetricsSources {
  const counters = new Counters();
  const tcp = counters.blockOf('entryPoint', 'tcp');
  counters.add(tcp, 'accepted', 3);
  counters.add(tcp, 'sent', 10);
  counters.add(tcp, 'no-route');
  const server = counters.blockOf('server', 'my db@docker 10.0.0.1:1');
  counters.add(server, 'failures', 2);
  counters.add(server, 'reached', 4);
  const service = counters.blockOf('service', 'my db@docker');
  counters.add(service, 'retries', 2);
  counters.add(service, 'dial-1', 3);
  counters.add(service, 'dial-30', 1);
  counters.add(service, 'dial-longer', 1);
  counters.add(service, 'dial-ms', 12_500);
  counters.add(counters.blockOf('router', 'r@docker'), 'address-denied', 2);
  return {
    counters,
    entryPoints: ['tcp', 'idle'],
    open: () => [
      {
        entryPoint: 'tcp',
        router: 'r@docker',
        service: 'my db@docker',
        server: { address: '10.0.0.1:1' },
        phase: 'data',
        sent: 5,
        received: 7,
      },
      {
        entryPoint: 'tcp',
        router: undefined,
        service: undefined,
        server: undefined,
        phase: 'handshake',
        sent: 1,
        received: 0,
      },
    ],
    reloads: () => ({ swaps: 4, failures: 1, lastSuccess: 1_500, lastDuration: 20 }),
    providers: () => [
      { name: 'docker', lastSuccess: 2_000, failingSince: 3_000, failures: 6, errors: 7 },
      { name: 'file', lastSuccess: 2_500, failingSince: undefined, failures: 0, errors: 0 },
      {
        name: 'consulcatalog',
        lastSuccess: undefined,
        failingSince: undefined,
        failures: 0,
        errors: 0,
      },
    ],
    diagnostics: () => [{ severity: 'error' }, { severity: 'info' }, { severity: 'error' }],
    identity: () => ({ status: 'ready', expiresAt: 9_000 }),
    certificates: () => [CERTIFICATE, CERTIFICATE],
    inFlight: () => new Map([['limit@file', 3]]),
    process: () => ({
      version: '1.2.3',
      startTime: 1,
      cpuSeconds: 2.5,
      residentBytes: 3,
      heapBytes: 4,
      maxDescriptors: 5,
      activeSeconds: 6,
      delays: [['0.99', 0.007]],
    }),
    onConnect: () => new Map([['consulcatalog', { status: 'failing', expiresAt: 8_000 }]]),
    serverStatus: () => new Map([['s@file', new Map([['a:1', 'UP'] as const, ['b:1', 'DOWN']])]]),
    ...rest,
  };
}

const CERTIFICATE = {
  commonName: 'a "b"',
  serial: '255',
  dnsNames: ['b.test', 'a.test'],
  validTo: 8_000,
};

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
  'sluice_entrypoint_ended_total{entrypoint="tcp",reason="no-route",phase="route"} 1',
  'sluice_entrypoint_open_connections{entrypoint="tcp",phase="data"} 1',
  'sluice_entrypoint_open_connections{entrypoint="tcp",phase="handshake"} 1',
  'sluice_entrypoint_open_connections{entrypoint="idle",phase="dial"} 0',
  'sluice_router_connections_total{router="r@docker"} 3',
  'sluice_server_connections_total{service="my db@docker",server="10.0.0.1:1"} 4',
  'traefik_service_retries_total{service="my db@docker"} 2',
  'sluice_service_dial_duration_seconds_bucket{service="my db@docker",le="0.001"} 3',
  'sluice_service_dial_duration_seconds_bucket{service="my db@docker",le="0.01"} 3',
  'sluice_service_dial_duration_seconds_bucket{service="my db@docker",le="0.03"} 4',
  'sluice_service_dial_duration_seconds_bucket{service="my db@docker",le="10"} 4',
  'sluice_service_dial_duration_seconds_bucket{service="my db@docker",le="+Inf"} 5',
  'sluice_service_dial_duration_seconds_sum{service="my db@docker"} 12.5',
  'sluice_service_dial_duration_seconds_count{service="my db@docker"} 5',
  'sluice_middleware_in_flight_connections{middleware="limit@file"} 3',
  'sluice_diagnostics{severity="error"} 2',
  'sluice_diagnostics{severity="warning"} 0',
  'traefik_tls_certs_not_after{cn="a \\"b\\"",serial="255",sans="a.test,b.test"} 8',
  'process_cpu_seconds_total 2.5',
  'process_max_fds 5',
  'sluice_event_loop_delay_seconds{quantile="0.99"} 0.007',
  'sluice_event_loop_active_seconds_total 6',
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
  'sluice_provider_errors_total{provider="docker"} 7',
  'sluice_provider_last_success_timestamp_seconds{provider="docker"} 2',
];

test('every figure has its name, its labels and its unit', () => {
  const lines = text().split('\n');
  assert.deepEqual(
    LINES.filter((line) => !lines.includes(line)),
    [],
  );
});

test('a name stands in one family, and a line stands once', () => {
  const lines = text().trimEnd().split('\n');
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
    const without = text({}, { ...ALL, [option]: false });
    assert.doesNotMatch(without, figures);
    for (const [, others] of SHOWN.filter(([name]) => name !== option))
      assert.match(without, others);
  });
}

test('SPIFFE that is off has no figures, and one without an SVID no expiry', () => {
  const off = text({ identity: () => undefined });
  assert.doesNotMatch(off, /spiffe/);
  const waiting = () => ({ status: 'waiting', expiresAt: undefined });
  const unknown = text({ identity: waiting });
  assert.match(unknown, /^sluice_spiffe_up 0$/m);
  assert.doesNotMatch(unknown, /^sluice_spiffe_svid_not_after/m);
});

test('the text of thousands of objects is made in as many steps, which others come between', () => {
  const counters = new Counters();
  for (let n = 0; n < 1_000; n += 1) counters.add(counters.blockOf('service', `s${n}`), 'done');
  const steps = metricsText(sources({ counters }), ALL);
  let taken = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) taken += 1;
  assert.ok(taken > 1_000);
  assert.ok(textOf(step.value).includes('service="s999"'));
});
