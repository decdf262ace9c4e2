import assert from 'node:assert/strict';
import test from 'node:test';
import { encode } from '../../../src/api/json.js';
import type { Shown } from '../../../src/api/object-kind.js';
import { OBJECT_KINDS } from '../../../src/api/objects.js';
import { apiSources, runtimeOf } from '../../support/api.js';
import { label, merged, middleware, router, service, transport } from '../../support/merged.js';

const broken = {
  diagnostics: [
    { code: 'bad-value', severity: 'error', at: label('x'), message: 'no', fix: 'yes' },
    { code: 'ignored', severity: 'warning', at: label('y'), message: 'unread' },
  ],
} as const;

const { defaultTransport } = apiSources();
const shown: Shown = {
  defaultTransport,
  runtime: runtimeOf({
    routers: [
      router('a@file', { rule: 'HostSNI(`*`)', service: 's', priority: 2n }),
      router('b@docker', { rule: 'ClientIP(`::1`)', service: 's@file', entryPoints: ['tcp'] }),
      router('c@file', {
        rule: 'ClientIP(`10.0.0.1`)',
        service: 's2@file',
        entryPoints: ['tcp', 'gone'],
        middlewares: ['m'],
      }),
      router('d@file', { rule: 'HostSNI(`*`)', service: 's', entryPoints: ['gone'] }),
    ],
    services: [
      service('s@file', ['x:1', 'y:1'], { serversTransport: 't' }),
      service('s2@file', ['z:1'], { serversTransport: 't' }),
      { ...merged('w@file', { weighted: { services: [{ name: 's' }] } }), servers: [] },
      { ...merged('none@file', {}, broken), servers: [] },
    ],
    middlewares: [
      middleware('m@file', { ipAllowList: { sourceRange: ['::1'] } }),
      middleware('n@file', { inFlightConn: { amount: 1n } }, broken),
    ],
    transports: [transport('t@file', { dialTimeout: 5_000 }), transport('u@file', {}, broken)],
    tlsOptions: [
      merged('strict@file', { sniStrict: true }),
      { ...merged('default', {}), provider: 'file' },
    ],
  }),
};

const kindOf = (path: string) => OBJECT_KINDS.get(path) ?? assert.fail(path);

const LISTS: readonly (readonly [path: string, query: string, names: readonly string[]])[] = [
  ['tcp/routers', '', ['a@file', 'b@docker', 'c@file', 'd@file']],
  ['tcp/routers', 'sortBy=priority', ['d@file', 'a@file', 'b@docker', 'c@file']],
  ['tcp/routers', 'sortBy=rule', ['c@file', 'b@docker', 'a@file', 'd@file']],
  ['tcp/routers', 'sortBy=service', ['a@file', 'd@file', 'c@file', 'b@docker']],
  ['tcp/routers', 'sortBy=entryPoints', ['b@docker', 'd@file', 'a@file', 'c@file']],
  ['tcp/routers', 'sortBy=status&direction=desc', ['c@file', 'b@docker', 'a@file', 'd@file']],
  ['tcp/routers', 'status=disabled', ['d@file']],
  ['tcp/routers', 'search=CLIENTIP', ['b@docker', 'c@file']],
  ['tcp/routers', 'search=docker', ['b@docker']],
  // Unqualified services are compared with what stands before the @.
  ['tcp/routers', 'serviceName=s@file', ['a@file', 'b@docker', 'd@file']],
  ['tcp/routers', 'serviceName=s@docker', ['a@file', 'd@file']],
  ['tcp/routers', 'serviceName=s2', []],
  ['tcp/routers', 'middlewareName=m@file', ['c@file']],
  ['tcp/routers', 'middlewareName=m', []],
  ['tcp/services', '', ['none@file', 's2@file', 's@file', 'w@file']],
  ['tcp/services', 'sortBy=type', ['none@file', 's2@file', 's@file', 'w@file']],
  ['tcp/services', 'sortBy=servers', ['none@file', 'w@file', 's2@file', 's@file']],
  ['tcp/services', 'status=disabled', ['none@file']],
  ['tcp/services', 'search=S2', ['s2@file']],
  ['tcp/middlewares', '', ['m@file', 'n@file']],
  ['tcp/middlewares', 'sortBy=type', ['n@file', 'm@file']],
  ['tcp/middlewares', 'status=disabled', ['n@file']],
  ['tcp/serverstransports', '', ['t@file', 'u@file']],
  ['tcp/serverstransports', 'sortBy=status', ['u@file', 't@file']],
  ['tcp/serverstransports', 'search=T@', ['t@file']],
  ['tls/options', '', ['default', 'strict@file']],
  ['tls/options', 'status=disabled', []],
];

for (const [path, query, names] of LISTS) {
  test(`${path}?${query} lists ${names.join(', ') || 'nothing'}`, () => {
    const cut = kindOf(path).list(shown, new URLSearchParams(query));
    assert.deepEqual(cut.ok && cut.items.map(({ name }) => name), names);
  });
}

const ONES: readonly (readonly [path: string, name: string, text: string])[] = [
  [
    'tcp/routers',
    'b@docker',
    '{"entryPoints":["tcp"],"service":"s@file","rule":"ClientIP(`::1`)","priority":15,"status":"enabled","using":["tcp"],"name":"b@docker","provider":"docker","priorityStr":"15"}',
  ],
  [
    'tcp/services',
    's@file',
    '{"loadBalancer":{"servers":[{"address":"x:1"},{"address":"y:1"}],"serversTransport":"t@file"},"status":"enabled","usedBy":["a@file","b@docker","d@file"],"name":"s@file","provider":"file","type":"loadbalancer","serverStatus":{"x:1":"UP","y:1":"UP"}}',
  ],
  [
    'tcp/services',
    'none@file',
    '{"error":["no; yes"],"status":"disabled","name":"none@file","provider":"file"}',
  ],
  [
    'tcp/middlewares',
    'm@file',
    '{"ipAllowList":{"sourceRange":["::1"]},"status":"enabled","usedBy":["c@file"],"name":"m@file","provider":"file","type":"ipallowlist"}',
  ],
  [
    'tcp/serverstransports',
    't@file',
    '{"dialKeepAlive":"15s","dialTimeout":"5s","terminationDelay":"100ms","status":"enabled","usedBy":["s2@file","s@file"],"name":"t@file","provider":"file"}',
  ],
  [
    'tcp/serverstransports',
    'u@file',
    '{"dialKeepAlive":"15s","dialTimeout":"30s","terminationDelay":"100ms","error":["no; yes"],"status":"disabled","name":"u@file","provider":"file"}',
  ],
  ['tls/options', 'default', '{"status":"enabled","name":"default","provider":"file"}'],
];

for (const [path, name, text] of ONES) {
  test(`${path}/${name} is shown in Traefik's order of members`, () => {
    const view = kindOf(path).one(shown, name) ?? assert.fail('there is none');
    assert.equal(encode(view), `${text}\n`);
  });
}

test('a router without a priority has one as text, for readers that cannot do without', () => {
  const view = kindOf('tcp/routers').one(shown, 'd@file');
  assert.equal(view?.['priority'], undefined);
  assert.equal(view?.['priorityStr'], '0');
});
