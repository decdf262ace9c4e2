import assert from 'node:assert/strict';
import test from 'node:test';
import { translate, type Translation } from '../../../../providers/docker/container.js';
import type { DockerConfig } from '../../../../src/config/static.js';
import { container, dockerConfig, idOf, type ContainerSketch } from '../../../support/docker.js';

interface Case {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** With port 5432 and the address 172.17.0.2, unless it says something else. */
  readonly sketch?: ContainerSketch;
  readonly options?: Partial<DockerConfig>;
  readonly isConstrained?: true;
  /** `name → service`. */
  readonly routers?: readonly string[];
  /** `name address`. */
  readonly services?: readonly string[];
  readonly middlewares?: readonly string[];
  /** `severity code object`. */
  readonly said?: readonly string[];
}

const RULE = { 'traefik.tcp.routers.r.rule': 'HostSNI(`*`)' };
const PORT = { 'traefik.tcp.services.s.loadbalancer.server.port': '1' };
const LIMIT = { 'traefik.tcp.middlewares.m.inflightconn.amount': '3' };

const CASES: readonly Case[] = [
  { name: 'nothing of ours', labels: { 'com.docker.compose.service': 'db' } },
  // Services and routers (DKR-18 to DKR-24).
  {
    name: 'a router: its service is called after the container',
    labels: RULE,
    routers: ['r → app'],
    services: ['app 172.17.0.2:5432'],
  },
  {
    name: 'a router in a container with an odd name',
    labels: RULE,
    sketch: { name: '_my app.1_Ü' },
    routers: ['r → my-app-1-Ü'],
    services: ['my-app-1-Ü 172.17.0.2:5432'],
  },
  {
    name: 'a router in a container of Compose',
    labels: {
      ...RULE,
      'com.docker.compose.project': 'my_shop',
      'com.docker.compose.service': 'db',
    },
    routers: ['r → db-my-shop'],
    services: ['db-my-shop 172.17.0.2:5432'],
  },
  {
    name: 'a router and half of what Compose writes',
    labels: { ...RULE, 'com.docker.compose.project': 'shop', 'com.docker.compose.service': '' },
    routers: ['r → app'],
    services: ['app 172.17.0.2:5432'],
  },
  {
    name: 'a router and one service',
    labels: { ...RULE, ...PORT },
    routers: ['r → s'],
    services: ['s 172.17.0.2:1'],
  },
  {
    name: 'two services, each with its server, and a router that names neither',
    labels: { ...RULE, ...PORT, 'traefik.tcp.services.t.loadbalancer.server.port': '2' },
    routers: ['r'],
    services: ['s 172.17.0.2:1', 't 172.17.0.2:2'],
    said: ['error missing r'],
  },
  {
    name: 'a service alone',
    labels: PORT,
    services: ['s 172.17.0.2:1'],
  },
  { name: 'a middleware alone', labels: LIMIT, middlewares: ['m'] },
  {
    name: 'a router to a service of others: no port is needed (D12)',
    labels: { ...RULE, 'traefik.tcp.routers.r.service': 'db@file' },
    sketch: { ports: [] },
    routers: ['r → db@file'],
  },
  {
    name: 'a router to its own service, by its full name, and no port',
    labels: { ...RULE, 'traefik.tcp.routers.r.service': 'app@docker' },
    sketch: { ports: [] },
    routers: ['r → app@docker'],
    services: ['app'],
    said: ['error no-port app'],
  },
  {
    name: 'a bad label beside a good router (D9)',
    labels: {
      ...RULE,
      'traefik.tcp.routers.q.rule': 'x',
      'traefik.tcp.routers.q.priority': 'high',
    },
    routers: ['q → app', 'r → app'],
    services: ['app 172.17.0.2:5432'],
    said: ['error bad-value q'],
  },
  {
    name: 'HTTP only',
    labels: { 'traefik.http.routers.r.rule': 'Host(`x`)' },
    said: ['info ignored -'],
  },
  // Who takes part (DKR-8, DKR-10, DKR-11).
  { name: 'a router, and that it is off', labels: { ...RULE, 'traefik.enable': 'false' } },
  {
    name: 'a router, where containers must ask to take part',
    labels: RULE,
    options: { exposedByDefault: false },
    said: ['info ignored app'],
  },
  {
    name: 'a middleware, where containers must ask to take part',
    labels: LIMIT,
    options: { exposedByDefault: false },
  },
  {
    name: 'a router, and that it is on, where containers must ask',
    labels: { ...RULE, 'traefik.enable': '1' },
    options: { exposedByDefault: false },
    routers: ['r → app'],
    services: ['app 172.17.0.2:5432'],
  },
  {
    name: 'a router, and a switch that cannot be read',
    labels: { ...RULE, 'traefik.enable': 'off' },
    said: ['error bad-value -'],
  },
  {
    name: 'a router, and a misspelt switch',
    labels: { ...RULE, 'traefik.enabled': 'no' },
    said: ['error unknown-key -'],
  },
  { name: 'a router, and does not fulfil the condition', labels: RULE, isConstrained: true },
  // States (DKR-13 to DKR-17).
  {
    name: 'a router, and has ended',
    labels: RULE,
    sketch: { state: 'exited' },
    said: ['info not-running app'],
  },
  { name: 'a middleware, and has ended', labels: LIMIT, sketch: { state: 'exited' } },
  {
    name: 'a router, has ended, and counts all the same',
    labels: { ...RULE, 'traefik.docker.allownonrunning': 'true' },
    sketch: { state: 'exited' },
    routers: ['r → app'],
    services: ['app'],
    said: ['info not-running app'],
  },
  {
    name: 'a router, and is not healthy yet',
    labels: RULE,
    sketch: { health: 'starting' },
    said: ['info unhealthy app'],
  },
  {
    name: 'a router, and is not healthy, where empty services are allowed',
    labels: { ...RULE, ...PORT },
    sketch: { health: 'unhealthy' },
    options: { allowEmptyServices: true },
    routers: ['r → s'],
    services: ['s'],
    said: ['info unhealthy app'],
  },
  {
    name: 'a router, and has ended, where empty services are allowed',
    labels: RULE,
    sketch: { state: 'exited' },
    options: { allowEmptyServices: true },
    said: ['info not-running app'],
  },
  // Servers (D11, D12).
  {
    name: 'a router, and no port',
    labels: RULE,
    sketch: { ports: [] },
    routers: ['r → app'],
    services: ['app'],
    said: ['error no-port app'],
  },
  {
    name: 'a router, and several ports',
    labels: RULE,
    sketch: { ports: ['81/tcp', '80/tcp'] },
    routers: ['r → app'],
    services: ['app 172.17.0.2:80'],
    said: ['warning several-ports app'],
  },
  {
    name: 'a router, and several networks',
    labels: RULE,
    sketch: { networks: { b: '10.2.0.2', a: '10.1.0.2' } },
    routers: ['r → app'],
    services: ['app 10.1.0.2:5432'],
    said: ['info network-chosen app'],
  },
  // D8.
  {
    name: 'a transport that skips verification',
    labels: { 'traefik.tcp.serverstransports.t.tls.insecureskipverify': 'true' },
    said: ['error privileged t'],
  },
  {
    name: 'a transport that skips verification, and may',
    labels: { 'traefik.tcp.serverstransports.t.tls.insecureskipverify': 'true' },
    options: { allowPrivilegedLabels: true },
  },
];

