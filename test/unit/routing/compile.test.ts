import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { MiddlewareConfig, RouterConfig } from '../../../src/config/model.js';
import type { MergedConfig } from '../../../src/config/merged.js';
import type { NameMap } from '../../../src/config/name-map.js';
import { compile, type Compiled } from '../../../src/routing/compile.js';
import type { Member, Service } from '../../../src/routing/service.js';
import { compileOptions } from '../../support/compile-options.js';
import {
  merged,
  mergedConfig,
  middleware,
  router,
  service,
  tlsOptions,
  transport,
  type Objects,
} from '../../support/merged.js';

const options = compileOptions();

/** All that a service would pick, whatever the turns are. */
function membersOf(service: Service | undefined): readonly unknown[] {
  const tried: Member[] = [];
  for (let next = service?.pick(tried, '', 0); next; next = service?.pick(tried, '', 0)) {
    tried.push(next);
  }
  return tried
    .map((member) => [member.service, member.host, JSON.stringify(member.transport)].join(' '))
    .toSorted();
}

/** Everything that can be seen of a generation, without identities. */
function seen({ table, runtime, diagnostics }: Compiled) {
  const routes = options.entryPoints.map(({ name }) => {
    const { plain, tls } = table.of(name);
    const shown = (list: typeof plain) =>
      list.map((route) => [
        route.name,
        route.priority,
        route.service?.name,
        membersOf(route.service),
        route.middlewares.map(({ name, denial }) => [name, denial]),
      ]);
    return [name, shown(plain), shown(tls)];
  });
  const services = new Map<string, unknown>();
  for (const [name, { serverStatus, ...view }] of runtime.services) {
    services.set(name, { ...view, servers: serverStatus?.() });
  }
  return {
    routes,
    routers: [...runtime.routers],
    services,
    middlewares: [...runtime.middlewares],
    tlsOptions: [...runtime.tlsOptions],
    diagnostics,
  };
}

const names = fc.constantFrom('a', 'b', 'ab', 'c');
const providers = fc.constantFrom('docker', 'file', 'consulcatalog');
const qualified = fc.tuple(names, providers).map((parts) => parts.join('@'));
const reference = fc.oneof(names, qualified);
const rule = fc.constantFrom(
  'HostSNI(`*`)',
  'ClientIP(`10.0.0.0/8`)',
  'HostSNI(`a.io`)',
  'HostSNI(`*.io`)',
  'Host(`a`)',
  'ALPN(``)',
);
const entryPoints = fc.subarray(['tcp', 'alt', 'tcq']);

