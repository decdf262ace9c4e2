import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { MergedConfig } from '../../../src/config/merged.js';
import { isBroken } from '../../../src/config/model.js';
import type { Part, Snapshot } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { part, type Ownership, type Written } from '../../support/parts.js';

// Few names and few values, so that nearly everything conflicts with something.
const name = fc.constantFrom('a', 'b', 'c');
const plain = { noNullPrototype: true } as const;
const small = <T>(value: fc.Arbitrary<T>) => fc.dictionary(name, value, { ...plain, maxKeys: 2 });

const router = fc.record(
  {
    rule: fc.constantFrom('HostSNI(`*`)', 'ClientIP(`10.0.0.1`)'),
    service: fc.constantFrom('a', 'b', 'a@docker', 'c@file'),
    middlewares: fc.constantFrom([], ['a'], ['b']),
  },
  plain,
);

const loadBalancer = fc.record(
  {
    strategy: fc.constantFrom('wrr' as const, 'hrw' as const),
    serversTransport: fc.constantFrom('', 'a', 'b'),
    servers: fc.subarray([{ address: '1:1' }, { address: '2:2' }, { address: '3:3' }]),
  },
  plain,
);

const written: fc.Arbitrary<Written> = fc.record({
  routers: small(router),
  services: small(loadBalancer.map((of) => ({ loadBalancer: of }))),
  middlewares: small(
    fc.constantFrom(
      { ipAllowList: { sourceRange: ['10.0.0.0/8'] } },
      { ipAllowList: { sourceRange: ['0.0.0.0/0'] } },
    ),
  ),
  serversTransports: small(fc.constantFrom({ dialTimeout: 1 }, { dialTimeout: 2 })),
});

const ownership: fc.Arbitrary<Ownership> = fc.record({
  since: fc.integer({ min: 0, max: 3 }),
  broken: fc.subarray(['router a', 'service a', 'middleware a', 'serversTransport b']),
});

const parts: fc.Arbitrary<readonly Part[]> = fc
  .array(fc.tuple(written, ownership), { maxLength: 6 })
  .map((all) => all.map(([says, by], n) => part(`c${n}`, says, { ...by, id: `id${n}` })));

const providers = fc.record({ docker: parts, file: parts, consulcatalog: parts });

const NOBODY = new Set<string>();

const merged = (all: ReadonlyMap<string, Snapshot>, previous?: MergedConfig) =>
  merge(all, NOBODY, previous);

const snapshotsOf = (all: Readonly<Record<string, readonly Part[]>>) =>
  new Map(Object.entries(all).map(([provider, of]) => [provider, { parts: of, diagnostics: [] }]));

/** Maps keep their order in it, which deepEqual does not look at. */
const ordered = (config: MergedConfig) => ({
  ...config,
  routers: [...config.routers],
  services: [...config.services],
  middlewares: [...config.middlewares],
  serversTransports: [...config.serversTransports],
});

test('the order of parts and providers is of no consequence', () => {
  fc.assert(
    fc.property(providers, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (all, places) => {
      const shuffled = (of: readonly Part[]) =>
        of
          .map((one, index) => ({ one, at: places[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
      const turned = {
        file: shuffled(all.file),
        consulcatalog: shuffled(all.consulcatalog),
        docker: shuffled(all.docker),
      };
      assert.deepEqual(ordered(merged(snapshotsOf(turned))), ordered(merged(snapshotsOf(all))));
    }),
  );
});

test('what is made from a previous result is what is made from nothing, and shares what it can', () => {
  fc.assert(
    fc.property(
      providers,
      fc.array(fc.tuple(fc.constantFrom('docker', 'file'), fc.nat(6), written, ownership), {
        maxLength: 8,
      }),
      (start, changes) => {
        let all: Record<string, readonly Part[]> = { ...start };
        let previous = merged(snapshotsOf(all));
        for (const [provider, index, says, by] of changes) {
          // One container stands in a snapshot once.
          const now = part(`c${index}`, says, { ...by, id: `id${index}` });
          const others = (all[provider] ?? []).filter(({ owner }) => owner.name !== now.owner.name);
          const isGone = Object.keys(says.routers ?? {}).length === 0;
          all = { ...all, [provider]: isGone ? others : [...others, now] };
          const next = merged(snapshotsOf(all), previous);
          const anew = merged(snapshotsOf(all));
          assert.deepEqual(ordered(next), ordered(anew));
          for (const section of ['routers', 'services', 'middlewares'] as const) {
            for (const [of, object] of next[section]) {
              const before = previous[section].get(of);
              // The same words are the same object: what hangs on it stays.
              try {
                assert.deepStrictEqual(before, object);
              } catch {
                continue;
              }
              assert.equal(before, object);
            }
          }
          previous = next;
        }
      },
    ),
  );
});

const isUsable = (object: { readonly diagnostics: readonly Diagnostic[] } | undefined) =>
  object !== undefined && !isBroken(object);

const inDocker = (reference: string) =>
  reference.includes('@') ? reference : `${reference}@docker`;

/** What the compiler would serve. */
function inForce(config: MergedConfig) {
  const { routers, services, middlewares, serversTransports } = config;
  const up = new Map(
    [...services].filter(([, service]) => {
      const transport = service.config.loadBalancer?.serversTransport || 'none';
      const isReached =
        transport === 'none' || isUsable(serversTransports.get(inDocker(transport)));
      return isUsable(service) && isReached;
    }),
  );
  const live = [...routers].filter(
    ([, router]) =>
      isUsable(router) &&
      up.has(inDocker(router.config.service ?? '')) &&
      (router.config.middlewares ?? []).every((of) => isUsable(middlewares.get(inDocker(of)))),
  );
  return { routers: new Map(live), services: up };
}

test('nothing that is in force is taken down by a newcomer', () => {
  fc.assert(
    fc.property(parts, written, ownership, (incumbents, says, by) => {
      const newcomer = part('newcomer', says, { ...by, since: 9 });
      const before = inForce(merged(snapshotsOf({ docker: incumbents })));
      const after = inForce(merged(snapshotsOf({ docker: [...incumbents, newcomer] })));
      for (const [of, router] of before.routers) {
        assert.deepEqual(after.routers.get(of)?.config, router.config, of);
      }
      for (const [of, service] of before.services) {
        const settings = ({ config }: typeof service) => ({ ...config.loadBalancer, servers: 0 });
        const now = after.services.get(of);
        assert.ok(now, of);
        assert.deepEqual(settings(now), settings(service));
      }
    }),
    { numRuns: 500 },
  );
});

test('the objects of the result are plain data', () => {
  fc.assert(
    fc.property(providers, (all) => {
      const { routers, services, middlewares, serversTransports } = merged(snapshotsOf(all));
      for (const section of [routers, services, middlewares, serversTransports]) {
        const objects = new Map<string, unknown>(section);
        assert.deepEqual(structuredClone(objects), objects);
      }
    }),
  );
});
