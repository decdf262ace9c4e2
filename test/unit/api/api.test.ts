import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answer } from '../../../src/api/answer.js';
import type { ApiSources, ListedDiagnostic, ProviderHealth } from '../../../src/api/api.js';
import { answered, apiSources, runtimeOf, textOf } from '../../support/api.js';
import { label, merged, router, service, transport } from '../../support/merged.js';
import { accepted, load } from '../../support/static.js';

const FINDINGS: readonly ListedDiagnostic[] = [
  {
    id: 'f00d',
    since: 1_000,
    code: 'unknown-key',
    severity: 'error',
    provider: 'docker',
    object: { kind: 'router', name: 'db@docker' },
    at: label('traefik.tcp.routers.db.rul', 'pg-1'),
    related: [{ kind: 'file', path: '/d/a.yml', line: 3, column: 7 }],
    message: 'unknown key "rul"',
    value: 'rul',
    fix: 'did you mean "rule"?',
    suggestions: ['rule'],
  },
  {
    id: 'beef',
    since: 60_000,
    code: 'provider-lost',
    severity: 'warning',
    at: { kind: 'endpoint', url: 'unix:///var/run/docker.sock' },
    message: 'docker does not answer',
  },
];

const runtime = runtimeOf({
  routers: [
    router('a/b c@file', { rule: 'HostSNI(`*`)', service: 's' }),
    router('w@file', { rule: 'ClientIP(`::1`)', service: 's', entryPoints: ['tcp', 'gone'] }),
    router('x@file', { rule: 'ClientIP(`::2`)', service: 'none' }),
  ],
  services: [service('s@file', ['a:1'])],
  transports: [transport('t@file')],
  tlsOptions: [merged('modern@file', { minVersion: 'VersionTLS13' })],
});

const { entryPoints } = accepted(
  load({ args: ['--entryPoints.web.address=:80', '--entryPoints.db.address=:5432'] }),
);

const SOURCES = apiSources({
  runtime: () => runtime,
  entryPoints,
  diagnostics: () => FINDINGS,
  providers: ['Docker', 'File'],
  features: { metrics: 'Prometheus', accessLog: true },
  providerHealth: () => [
    {
      name: 'docker',
      delivered: true,
      lastSuccess: 45_500,
      confirmedAt: 45_500,
      failingSince: 50_000,
      error: 'connect ECONNREFUSED',
    },
    {
      name: 'file',
      delivered: false,
      lastSuccess: undefined,
      confirmedAt: undefined,
      failingSince: undefined,
      error: undefined,
    },
  ],
});

function ask(
  target: string,
  { method = 'GET', sources = SOURCES }: { method?: string; sources?: ApiSources } = {},
): Answer | undefined {
  const [path = '', query] = target.split('?');
  return answered(sources, method, path, new URLSearchParams(query));
}

const body = (target: string, sources?: ApiSources): unknown =>
  JSON.parse(textOf(ask(target, sources && { sources })?.body ?? ''));

const STATUSES: readonly (readonly [target: string, status: number | undefined])[] = [
  ['/api/rawdata', 200],
  ['/api/overview', 200],
  ['/api/live', 200],
  ['/api/live/', 404],
  ['/api/version', 200],
  ['/api/health', 503],
  ['/api/diagnostics', 200],
  ['/api/entrypoints', 200],
  ['/api/entrypoints/web', 200],
  ['/api/entrypoints/WEB', 404],
  ['/api/entrypoints/', 404],
  ['/api/tcp/routers', 200],
  ['/api/tcp/routers/w@file', 200],
  ['/api/tcp/routers/w%40file', 200],
  ['/api/tcp/routers/a%2Fb%20c@file', 200],
  ['/api/tcp/routers/a/b%20c@file', 404],
  ['/api/tcp/routers/w', 404],
  ['/api/tcp/routers/w@docker', 404],
  ['/api/tcp/routers/%FF', 404],
  ['/api/tcp/routers/', 404],
  ['/api/tcp/routers/w@file/', 404],
  ['/api/tcp/routers?page=2', 400],
  ['/api/tcp/services', 200],
  ['/api/tcp/services/s@file', 200],
  ['/api/tcp/middlewares', 200],
  ['/api/tcp/middlewares/m@file', 404],
  ['/api/tcp/serverstransports', 200],
  ['/api/tcp/serverstransports/t@file', 200],
  ['/api/tcp/serverstransports/default@internal', 404],
  ['/api/tcp/serversTransports', 404],
  ['/api/tls/options', 200],
  ['/api/tls/options/modern@file', 200],
  ['/api/tls/options/default', 404],
  ['/api/tls', 404],
  ['/api/http/routers', 200],
  ['/api/http/routers/api@internal', 404],
  ['/api/http/services', 200],
  ['/api/http/middlewares', 200],
  ['/api/udp/routers', 200],
  ['/api/udp/services', 200],
  ['/api/udp/middlewares', 404],
  ['/api/certificates', 200],
  ['/api/', 404],
  ['/api/tcp', 404],
  ['/api/nope', 404],
  ['/api/__proto__', 404],
  ['/api/rawdata/', 404],
  ['/api', undefined],
  ['/API/version', undefined],
  ['/', undefined],
];

