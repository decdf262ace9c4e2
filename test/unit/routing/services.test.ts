import assert from 'node:assert/strict';
import test from 'node:test';
import type { HealthCheckConfig, LoadBalancerConfig } from '../../../src/config/model.js';
import { compile, type Compiled } from '../../../src/routing/compile.js';
import { compileOptions } from '../../support/compile-options.js';
import {
  label,
  mergedConfig,
  router,
  service,
  transport,
  type Extra,
  type Objects,
} from '../../support/merged.js';

const options = compileOptions();

const compiled = (objects: Objects, previous?: Compiled) =>
  compile(
    mergedConfig({
      routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 's' })],
      ...objects,
    }),
    options,
    previous,
  );

/** The servers behind the router, in the order of their turns. */
function turns({ table }: Compiled, count: number) {
  const chosen = table.of('tcp').plain[0]?.service;
  return Array.from({ length: count }, () => chosen?.pick([], '', 0)?.server);
}

const hosts = (result: Compiled, count: number) =>
  turns(result, count).map((server) => server?.host);

const codes = ({ diagnostics }: Compiled) =>
  diagnostics.map(({ severity, code, object }) => `${severity} ${code} on ${object?.name ?? ''}`);

test('a server with a bad address is passed over, and the others serve', () => {
  const result = compiled({ services: [service('s@docker', ['a:1', 'nonsense', ':http', ''])] });
  assert.deepEqual(hosts(result, 3), ['a', 'localhost', 'a']);
  assert.deepEqual(codes(result), ['error bad-value on s@docker', 'error bad-value on s@docker']);
  assert.deepEqual(
    result.diagnostics.map(({ value }) => value),
    ['nonsense', ''],
  );
  const view = result.runtime.services.get('s@docker');
  assert.equal(view?.status, 'enabled');
  assert.deepEqual(
    view.serverStatus?.(),
    new Map([
      ['a:1', 'UP'],
      [':http', 'UP'],
    ] as const),
  );
});

test('a service without servers is in order', () => {
  const result = compiled({ services: [service('s@docker', [])] });
  assert.deepEqual(hosts(result, 1), [undefined]);
  assert.deepEqual(codes(result), []);
});

test('servers keep their state as long as owner and address stay', () => {
  const before = compiled({ services: [service('s@docker', ['c1 a:1', 'c2 b:1'])] });
  const [a, b] = turns(before, 2);
  assert.ok(a && b);
  a.open = 7;
  const after = compiled(
    { services: [service('s@docker', ['c3 c:1', 'c2 b:1', 'c1 a:1'])] },
    before,
  );
  const seen = new Set(turns(after, 3));
  assert.ok(seen.has(a) && seen.has(b));
  assert.equal(a.open, 7);
});

test('an address that another container got is another server', () => {
  const before = compiled({ services: [service('s@docker', ['c1 a:1'])] });
  const after = compiled({ services: [service('s@docker', ['c2 a:1'])] }, before);
  assert.notEqual(turns(after, 1)[0], turns(before, 1)[0]);
  assert.equal(turns(after, 1)[0]?.owner, 'c2');
});

test('the turn lives on while servers are added', () => {
  const before = compiled({ services: [service('s@docker', ['a:1', 'b:1'])] });
  assert.deepEqual(hosts(before, 1), ['a']);
  const after = compiled({ services: [service('s@docker', ['a:1', 'b:1', 'c:1'])] }, before);
  assert.deepEqual(hosts(after, 3), ['b', 'c', 'a']);
});

test('the state of a service survives its being out of order', () => {
  const good = service('s@docker', ['a:1']);
  const before = compiled({ services: [good] });
  const bad = service(
    's@docker',
    ['a:1'],
    {},
    {
      diagnostics: [{ code: 'bad-value', severity: 'error', at: label('x'), message: 'x' }],
    },
  );
  const meanwhile = compiled({ services: [bad] }, before);
  assert.deepEqual(hosts(meanwhile, 1), [undefined]);
  assert.equal(meanwhile.runtime.services.get('s@docker')?.status, 'disabled');
  const after = compiled({ services: [good] }, meanwhile);
  assert.equal(turns(after, 1)[0], turns(before, 1)[0]);
});

test('the state of a service that went away is gone', () => {
  const s = service('s@docker', ['a:1']);
  const before = compiled({ services: [s] });
  const after = compiled({ services: [s] }, compiled({}, before));
  assert.notEqual(turns(after, 1)[0], turns(before, 1)[0]);
});

