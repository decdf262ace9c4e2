import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPlace } from '../../../src/config/diagnostic.js';
import type { MergedConfig } from '../../../src/config/merged.js';
import { isBroken } from '../../../src/config/model.js';
import type { Part } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { file, part, served, snapshot, type Written } from '../../support/parts.js';

const NOBODY = new Set<string>();

const inDocker = (...parts: readonly Part[]) =>
  merge(new Map([['docker', snapshot(...parts)]]), NOBODY);

const inFiles = (...parts: readonly Part[]) =>
  merge(new Map([['file', snapshot(...parts)]]), NOBODY);

/** `web-1 10.0.0.1:80`, in order. */
const serversOf = (config: MergedConfig, name: string) =>
  config.services.get(name)?.servers.map((s) => `${s.owner.name} ${s.server.address ?? ''}`);

/** `severity code object at place`, without the prose. */
const said = (config: MergedConfig) =>
  config.diagnostics.map(
    ({ severity, code, object, at }) =>
      `${severity} ${code} ${object ? `${object.kind} ${object.name} ` : ''}at ${formatPlace(at)}`,
  );

const isInForce = (config: MergedConfig, router: string) => {
  const found = config.routers.get(router);
  return found !== undefined && !isBroken(found);
};

test('names are qualified with their provider, and sorted', () => {
  const config = merge(
    new Map([
      ['file', snapshot(file('a.yml', served('10.0.0.1:1', 'z'), 0))],
      ['docker', snapshot(part('web', served('10.0.0.2:1', 'a')), part('x', served('1:1', 'B')))],
    ]),
    NOBODY,
  );
  assert.deepEqual([...config.routers.keys()], ['B@docker', 'a@docker', 'z@file']);
  assert.equal(config.routers.get('z@file')?.name, 'z@file');
  assert.equal(config.services.get('a@docker')?.provider, 'docker');
  assert.deepEqual(said(config), []);
});

test('names that every object has are names like any other', () => {
  const names = ['__proto__', 'constructor'];
  const parts = names.map((name) => part(name, served('10.0.0.1:1', name)));
  const written: Written = JSON.parse('{"routers": {"__proto__": {"rule": "x"}}}') as Written;
  const config = inDocker(...parts, part('late', written, { since: 1 }));
  assert.ok(config.services.has('constructor@docker'));
  assert.ok(config.routers.has('__proto__@docker'));
});

test('TLS options and stores called default stay unqualified', () => {
  const config = inFiles(
    file('a.yml', { tlsOptions: { default: {}, strict: {} }, tlsStores: { default: {} } }, 0),
  );
  assert.deepEqual([...config.tlsOptions.keys()], ['default', 'strict@file']);
  assert.deepEqual([...config.tlsStores.keys()], ['default']);
});

test('findings of snapshots and of parts are passed on', () => {
  const web = part('web', served('10.0.0.1:1'), { broken: ['router db'] });
  const own = { code: 'no-port', severity: 'error', at: web.diagnostics[0]?.at } as const;
  assert.ok(own.at);
  const found = merge(
    new Map([['docker', { parts: [web], diagnostics: [{ ...own, at: own.at, message: 'm' }] }]]),
    NOBODY,
  ).diagnostics.map(({ code }) => code);
  assert.deepEqual(found, ['no-port', 'bad-value']);
});

test('providers that have not delivered are passed on', () => {
  assert.deepEqual(merge(new Map(), new Set(['file'])).pending, new Set(['file']));
});

test('replicas share a service: the servers of all, oldest first', () => {
  const config = inDocker(
    part('web-3', served('10.0.0.3:80'), { since: 30 }),
    part('web-1', served('10.0.0.1:80'), { since: 10 }),
    part('web-2', served('10.0.0.2:80'), { since: 20 }),
  );
  const expected = ['web-1 10.0.0.1:80', 'web-2 10.0.0.2:80', 'web-3 10.0.0.3:80'];
  assert.deepEqual(serversOf(config, 'db@docker'), expected);
  const service = config.services.get('db@docker');
  assert.deepEqual(
    service?.config.loadBalancer?.servers,
    service?.servers.map(({ server }) => server),
  );
  assert.deepEqual(
    config.routers.get('db@docker')?.owners.map(({ name }) => name),
    ['web-1', 'web-2', 'web-3'],
  );
  assert.deepEqual(said(config), []);
});