/** Makes one object for equal contents, as the merge does. */
function once<In, Out>(make: (input: In) => Out): (input: In) => Out {
  const made = new Map<string, Out>();
  return (input) => {
    const key = JSON.stringify(input, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const object = made.get(key) ?? make(input);
    made.set(key, object);
    return object;
  };
}

const routers = fc
  .record({
    name: qualified,
    config: fc.record({
      rule,
      service: reference,
      entryPoints,
      priority: fc.constantFrom(0n, 5n),
      middlewares: fc.constantFrom([], ['a'], ['b', 'b']),
    }),
    tls: fc.constantFrom<Pick<RouterConfig, 'tls'>[]>(
      {},
      { tls: {} },
      { tls: { passthrough: true } },
      { tls: { options: 'a' } },
      { tls: { options: 'b@docker' } },
    ),
  })
  .map(once(({ name, config, tls }) => router(name, { ...config, ...tls })));
const weightedServices = fc
  .record({
    name: qualified,
    parts: fc.array(fc.record({ name: reference, weight: fc.constantFrom(0, 1, 2) }), {
      maxLength: 3,
    }),
    check: fc.constantFrom({}, { healthCheck: {} }),
  })
  .map(
    once(({ name, parts, check }) => ({
      ...merged(name, { weighted: { services: parts, ...check } }),
      servers: [],
    })),
  );
const services = fc
  .record({
    name: qualified,
    servers: fc.subarray(['10.0.0.1:1', '10.0.0.2:1', 'bad']),
    config: fc.oneof(fc.constant({}), fc.record({ serversTransport: reference })),
  })
  .map(once(({ name, servers, config }) => service(name, servers, config)));
const transports = fc
  .record({
    name: qualified,
    config: fc.constantFrom({}, { dialTimeout: 1 }, { dialTimeout: 1, tls: {} }),
  })
  .map(once(({ name, config }) => transport(name, config)));
const middlewares = fc
  .record({
    name: qualified,
    config: fc.constantFrom<MiddlewareConfig>(
      {},
      { inFlightConn: { amount: 2n } },
      { ipDenyList: { sourceRange: ['10.0.0.0/8'] } },
      { ipDenyList: { sourceRange: ['nonsense'] } },
    ),
  })
  .map(once(({ name, config }) => middleware(name, config)));

const tlsSets = fc
  .record({
    name: fc.constantFrom('default', 'a@file', 'a@docker', 'b@docker'),
    config: fc.constantFrom({}, { minVersion: 'VersionTLS13' }, { minVersion: 'nonsense' }),
  })
  .map(once(({ name, config }) => tlsOptions(name, config)));

const unique = <T extends { readonly name: string }>(one: fc.Arbitrary<T>) =>
  fc.uniqueArray(one, { selector: ({ name }) => name, maxLength: 8 });

const objects: fc.Arbitrary<Objects> = fc.record({
  routers: unique(routers),
  services: unique(fc.oneof(services, weightedServices)),
  middlewares: unique(middlewares),
  transports: unique(transports),
  tlsOptions: unique(tlsSets),
  pending: fc.subarray(['file', 'consulcatalog']),
});

test('a generation made from the one before is the same as one made from nothing', () => {
  fc.assert(
    fc.property(fc.array(objects, { minLength: 2, maxLength: 6 }), (generations) => {
      let previous: Compiled | undefined;
      for (const generation of generations) {
        const merged = mergedConfig(generation);
        previous = compile(merged, options, previous);
        assert.deepEqual(seen(previous), seen(compile(merged, options, undefined)));
      }
    }),
    { numRuns: 300 },
  );
});

/** One object is written, written otherwise, or taken away. */
const edits = fc.oneof(
  fc.record({ section: fc.constant('routers' as const), object: routers }),
  fc.record({
    section: fc.constant('services' as const),
    object: fc.oneof(services, weightedServices),
  }),
  fc.record({ section: fc.constant('middlewares' as const), object: middlewares }),
  fc.record({ section: fc.constant('serversTransports' as const), object: transports }),
  fc.record({ section: fc.constant('tlsOptions' as const), object: tlsSets }),
);

test('generations that share most with the one before are the same as made from nothing', () => {
  fc.assert(
    fc.property(objects, fc.array(edits, { maxLength: 12 }), (start, all) => {
      let config = mergedConfig(start);
      let previous = compile(config, options, undefined);
      for (const { section, object } of all) {
        const there = config[section] as NameMap<unknown>;
        const isThere = there.get(object.name) === object;
        const changed = there.with([[object.name, isThere ? undefined : object]]);
        config = { ...config, [section]: changed };
        previous = compile(config, options, previous);
        assert.deepEqual(seen(previous), seen(compile(config, options, undefined)));
      }
    }),
    { numRuns: 300 },
  );
});

const shuffled = (objects: Objects): fc.Arbitrary<MergedConfig> => {
  const any = <T>(list: readonly T[] = []) =>
    fc.shuffledSubarray([...list], { minLength: list.length });
  return fc
    .record({
      routers: any(objects.routers),
      services: any(objects.services),
      middlewares: any(objects.middlewares),
      transports: any(objects.transports),
    })
    .map((parts) => mergedConfig({ ...objects, ...parts }));
};

test('the order of the input makes no difference', () => {
  const pairs = objects.chain((all) => fc.tuple(fc.constant(mergedConfig(all)), shuffled(all)));
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      assert.deepEqual(
        seen(compile(one, options, undefined)),
        seen(compile(other, options, undefined)),
      );
    }),
    { numRuns: 300 },
  );
});