test('the same address twice of one owner is one server with twice the weight', () => {
  const result = compiled({ services: [service('s@docker', ['a:1', 'a:1', 'b:1'])] });
  assert.deepEqual(hosts(result, 3), ['a', 'b', 'a']);
});

test('services refer to transports of their own provider, whoever uses the service', () => {
  const result = compiled({
    routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 's@file' })],
    services: [service('s@file', ['a:1'], { serversTransport: 't' })],
    transports: [
      transport('t@docker', { dialTimeout: 1 }),
      transport('t@file', { dialTimeout: 2 }),
    ],
  });
  assert.equal(result.table.of('tcp').plain[0]?.service?.pick([], '', 0)?.transport.dialTimeout, 2);
  assert.equal(result.runtime.services.get('s@file')?.transportName, 't@file');
});

test('a service that no router reaches has its transport, and no status', () => {
  const result = compiled({
    services: [service('other@docker', ['a:1'], { serversTransport: 't' })],
    transports: [transport('t@docker')],
  });
  const view = result.runtime.services.get('other@docker');
  assert.equal(view?.transportName, 't@docker');
  assert.equal(view.isReached, false);
  assert.equal(view.serverStatus, undefined);
});

test('a label finds the transport of a file, which is said', () => {
  const result = compiled({
    services: [service('s@docker', ['a:1'], { serversTransport: 't' })],
    transports: [transport('t@file', { dialTimeout: 2 })],
  });
  assert.equal(result.table.of('tcp').plain[0]?.service?.pick([], '', 0)?.transport.name, 't@file');
  assert.equal(result.runtime.services.get('s@docker')?.transportName, 't@file');
  assert.deepEqual(codes(result), ['info guessed on s@docker']);
});

test('a service limits its connections, or does not', () => {
  const limitsOf = (settings: LoadBalancerConfig) =>
    compiled({ services: [service('s@docker', ['a:1'], settings)] })
      .table.of('tcp')
      .plain[0]?.service?.pick([], '', 0)?.limits;
  assert.equal(limitsOf({}), undefined);
  assert.equal(limitsOf({ idleTimeout: 0, maxDuration: 0 }), undefined);
  assert.deepEqual(limitsOf({ idleTimeout: 1 }), { idleTimeout: 1, maxDuration: 0 });
  assert.deepEqual(limitsOf({ maxDuration: 2 }), { idleTimeout: 0, maxDuration: 2 });
});

test('a server that is removed is remembered as long as it is connected, and is the same when it is back', () => {
  const both = [service('s@docker', ['c1 a:1', 'c2 b:1'], { drain: 5_000 })];
  const one = [service('s@docker', ['c1 a:1'], { drain: 'keep' })];
  const first = compiled({ services: both });
  const [a, b] = turns(first, 2);
  assert.ok(a && b);
  b.open = 1;
  const second = compiled({ services: one }, first);
  assert.deepEqual([a.isRemoved, b.isRemoved], [false, true]);
  assert.deepEqual([a.drain, b.drain], [undefined, 5_000]);
  assert.deepEqual(second.table.removed, [b]);
  const third = compiled({ services: one }, second);
  assert.deepEqual(third.table.removed, [b]);
  const back = compiled({ services: both }, third);
  assert.deepEqual(turns(back, 2).includes(b), true);
  assert.equal(b.isRemoved, false);
  assert.deepEqual(back.table.removed, []);
  const gone = compiled({ services: [] }, back);
  assert.deepEqual(gone.table.removed, [b]);
  b.open = 0;
  assert.deepEqual(compiled({ services: [] }, gone).table.removed, []);
});

test('whoever chooses late does not get a server that was removed meanwhile', () => {
  const before = compiled({ services: [service('s@docker', ['c1 a:1', 'c2 b:1'])] });
  compiled({ services: [service('s@docker', ['c1 a:1'])] }, before);
  assert.deepEqual(hosts(before, 3), ['a', 'a', 'a']);
  compiled({ services: [] }, before);
  assert.equal(before.table.of('tcp').plain[0]?.service?.whyNone(), 'none');
});

test('servers of an owner that is about to end come last', () => {
  const [all] = [service('s@docker', ['c1 a:1', 'c2 b:1'])];
  const leaving = (...names: readonly string[]) => ({
    ...all,
    servers: all.servers.map((each) => ({
      ...each,
      owner: { ...each.owner, isLeaving: names.includes(each.owner.name) },
    })),
  });
  assert.deepEqual(hosts(compiled({ services: [leaving('c1')] }), 3), ['b', 'b', 'b']);
  assert.deepEqual(new Set(hosts(compiled({ services: [leaving('c1', 'c2')] }), 2)).size, 2);
});