test('servers may differ in everything that is said of a server alone', () => {
  const weighted = (address: string, weight: number): Written => ({
    services: { db: { loadBalancer: { servers: [{ address, weight }] } } },
  });
  const config = inDocker(
    part('a', weighted('10.0.0.1:80', 1)),
    part('b', weighted('10.0.0.2:80', 9), { since: 1 }),
  );
  assert.equal(config.services.get('db@docker')?.servers.length, 2);
});

test('an address that an older owner has already stays his, and that is said', () => {
  const config = inDocker(
    part('new', served('10.0.0.1:80'), { since: 2 }),
    part('old', served('10.0.0.1:80'), { since: 1 }),
  );
  assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80']);
  assert.deepEqual(said(config), [
    'info ignored service db@docker at container new: label service db',
  ]);
});

test('an owner may name one address twice', () => {
  const twice = { loadBalancer: { servers: [{ address: '1:1' }, { address: '1:1' }] } };
  const config = inDocker(
    part('a', { services: { db: twice } }),
    part('b', served('2:2'), { since: 1 }),
  );
  assert.deepEqual(serversOf(config, 'db@docker'), ['a 1:1', 'a 1:1', 'b 2:2']);
});

test('of different settings the incumbent keeps the name, and both are told', () => {
  const config = inDocker(
    part('new', served('10.0.0.2:80', 'db', { strategy: 'leastconn' }), { since: 2 }),
    part('old', served('10.0.0.1:80'), { since: 1 }),
    part('like-old', served('10.0.0.3:80'), { since: 3 }),
  );
  assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80', 'like-old 10.0.0.3:80']);
  assert.ok(isInForce(config, 'db@docker'));
  assert.deepEqual(said(config), [
    'info conflict service db@docker at container old: label service db',
    'error conflict service db@docker at container new: label service db',
    'info broken-reference router db@docker at container new: label router db',
  ]);
  const [ofOld, ofNew] = config.diagnostics;
  assert.deepEqual(ofOld?.related, [ofNew?.at]);
  assert.deepEqual(ofNew?.related, [ofOld?.at]);
  // Who has the name is in force and is told at the object, too.
  assert.deepEqual(config.services.get('db@docker')?.diagnostics, [ofOld]);
});

const TIES = [
  { what: 'age', older: { since: 1 }, younger: { since: 2 } },
  { what: 'name at equal age', older: { since: 1 }, younger: { since: 1 } },
  { what: 'id at equal age and name', older: { id: '1' }, younger: { id: '2' }, name: 'same' },
] as const;

for (const { what, older, younger, ...rest } of TIES) {
  test(`the incumbent is found by ${what}, in whatever order they come`, () => {
    const name = 'name' in rest ? rest.name : undefined;
    const a = part(name ?? 'a', served('1:1', 'db', { strategy: 'hrw' }), older);
    const b = part(name ?? 'b', served('2:2', 'db', { strategy: 'wrr' }), younger);
    for (const config of [inDocker(a, b), inDocker(b, a)]) {
      assert.equal(config.services.get('db@docker')?.config.loadBalancer?.strategy, 'hrw');
    }
  });
}

test('a newcomer that loses its router has no entry and no server in a shared service', () => {
  const other: Written = {
    ...served('10.0.0.2:80'),
    routers: { db: { rule: 'ClientIP(`10.0.0.0/8`)', service: 'db' } },
  };
  const config = inDocker(
    part('old', served('10.0.0.1:80'), { since: 1 }),
    part('new', other, { since: 2 }),
  );
  assert.equal(config.routers.get('db@docker')?.config.rule, 'HostSNI(`*`)');
  assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80']);
  assert.deepEqual(said(config), [
    'info conflict router db@docker at container old: label router db',
    'error conflict router db@docker at container new: label router db',
    'info broken-reference service db@docker at container new: label service db',
  ]);
});

test('a newcomer that loses its router keeps a service of its own', () => {
  const automatic = (name: string, address: string): Written => ({
    routers: { r: { rule: 'HostSNI(`*`)', service: name } },
    services: { [name]: { loadBalancer: { servers: [{ address }] } } },
  });
  const config = inDocker(
    part('a', automatic('a', '1:1'), { since: 1 }),
    part('b', automatic('b', '2:2'), { since: 2 }),
  );
  assert.equal(config.routers.get('r@docker')?.config.service, 'a');
  assert.deepEqual([...config.services.keys()], ['a@docker', 'b@docker']);
  assert.ok([...config.services.values()].every((service) => !isBroken(service)));
});