const three = ['a', 'b', 'c'].map((name) => ({
  router: router(`${name}@docker`, { rule: 'HostSNI(`*`)', service: name }),
  service: service(`${name}@docker`, ['10.0.0.1:1']),
}));

test('what did not change is taken over as the same object', () => {
  const of = (list: typeof three) =>
    mergedConfig({
      routers: list.map((one) => one.router),
      services: list.map((one) => one.service),
    });
  const before = compile(of(three), options, undefined);
  const changed = service('b@docker', ['10.0.0.9:1']);
  const after = compile(
    of(three.map((one) => (one.service.name === 'b@docker' ? { ...one, service: changed } : one))),
    options,
    before,
  );
  const kept = (name: string) =>
    before.runtime.routers.get(name) === after.runtime.routers.get(name) &&
    before.runtime.services.get(name) === after.runtime.services.get(name);
  assert.deepEqual(['a@docker', 'b@docker', 'c@docker'].map(kept), [true, false, true]);
  const routesOf = ({ table }: Compiled) => table.of('tcp').plain;
  assert.deepEqual(
    routesOf(after).map((route, i) => route === routesOf(before)[i]),
    [true, false, true],
  );
});

test('with nothing changed even the lists of routes are the same', () => {
  const merged = mergedConfig({
    routers: three.map((one) => one.router),
    services: three.map((one) => one.service),
  });
  const before = compile(merged, options, undefined);
  const after = compile(merged, options, before);
  assert.equal(after.table.of('tcp').plain, before.table.of('tcp').plain);
});

test('other options make everything anew and keep the state of servers', () => {
  const merged = mergedConfig({
    routers: three.map((one) => one.router),
    services: three.map((one) => one.service),
  });
  const before = compile(merged, options, undefined);
  const other = {
    ...options,
    defaultTransport: { ...options.defaultTransport, terminationDelay: 5 },
  };
  const after = compile(merged, other, before);
  const [old, young] = [before, after].map(({ table }) =>
    table.of('tcp').plain[0]?.service?.pick([], '', 0),
  );
  assert.deepEqual([old?.transport.terminationDelay, young?.transport.terminationDelay], [100, 5]);
  assert.equal(old?.server, young?.server);
});

test('an old table is garbage once nobody holds it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let compiled: Compiled | undefined;
  const old: WeakRef<object>[] = [];
  for (let i = 0; i < 5; i += 1) {
    const changing = service('a@docker', [`10.0.0.${i}:1`]);
    compiled = compile(
      mergedConfig({ routers: three.map((one) => one.router), services: [changing] }),
      options,
      compiled,
    );
    const [route] = compiled.table.of('tcp').plain;
    old.push(
      new WeakRef(compiled.table),
      new WeakRef(compiled),
      new WeakRef(route ?? {}),
      new WeakRef(changing),
    );
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const alive = old.slice(0, -4).filter((ref) => ref.deref() !== undefined);
  assert.equal(alive.length, 0);
  assert.ok(compiled?.table.of('tcp').plain[0]);
});

test('what leads nowhere stays as it was while the nearest names are the same', () => {
  const config = mergedConfig({
    routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 'dbb', entryPoints: ['tcp'] })],
    services: [service('db@docker', ['192.0.2.1:1'])],
  });
  const before = compile(config, options, undefined);
  const routeOf = ({ table }: Compiled) => table.of('tcp').plain[0];
  assert.deepEqual(before.diagnostics[0]?.suggestions, ['db']);

  const moved = [['db@docker', service('db@docker', ['192.0.2.2:2'])]] as const;
  const same = compile({ ...config, services: config.services.with(moved) }, options, before);
  assert.equal(routeOf(same), routeOf(before));

  const more = [['dbb@file', service('dbb@file', ['192.0.2.2:2'])]] as const;
  const now = compile({ ...config, services: config.services.with(more) }, options, same);
  assert.notEqual(routeOf(now), routeOf(before));
});