for (const [strategy, expected] of [
  ['wrr', 'a b c a b c'],
  ['leastconn', 'a b c c b a'],
  ['hrw', 'c c c c c c'],
  ['iphash', 'c c c c c c'],
] as const) {
  test(`${strategy} chooses ${expected} for one client`, () => {
    const result = compiled({
      services: [service('s@docker', ['a:1', 'b:1', 'c:1'], { strategy })],
    });
    const chosen = result.table.of('tcp').plain[0]?.service;
    const found = Array.from({ length: 6 }, () => {
      const { server } = chosen?.pick([], '192.0.2.1', 0) ?? assert.fail('nobody');
      server.open += 1;
      return server.host;
    });
    assert.equal(found.join(' '), expected);
    assert.deepEqual(codes(result), []);
  });
}

test('what is written about a server decides whether it is chosen', () => {
  const base = service('s@docker', ['a:1', 'b:1', 'c:1', 'd:1']);
  const settings = [{ maxConnections: 1 }, { weight: 0 }, { backup: true }, { weight: 2 }];
  const result = compiled({
    services: [
      {
        ...base,
        servers: base.servers.map((each, i) => ({
          ...each,
          server: { ...each.server, ...settings[i] },
        })),
      },
    ],
  });
  const chosen = result.table.of('tcp').plain[0]?.service;
  const first = chosen?.pick([], '', 0);
  assert.equal(first?.host, 'd');
  const second = chosen?.pick([], '', 0);
  assert.equal(second?.host, 'a');
  second.server.open = 1;
  assert.deepEqual(hosts(result, 2), ['d', 'd']);
  assert.equal(chosen?.pick([first], '', 0)?.host, 'c');
});

test('services with a check are named, with the servers that they use', () => {
  const result = compiled({
    services: [
      service('s@docker', ['a:1', 'bad', 'b:1'], { healthCheck: { port: 8080 } }),
      service('idle@docker', ['c:1'], { healthCheck: {} }),
      service('unchecked@docker', ['d:1']),
    ],
  });
  assert.deepEqual(
    result.table.checked.map(({ name, check, members }) => [
      name,
      check.port,
      members.map(({ host }) => host),
    ]),
    [
      ['idle@docker', undefined, ['c']],
      ['s@docker', 8080, ['a', 'b']],
    ],
  );
});

test('what checks found counts as long as their settings are equal', () => {
  const of = (healthCheck: HealthCheckConfig, extra: Extra = {}, addresses = ['a:1', 'b:1']) => ({
    services: [service('s@docker', addresses, { healthCheck }, extra)],
  });
  const status = (result: Compiled) =>
    [...(result.runtime.services.get('s@docker')?.serverStatus?.().values() ?? [])].join(' ');
  const first = compiled(of({ interval: 1_000 }));
  for (const { server } of first.table.checked[0]?.members ?? []) server.health.checked(false);
  assert.equal(status(first), 'DOWN DOWN');
  const second = compiled(of({ interval: 1_000 }, {}, ['c:1', 'b:1']), first);
  assert.equal(status(second), 'UP DOWN');
  assert.equal(second.table.checked[0]?.check, first.table.checked[0]?.check);
  const diagnostics = [
    { code: 'bad-value', severity: 'error', at: label('x'), message: 'x' },
  ] as const;
  const broken = compiled(of({}, { diagnostics }), second);
  assert.deepEqual(broken.table.checked, []);
  const third = compiled(of({ interval: 1_000 }, {}, ['c:1', 'b:1']), broken);
  assert.equal(status(third), 'UP DOWN');
  assert.equal(status(compiled(of({ interval: 2_000 }, {}, ['c:1', 'b:1']), third)), 'UP UP');
});

test('what is the default anyway gives no warning', () => {
  const result = compiled({ services: [service('s@docker', ['a:1'], { strategy: 'wrr' })] });
  assert.deepEqual(codes(result), []);
});

test('servers have a status once a router gets as far as them', () => {
  const services = [service('s@docker', ['a:1']), service('idle@docker', ['b:1'])];
  const { runtime } = compiled({ services });
  const [used, idle] = [runtime.services.get('s@docker'), runtime.services.get('idle@docker')];
  assert.deepEqual(used?.usedBy, ['r@docker']);
  assert.deepEqual(used.serverStatus?.(), new Map([['a:1', 'UP']] as const));
  assert.deepEqual(idle?.usedBy, []);
  assert.equal(idle.serverStatus, undefined);
});