const guarded = (address: string, sourceRange: string, reference = 'm'): Written => ({
  routers: { db: { rule: 'HostSNI(`*`)', service: 'db', middlewares: [reference] } },
  services: { db: { loadBalancer: { servers: [{ address }] } } },
  middlewares: { m: { ipAllowList: { sourceRange: [sourceRange] } } },
});

for (const reference of ['m', 'm@docker']) {
  test(`who loses the middleware that it calls ${reference} loses its router, and its server waits`, () => {
    const config = inDocker(
      part('old', guarded('10.0.0.1:80', '10.0.0.0/8', reference), { since: 1 }),
      part('new', guarded('10.0.0.2:80', '11.0.0.0/8', reference), { since: 2 }),
    );
    assert.deepEqual(config.middlewares.get('m@docker')?.config.ipAllowList?.sourceRange, [
      '10.0.0.0/8',
    ]);
    assert.ok(isInForce(config, 'db@docker'));
    assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80']);
  });
}

test('a router of its own that refers to a lost middleware is shown and not in force', () => {
  const own: Written = {
    routers: { own: { rule: 'HostSNI(`*`)', service: 'db', middlewares: ['m'] } },
    middlewares: { m: { ipAllowList: { sourceRange: ['11.0.0.0/8'] } } },
  };
  const config = inDocker(
    part('old', guarded('10.0.0.1:80', '10.0.0.0/8'), { since: 1 }),
    part('new', own, { since: 2 }),
  );
  assert.ok(config.routers.has('own@docker'));
  assert.ok(!isInForce(config, 'own@docker'));
  assert.ok(isInForce(config, 'db@docker'));
});

test('who declares nothing of that name refers to what another container declares', () => {
  const user: Written = {
    routers: { own: { rule: 'HostSNI(`*`)', service: 'db', middlewares: ['m'] } },
  };
  const config = inDocker(
    part('old', guarded('10.0.0.1:80', '10.0.0.0/8'), { since: 1 }),
    part('new', user, { since: 2 }),
  );
  assert.ok(isInForce(config, 'own@docker'));
});

test('a lost transport takes the service and its router with it', () => {
  const reached = (address: string, dialTimeout: number): Written => ({
    ...served(address, 'db', { serversTransport: 't' }),
    serversTransports: { t: { dialTimeout } },
  });
  const config = inDocker(
    part('old', reached('10.0.0.1:80', 1_000), { since: 1 }),
    part('new', reached('10.0.0.2:80', 2_000), { since: 2 }),
  );
  assert.equal(config.serversTransports.get('t@docker')?.config.dialTimeout, 1_000);
  assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80']);
  assert.ok(isInForce(config, 'db@docker'));
});

test('a broken newcomer takes nothing from the incumbent', () => {
  const config = inDocker(
    part('old', served('10.0.0.1:80'), { since: 1 }),
    part('new', served('10.0.0.2:80'), { since: 2, broken: ['router db'] }),
  );
  assert.ok(isInForce(config, 'db@docker'));
  assert.deepEqual(serversOf(config, 'db@docker'), ['old 10.0.0.1:80']);
});

test('a broken incumbent gives way to a newcomer that can be used, and both are told', () => {
  const config = inDocker(
    part('old', served('10.0.0.1:80'), { since: 1, broken: ['router db', 'service db'] }),
    part('new', served('10.0.0.2:80'), { since: 2 }),
  );
  assert.ok(isInForce(config, 'db@docker'));
  assert.deepEqual(serversOf(config, 'db@docker'), ['new 10.0.0.2:80']);
  const conflicts = said(config).filter((line) => line.includes(' conflict service '));
  assert.deepEqual(conflicts, [
    'info conflict service db@docker at container new: label service db',
    'info conflict service db@docker at container old: label service db',
  ]);
});

test('where nobody can be used the oldest is shown with what is wrong, and no conflict', () => {
  const config = inDocker(
    part('new', served('10.0.0.2:80'), { since: 2, broken: ['router db'] }),
    part('old', served('10.0.0.1:80'), { since: 1, broken: ['router db'] }),
  );
  const router = config.routers.get('db@docker');
  assert.deepEqual(
    router?.owners.map(({ name }) => name),
    ['old'],
  );
  assert.ok(!isInForce(config, 'db@docker'));
  assert.ok(config.diagnostics.every(({ code }) => code === 'bad-value'));
});

