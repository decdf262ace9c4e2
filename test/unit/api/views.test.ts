import assert from 'node:assert/strict';
import test from 'node:test';
import { encode, type Json } from '../../../src/api/json.js';
import { rawdataText } from '../../../src/api/rawdata.js';
import { atOnce } from '../../../src/async/slices.js';
import {
  middlewareType,
  middlewareView,
  routerView,
  serviceType,
  serviceView,
} from '../../../src/api/views.js';
import type { MiddlewareConfig, RouterConfig, ServiceConfig } from '../../../src/config/model.js';
import type { RouterView, ServiceView } from '../../../src/routing/runtime.js';
import { runtimeOf, textOf } from '../../support/api.js';
import { merged, middleware, router, service } from '../../support/merged.js';

const written = (view: Json): unknown => JSON.parse(encode(view));

const asRouter = (config: RouterConfig, rest: Partial<RouterView> = {}): RouterView => ({
  merged: router('r@file', config),
  entryPoints: [],
  using: [],
  middlewares: [],
  priority: undefined,
  status: 'enabled',
  errors: [],
  ...rest,
});

const ROUTERS: readonly (readonly [name: string, view: RouterView, shown: object])[] = [
  ['with nothing', asRouter({}), { status: 'enabled' }],
  [
    'with empty members',
    asRouter({ rule: '', service: '', ruleSyntax: '' }),
    { status: 'enabled' },
  ],
  [
    'with all',
    asRouter(
      {
        rule: 'HostSNI(`a`)',
        ruleSyntax: 'v2',
        service: 's',
        entryPoints: ['no longer'],
        tls: {
          passthrough: true,
          options: 'o',
          certResolver: 'c',
          domains: [{ main: 'a', sans: ['b'] }, { sans: [] }],
        },
      },
      {
        entryPoints: ['tcp', 'gone'],
        using: ['tcp'],
        middlewares: ['m@file'],
        priority: -3n,
        status: 'warning',
        errors: ['x'],
      },
    ),
    {
      entryPoints: ['tcp', 'gone'],
      middlewares: ['m@file'],
      service: 's',
      rule: 'HostSNI(`a`)',
      ruleSyntax: 'v2',
      priority: -3,
      tls: {
        passthrough: true,
        options: 'o',
        certResolver: 'c',
        domains: [{ main: 'a', sans: ['b'] }, {}],
      },
      error: ['x'],
      status: 'warning',
      using: ['tcp'],
    },
  ],
  [
    'with TLS alone',
    asRouter({ tls: { domains: [], options: '' } }),
    { tls: { passthrough: false }, status: 'enabled' },
  ],
];

for (const [name, view, shown] of ROUTERS) {
  test(`a router ${name} is shown member by member, in Traefik's order`, () => {
    assert.equal(JSON.stringify(written(routerView(view))), JSON.stringify(shown));
  });
}

const asService = (config: ServiceConfig, rest: Partial<ServiceView> = {}): ServiceView => ({
  merged: {
    ...merged('s@file', config),
    servers: (config.loadBalancer?.servers ?? []).map((server) => ({
      owner: { kind: 'file', id: 'f', name: 'f', since: 0 },
      server,
      at: { kind: 'file', path: 'f', line: 1, column: 1 },
    })),
  },
  transportName: undefined,
  isReached: false,
  status: 'enabled',
  errors: [],
  usedBy: [],
  serverStatus: undefined,
  ...rest,
});

const SERVICES: readonly (readonly [name: string, view: ServiceView, shown: object])[] = [
  [
    'of no kind',
    asService({}, { status: 'disabled', errors: ['x'] }),
    { error: ['x'], status: 'disabled' },
  ],
  ['without servers', asService({ loadBalancer: {} }), { loadBalancer: {}, status: 'enabled' }],
  [
    'with servers',
    asService(
      {
        loadBalancer: {
          servers: [{ address: 'a:1', tls: true, port: '1' }, { address: 'b:1', tls: false }, {}],
          proxyProtocol: {},
          terminationDelay: 0,
        },
      },
      {
        usedBy: ['r@file'],
        serverStatus: () =>
          new Map([
            ['a:1', 'UP'],
            ['b:1', 'DOWN'],
          ]),
      },
    ),
    {
      loadBalancer: {
        servers: [{ address: 'a:1', tls: true }, { address: 'b:1' }, {}],
        proxyProtocol: { version: 2 },
        terminationDelay: 0,
      },
      status: 'enabled',
      usedBy: ['r@file'],
      serverStatus: { 'a:1': 'UP', 'b:1': 'DOWN' },
    },
  ],
  [
    'with a health check',
    asService({ loadBalancer: { healthCheck: {} } }),
    { loadBalancer: { healthCheck: { interval: '30s', timeout: '5s' } }, status: 'enabled' },
  ],
  [
    'with all of a health check',
    asService({
      loadBalancer: {
        healthCheck: {
          port: 9,
          send: '<',
          expect: 'x',
          interval: 90_000,
          unhealthyInterval: 500,
          timeout: 2_000,
          rise: 2,
        },
      },
    }),
    {
      loadBalancer: {
        healthCheck: {
          port: 9,
          send: '<',
          expect: 'x',
          interval: '1m30s',
          unhealthyInterval: '500ms',
          timeout: '2s',
          rise: 2,
        },
      },
      status: 'enabled',
    },
  ],
  [
    'with our own options',
    asService({
      loadBalancer: {
        servers: [{ address: 'a:1', weight: 0, backup: true, maxConnections: 7 }],
        strategy: 'hrw',
        passiveHealthCheck: { failureWindow: 10_000, maxFailedAttempts: 3 },
        drain: 'keep',
        drainOnUnhealthy: 0,
        idleTimeout: 1_000,
        maxDuration: 0,
      },
    }),
    {
      loadBalancer: {
        servers: [{ address: 'a:1', weight: 0, backup: true, maxConnections: 7 }],
        strategy: 'hrw',
        passiveHealthCheck: { failureWindow: '10s', maxFailedAttempts: 3 },
        drain: 'keep',
        drainOnUnhealthy: '0s',
        idleTimeout: '1s',
      },
      status: 'enabled',
    },
  ],
  [
    'of other services',
    asService({
      weighted: { services: [{ name: 'a', weight: 0 }, { name: 'b' }], healthCheck: {} },
    }),
    {
      weighted: {
        services: [
          { name: 'a', weight: 0 },
          { name: 'b', weight: 1 },
        ],
        healthCheck: {},
      },
      status: 'enabled',
    },
  ],
  [
    'that no router reaches, with its transport as written',
    asService({ loadBalancer: { serversTransport: 't' } }, { transportName: 't@file' }),
    { loadBalancer: { serversTransport: 't' }, status: 'enabled' },
  ],
  [
    'that a router reaches, with its transport qualified',
    asService(
      { loadBalancer: { serversTransport: 't' } },
      { transportName: 't@file', isReached: true },
    ),
    { loadBalancer: { serversTransport: 't@file' }, status: 'enabled' },
  ],
];