function translated({ labels = {}, sketch, options, isConstrained }: Case): Translation {
  return translate(container({ ports: ['5432/tcp'], ...sketch, labels }), {
    provider: 'docker',
    options: dockerConfig(options),
    constraint: () => isConstrained !== true,
    surroundings: { kind: 'host' },
    base: undefined,
    hostAddress: undefined,
  });
}

for (const one of CASES) {
  const { name, routers = [], services = [], middlewares = [], said = [] } = one;
  test(`a container says ${name}`, () => {
    const { part, diagnostics } = translated(one);
    const { config } = part ?? {};
    assert.deepEqual(
      [...(config?.routers.values() ?? [])].map((router) =>
        [router.name, ...(router.config.service ? ['→', router.config.service] : [])].join(' '),
      ),
      routers,
    );
    assert.deepEqual(
      [...(config?.services.values() ?? [])].map(({ name: service, config: { loadBalancer } }) =>
        [service, ...(loadBalancer?.servers ?? []).map(({ address = '' }) => address)].join(' '),
      ),
      services,
    );
    assert.deepEqual([...(config?.middlewares.keys() ?? [])], middlewares);
    const findings = [...(part?.diagnostics ?? []), ...diagnostics];
    assert.deepEqual(
      findings.map(({ severity, code, object }) => `${severity} ${code} ${object?.name ?? '-'}`),
      said,
    );
  });
}

test('its owner is the container, as old as its last start (D10)', () => {
  const startedAt = '2026-11-24T10:39:17.5Z';
  const { part } = translated({ name: '', labels: RULE, sketch: { startedAt } });
  assert.deepEqual(part?.owner, {
    kind: 'container',
    id: idOf('app'),
    name: 'app',
    since: Date.parse(startedAt),
  });
});

test('a container that never ran is the youngest of all', () => {
  const labels = { ...RULE, 'traefik.docker.allownonrunning': 'true' };
  const { part } = translated({ name: '', labels, sketch: { state: 'created' } });
  assert.equal(part?.owner.since, Number.MAX_SAFE_INTEGER);
});