test('what an owner declares amiss, and nobody else declares, is no conflict', () => {
  const config = inDocker(part('web', served('10.0.0.1:80'), { broken: ['service db'] }));
  assert.deepEqual(said(config), ['error bad-value at container web: label service db']);
});

test('replicas that all make the same slip are told of the slip, and of no conflict', () => {
  const slip = { broken: ['service db'] };
  const config = inDocker(
    part('a', served('10.0.0.1:80'), { since: 1, ...slip }),
    part('b', served('10.0.0.2:80'), { since: 2, ...slip }),
    part('c', served('10.0.0.3:80'), { since: 3, ...slip }),
  );
  assert.deepEqual(said(config), [
    'error bad-value at container a: label service db',
    'error bad-value at container b: label service db',
    'error bad-value at container c: label service db',
  ]);
});

test('replicas that share one broken router share their service all the same (D9)', () => {
  const two = (address: string): Written => ({
    ...served(address),
    routers: {
      db: { rule: 'HostSNI(`*`)', service: 'db' },
      second: { rule: 'oops', service: 'db' },
    },
  });
  const config = inDocker(
    part('a', two('1:1'), { since: 1, broken: ['router second'] }),
    part('b', two('2:2'), { since: 2, broken: ['router second'] }),
  );
  assert.ok(isInForce(config, 'db@docker'));
  assert.deepEqual(serversOf(config, 'db@docker'), ['a 1:1', 'b 2:2']);
});

test('a server stays out while a router that its owner declared for the service is broken', () => {
  const second: Written = {
    ...served('2:2'),
    routers: { second: { rule: 'oops', service: 'db@docker' } },
  };
  const config = inDocker(
    part('a', served('1:1'), { since: 1 }),
    part('b', second, { since: 2, broken: ['router second'] }),
  );
  assert.deepEqual(serversOf(config, 'db@docker'), ['a 1:1']);
  assert.ok(
    said(config).includes(
      'info broken-reference service db@docker at container b: label service db',
    ),
  );
});

test('a server stays out while its owner wanted a middleware that is broken', () => {
  const own: Written = {
    ...served('2:2'),
    routers: { own: { rule: 'HostSNI(`*`)', service: 'db', middlewares: ['own'] } },
    middlewares: { own: {} },
  };
  const config = inDocker(
    part('a', served('1:1'), { since: 1 }),
    part('b', own, { since: 2, broken: ['middleware own'] }),
  );
  assert.deepEqual(serversOf(config, 'db@docker'), ['a 1:1']);
});

test('an empty list and none, false and nothing mean the same', () => {
  const router = { rule: 'HostSNI(`*`)', service: 'db' };
  const config = inDocker(
    part('a', { routers: { r: { ...router, tls: {} } } }),
    part('b', {
      routers: {
        r: { ...router, tls: { passthrough: false }, middlewares: [], priority: 0n },
      },
    }),
  );
  assert.equal(config.routers.get('r@docker')?.owners.length, 2);
  assert.deepEqual(said(config), []);
});

test('a section that is written and empty is not the same as none', () => {
  const router = { rule: 'HostSNI(`*`)', service: 'db' };
  const config = inDocker(
    part('a', { routers: { r: router } }, { since: 1 }),
    part('b', { routers: { r: { ...router, tls: {} } } }, { since: 2 }),
  );
  assert.equal(config.routers.get('r@docker')?.config.tls, undefined);
  assert.equal(config.diagnostics.length, 2);
});

test('of files the first in visiting order wins, and servers are not merged', () => {
  const config = inFiles(
    file('b.yml', served('192.0.2.1:2'), 1),
    file('a.yaml', served('192.0.2.1:1'), 0),
  );
  assert.deepEqual(serversOf(config, 'db@file'), ['a.yaml 192.0.2.1:1']);
  assert.deepEqual(
    config.diagnostics.map(({ severity, object, at }) => [severity, object?.kind, formatPlace(at)]),
    [
      ['info', 'service', 'a.yaml:1:1'],
      ['error', 'service', 'b.yml:1:1'],
      ['info', 'router', 'b.yml:1:1'],
    ],
  );
});

test('two files that say the same are no conflict', () => {
  const config = inFiles(file('a.yml', served('1:1'), 0), file('b.yml', served('1:1'), 1));
  assert.deepEqual(serversOf(config, 'db@file'), ['a.yml 1:1']);
  assert.deepEqual(said(config), []);
});