for (const [name, view, shown] of SERVICES) {
  test(`a service ${name}`, () => {
    assert.equal(JSON.stringify(written(serviceView(view))), JSON.stringify(shown));
  });
}

const MIDDLEWARES: readonly (readonly [
  config: MiddlewareConfig,
  type: string | undefined,
  shown: object,
])[] = [
  [{}, undefined, {}],
  [{ inFlightConn: { amount: 5n } }, 'inflightconn', { inFlightConn: { amount: 5 } }],
  [{ inFlightConn: { amount: 0n } }, 'inflightconn', { inFlightConn: {} }],
  [
    { ipWhiteList: { sourceRange: ['::1'] } },
    'ipwhitelist',
    { ipWhiteList: { sourceRange: ['::1'] } },
  ],
  [{ ipAllowList: { sourceRange: [] } }, 'ipallowlist', { ipAllowList: {} }],
  [
    { ipDenyList: { sourceRange: ['::1'] } },
    'ipdenylist',
    { ipDenyList: { sourceRange: ['::1'] } },
  ],
  [
    { rateLimit: { average: 5, period: 1_000, burst: 0 } },
    'ratelimit',
    { rateLimit: { average: 5, period: '1s', burst: 0 } },
  ],
  // DYN-5: of several kinds the first is its type.
  [{ ipAllowList: {}, inFlightConn: {} }, 'inflightconn', { inFlightConn: {}, ipAllowList: {} }],
];

for (const [config, type, shown] of MIDDLEWARES) {
  test(`a middleware ${JSON.stringify(shown)}`, () => {
    const view = {
      merged: middleware('m@file', config),
      status: 'enabled',
      errors: [],
      usedBy: ['r@file'],
    } as const;
    const rest = { status: 'enabled', usedBy: ['r@file'] };
    assert.equal(
      JSON.stringify(written(middlewareView(view))),
      JSON.stringify({ ...shown, ...rest }),
    );
    assert.equal(middlewareType(config), type);
  });
}

test('the type of a service', () => {
  assert.equal(serviceType({ loadBalancer: {} }), 'loadbalancer');
  assert.equal(serviceType({ weighted: {} }), 'weighted');
  assert.equal(serviceType({}), undefined);
});

test('rawdata without anything is an empty object', () => {
  assert.equal(textOf(atOnce(rawdataText(runtimeOf({})))), '{}\n');
});

test('rawdata has each object by its name, in the order of names, whatever they are called', () => {
  const pieces = atOnce(
    rawdataText(
      runtimeOf({
        routers: [
          router('b@file', { rule: 'HostSNI(`*`)', service: '__proto__' }),
          router('__proto__@file', { rule: 'ClientIP(`::1`)', service: '__proto__' }),
        ],
        services: [service('__proto__@file', ['a:1'])],
        middlewares: [middleware('m@file', { inFlightConn: { amount: 1n } })],
      }),
    ),
  );
  assert.deepEqual(JSON.parse(textOf(pieces)), {
    tcpRouters: {
      '__proto__@file': {
        entryPoints: ['alt', 'tcp'],
        service: '__proto__',
        rule: 'ClientIP(`::1`)',
        priority: 15,
        status: 'enabled',
        using: ['alt', 'tcp'],
      },
      'b@file': {
        entryPoints: ['alt', 'tcp'],
        service: '__proto__',
        rule: 'HostSNI(`*`)',
        priority: -1,
        status: 'enabled',
        using: ['alt', 'tcp'],
      },
    },
    tcpMiddlewares: { 'm@file': { inFlightConn: { amount: 1 }, status: 'enabled' } },
    tcpServices: {
      '__proto__@file': {
        loadBalancer: { servers: [{ address: 'a:1' }] },
        status: 'enabled',
        usedBy: ['__proto__@file', 'b@file'],
        serverStatus: { 'a:1': 'UP' },
      },
    },
  });
  assert.match(textOf(pieces), /"__proto__@file".*"b@file"/);
});