for (const [target, status] of STATUSES) {
  test(`${target} is answered with ${status ?? "nothing: it is not the API's"}`, () => {
    assert.equal(ask(target)?.status, status);
  });
}

const NOT_FOUND: readonly (readonly [path: string, message: string])[] = [
  ['entrypoints/x', 'entry point not found: x'],
  ['tcp/routers/x%3Cy', 'router not found: x<y'],
  ['tcp/services/x', 'service not found: x'],
  ['tcp/middlewares/x', 'middleware not found: x'],
  ['tcp/serverstransports/x', 'serversTransport not found: x'],
  ['tls/options/x', 'tlsOptions not found: x'],
];

for (const [path, message] of NOT_FOUND) {
  test(`an unknown name is named: ${message}`, () => {
    assert.deepEqual(body(`/api/${path}`), { message });
  });
}

test('a path that nobody has is told so in words, not in JSON (API-2)', () => {
  assert.equal(ask('/api/nope')?.body, '404 page not found\n');
});

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'get']) {
  test(`${method} is no way to ask`, () => {
    const answer = ask('/api/tcp/routers', { method });
    assert.equal(answer?.status, 405);
    assert.equal(answer.body, '');
    assert.deepEqual(answer.headers, { allow: 'GET, HEAD' });
    assert.equal(ask('/api/nope', { method })?.status, 404);
  });
}

test('HEAD is answered as GET is (D26)', () => {
  for (const target of ['/api/tcp/routers', '/api/tcp/routers/none', '/api/overview']) {
    assert.deepEqual(ask(target, { method: 'HEAD' }), ask(target));
  }
});

test('lists say which page is next, and errors do not (API-7)', () => {
  const next = (target: string) => ask(target)?.headers['x-next-page'];
  assert.equal(next('/api/tcp/routers'), '1');
  assert.equal(next('/api/tcp/routers?per_page=2'), '2');
  assert.equal(next('/api/tcp/routers?per_page=2&page=2'), '1');
  assert.equal(next('/api/tcp/routers?per_page=2&status=warning'), '1');
  assert.equal(next('/api/tcp/routers?page=9'), undefined);
  assert.equal(next('/api/http/routers'), '1');
  assert.equal(next('/api/overview'), undefined);
});

test('a refused page is told why', () => {
  const { message } = body('/api/tcp/routers?per_page=x') as { message: string };
  assert.match(message, /per_page/);
  assert.match(message, /"x"/);
});

test('entry points are sorted by name and cut into pages, and nothing else', () => {
  const names = (query: string) =>
    (body(`/api/entrypoints${query}`) as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names(''), ['db', 'web']);
  assert.deepEqual(names('?search=web&direction=desc'), ['db', 'web']);
  assert.deepEqual(names('?per_page=1&page=2'), ['web']);
});

test('the version has a content type and an end of its own (8.4)', () => {
  assert.deepEqual(ask('/api/version'), {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: '{"Version":"1.2.3","Codename":"sluice","startDate":"1970-01-01T00:00:00.000Z"}',
  });
});

const NONE = { total: 0, warnings: 0, errors: 0 };

test('the overview counts what is in force and what is not', () => {
  assert.deepEqual(body('/api/overview'), {
    http: { routers: NONE, services: NONE, middlewares: NONE },
    tcp: {
      routers: { total: 3, warnings: 1, errors: 1 },
      services: { total: 1, warnings: 0, errors: 0 },
      middlewares: NONE,
    },
    udp: { routers: NONE, services: NONE },
    certificates: NONE,
    features: { tracing: '', metrics: 'Prometheus', accessLog: true },
    providers: ['Docker', 'File'],
  });
});

test('an overview without providers has no word of them', () => {
  assert.equal(Object.hasOwn(body('/api/overview', apiSources()) as object, 'providers'), false);
});