test('a file that loses the default TLS options loses its routers that terminate TLS', () => {
  const strict: Written = { tlsOptions: { default: { minVersion: 'VersionTLS13' } } };
  const router = (name: string, tls: object): Written['routers'] => ({
    [name]: { rule: 'HostSNI(`x.test`)', service: 'db', tls },
  });
  const config = inFiles(
    file('a.yml', { tlsOptions: { default: {} } }, 0),
    file(
      'b.yml',
      { ...strict, routers: { ...router('cut', {}), ...router('raw', { passthrough: true }) } },
      1,
    ),
  );
  assert.ok(!isInForce(config, 'cut@file'));
  assert.ok(isInForce(config, 'raw@file'));
});

const WITH_FILE = (...parts: readonly Part[]) =>
  new Map([
    ['file', snapshot(file('a.yml', { middlewares: { m: {} }, tlsStores: { default: {} } }, 0))],
    ['docker', snapshot(...parts)],
  ]);

test('a name that a file defines is refused to labels, and to their owner only', () => {
  const user: Written = {
    routers: { user: { rule: 'HostSNI(`*`)', service: 'db', middlewares: ['m'] } },
  };
  const config = merge(
    WITH_FILE(part('bad', guarded('1:1', '0.0.0.0/0'), { since: 1 }), part('good', user)),
    NOBODY,
  );
  const refused = config.middlewares.get('m@docker');
  assert.ok(refused && isBroken(refused));
  assert.deepEqual(
    refused.diagnostics.map(({ code, related = [] }) => [code, related.map(formatPlace)]),
    [['reserved', ['a.yml:1:1']]],
  );
  // Its own router means its own middleware or nothing.
  assert.ok(!isInForce(config, 'db@docker'));
  assert.ok(isInForce(config, 'user@docker'));
  assert.deepEqual(config.middlewares.get('m@file')?.diagnostics, []);
});

test('a name comes back to its label when no file defines it any more', () => {
  const label = part('web', guarded('1:1', '10.0.0.0/8'));
  const before = merge(WITH_FILE(label), NOBODY);
  assert.ok(!isInForce(before, 'db@docker'));
  const docker = snapshot(label);
  const after = merge(
    new Map([
      ['docker', docker],
      ['file', snapshot()],
    ]),
    NOBODY,
    before,
  );
  assert.ok(isInForce(after, 'db@docker'));
  assert.deepEqual(said(after), []);
});

test('a label does not take the default store of a file away', () => {
  const config = merge(
    WITH_FILE(part('bad', { tlsStores: { default: { defaultGeneratedCert: {} } } })),
    NOBODY,
  );
  const store = config.tlsStores.get('default');
  assert.equal(store?.provider, 'file');
  assert.ok(!isBroken(store));
  assert.deepEqual(said(config), [
    'error reserved tlsStore default at container bad: label tlsStore default',
  ]);
});

test('default TLS options of two providers are nobody’s, and each is told', () => {
  const options: Written = { tlsOptions: { default: {} } };
  const config = merge(
    new Map([
      ['docker', snapshot(part('web', options))],
      ['consulcatalog', snapshot(part('svc', options))],
    ]),
    NOBODY,
  );
  const found = config.tlsOptions.get('default');
  assert.ok(found && isBroken(found));
  assert.deepEqual(said(config), [
    'error conflict tlsOptions default at container svc: label tlsOptions default',
    'error conflict tlsOptions default at container web: label tlsOptions default',
  ]);
});

test('a rolling deployment with changed labels never takes a name down (users #15)', () => {
  const old = [1, 2, 3].map((n) => part(`old-${n}`, served(`10.0.0.${n}:80`), { since: n }));
  const next = [4, 5, 6].map((n) =>
    part(`new-${n}`, served(`10.0.0.${n}:80`, 'db', { strategy: 'leastconn' }), { since: n }),
  );
  const steps = [
    old,
    [...old, ...next.slice(0, 1)],
    [...old.slice(1), ...next.slice(0, 1)],
    [...old.slice(1), ...next.slice(0, 2)],
    [...old.slice(2), ...next.slice(0, 2)],
    [...old.slice(2), ...next],
    next,
  ];
  let config: MergedConfig | undefined;
  for (const parts of steps) {
    config = merge(new Map([['docker', snapshot(...parts)]]), NOBODY, config);
    assert.ok(isInForce(config, 'db@docker'));
    assert.notEqual(serversOf(config, 'db@docker')?.length ?? 0, 0);
  }
  assert.equal(serversOf(config ?? inDocker(), 'db@docker')?.length, 3);
});