test('the health of providers is how old their knowledge is (D13)', () => {
  assert.deepEqual(body('/api/health'), {
    ready: false,
    providers: [
      {
        name: 'docker',
        delivered: true,
        lastSuccess: '1970-01-01T00:00:45.500Z',
        ageSeconds: 14.5,
        failingSince: '1970-01-01T00:00:50.000Z',
        error: 'connect ECONNREFUSED',
      },
      { name: 'file', delivered: false },
    ],
  });
});

test('who we are by SPIFFE, and what is wrong with it, stands beside the providers', () => {
  const identity = () => ({
    status: 'failing',
    since: 50_000,
    reason: 'lost',
    detail: 'the stream ended without a status',
    spiffeId: 'spiffe://a/b',
    expiresAt: 70_000,
  });
  const { spiffe } = body('/api/health', { ...SOURCES, identity }) as { readonly spiffe: unknown };
  assert.deepEqual(spiffe, {
    status: 'failing',
    since: '1970-01-01T00:00:50.000Z',
    reason: 'lost',
    detail: 'the stream ended without a status',
    spiffeId: 'spiffe://a/b',
    expiresAt: '1970-01-01T00:01:10.000Z',
  });
});

const READY: readonly (readonly [
  what: string,
  provider: Partial<ProviderHealth>,
  status: number,
  maxDiscoveryAge?: number,
])[] = [
  ['one that has not delivered', { delivered: false, confirmedAt: undefined }, 503],
  ['one that has nothing new', { confirmedAt: 0 }, 200],
  ['one that is lost for a while', { confirmedAt: 50_000, failingSince: 51_000 }, 200],
  ['one that is lost for too long', { confirmedAt: 49_999, failingSince: 51_000 }, 503],
  ['one that is lost, without a limit', { confirmedAt: 0, failingSince: 1 }, 200, 0],
];

for (const [what, rest, status, maxDiscoveryAge = 10_000] of READY) {
  test(`with ${what} readiness is answered with ${status}`, () => {
    const provider = {
      name: 'docker',
      delivered: true,
      lastSuccess: 60_000,
      confirmedAt: 60_000,
      failingSince: undefined,
      error: undefined,
      ...rest,
    };
    const sources = { ...SOURCES, maxDiscoveryAge, providerHealth: () => [provider] };
    assert.equal(ask('/api/health', { sources })?.status, status);
    assert.equal((body('/api/health', sources) as { ready: boolean }).ready, status === 200);
  });
}

test('a finding is shown with all that is known of it, lists even if empty (D42)', () => {
  assert.deepEqual(body('/api/diagnostics'), [
    {
      id: 'f00d',
      code: 'unknown-key',
      severity: 'error',
      provider: 'docker',
      object: { kind: 'router', name: 'db@docker' },
      at: {
        kind: 'label',
        container: 'pg-1',
        containerId: 'pg-1',
        key: 'traefik.tcp.routers.db.rul',
      },
      related: [{ kind: 'file', path: '/d/a.yml', line: 3, column: 7 }],
      message: 'unknown key "rul"',
      value: 'rul',
      fix: 'did you mean "rule"?',
      suggestions: ['rule'],
      since: '1970-01-01T00:00:01.000Z',
    },
    {
      id: 'beef',
      code: 'provider-lost',
      severity: 'warning',
      at: { kind: 'endpoint', url: 'unix:///var/run/docker.sock' },
      related: [],
      message: 'docker does not answer',
      suggestions: [],
      since: '1970-01-01T00:01:00.000Z',
    },
  ]);
});

const SEARCHES: readonly (readonly [query: string, ids: readonly string[]])[] = [
  ['', ['f00d', 'beef']],
  ['search=UNKNOWN', ['f00d']],
  ['search=db@docker', ['f00d']],
  ['search=pg-1', ['f00d']],
  ['search=docker.sock', ['beef']],
  ['search=provider-lost', ['beef']],
  ['search=nothing', []],
  ['per_page=1', ['f00d']],
  ['per_page=1&page=2', ['beef']],
];

for (const [query, ids] of SEARCHES) {
  test(`/api/diagnostics?${query} has ${ids.join(', ') || 'nothing'}`, () => {
    const found = body(`/api/diagnostics?${query}`) as { readonly id: string }[];
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
  });
}

test('with a base path the API is there and nowhere else', () => {
  const sources = { ...SOURCES, basePath: '/proxy' };
  assert.equal(ask('/proxy/api/version', { sources })?.status, 200);
  assert.equal(ask('/proxy/api/tcp/routers/w@file', { sources })?.status, 200);
  assert.equal(ask('/api/version', { sources }), undefined);
  assert.equal(ask('/proxyapi/version', { sources }), undefined);
});
