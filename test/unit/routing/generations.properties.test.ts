import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { RouterConfig, ServiceConfig } from '../../../src/config/model.js';
import type { MergedConfig } from '../../../src/config/merged.js';
import type { Part, Snapshot } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { compile, type Compiled } from '../../../src/routing/compile.js';
import type { Member, Service } from '../../../src/routing/service.js';
import type { Route } from '../../../src/routing/table.js';
import { issue } from '../../support/certificates.js';
import { compileOptions } from '../../support/compile-options.js';
import { MemoryFiles } from '../../support/materials.js';
import { part, type Ownership, type Written } from '../../support/parts.js';

// The whole way from snapshots to the table, change by change, held against what is made from nothing.

const PROVIDERS = ['docker', 'file', 'consulcatalog'] as const;
const options = compileOptions();
const plain = { noNullPrototype: true } as const;
const name = fc.constantFrom('a', 'b', 'c', 'default');
const reference = fc.constantFrom(
  'a',
  'b',
  'c',
  'default',
  'a@docker',
  'b@file',
  'c@consulcatalog',
);
const named = <T>(value: fc.Arbitrary<T>) => fc.dictionary(name, value, { ...plain, maxKeys: 2 });

const NAMES = ['a.io', 'b.io', '*.io'] as const;
const issued = new Map(NAMES.map((dns) => [dns, issue({ name: dns, dns: [dns] })]));
const FILES = ['x', 'y'] as const;
/** Whose certificate is in each of the files. */
const contents = fc.array(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 2 });
const pair = (of: string) => ({ certFile: `${of}.crt`, keyFile: `${of}.key` });
const pairs = fc.constantFrom(...FILES.map(pair));

function filesOf(held: readonly (typeof NAMES)[number][]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    FILES.flatMap((file, n) => {
      const { chain = '', key = '' } = issued.get(held[n] ?? 'a.io') ?? {};
      return [
        [`${file}.crt`, chain],
        [`${file}.key`, key],
      ];
    }),
  );
}

const router: fc.Arbitrary<RouterConfig> = fc
  .tuple(
    fc.record({
      rule: fc.constantFrom(
        'HostSNI(`*`)',
        'HostSNI(`a.io`)',
        'HostSNI(`b.io`) || HostSNI(`*.io`)',
        'HostSNI(`a.io`) && ClientIP(`10.0.0.0/8`)',
        'HostSNI(`a.io`, `c.io`)',
        'Host(`a`)',
      ),
      service: reference,
      priority: fc.constantFrom(0n, 5n),
      entryPoints: fc.constantFrom([], ['tcp'], ['alt', 'tcp'], ['traefik']),
      middlewares: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(reference, { maxLength: 2 }) },
      ),
    }),
    fc.constantFrom<Pick<RouterConfig, 'tls'>[]>(
      {},
      { tls: {} },
      { tls: { passthrough: true } },
      { tls: { options: 'a' } },
      { tls: { options: 'default' } },
      { tls: { options: 'b@file' } },
    ),
  )
  .map(([config, tls]) => ({ ...config, ...tls }));

const service: fc.Arbitrary<ServiceConfig> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record(
        {
          serversTransport: fc.constantFrom('', 'a', 'b', 'a@file', 'default@internal'),
          healthCheck: fc.constantFrom({}, { interval: 1_000 }),
          servers: fc.subarray([
            { address: '192.0.2.1:1' },
            { address: '192.0.2.2:2', tls: true },
            { address: 'nothing' },
          ]),
        },
        { ...plain, requiredKeys: ['servers'] },
      )
      .map((loadBalancer) => ({ loadBalancer })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.record({ name: reference, weight: fc.constantFrom(0, 1, 2) }), { maxLength: 3 })
      .map((services) => ({ weighted: { services } })),
  },
);

const written: fc.Arbitrary<Written> = fc.record(
  {
    routers: named(router),
    services: named(service),
    middlewares: named(
      fc.constantFrom(
        { ipAllowList: { sourceRange: ['10.0.0.0/8'] } },
        { ipDenyList: { sourceRange: ['10.0.0.0/8'] } },
        { ipAllowList: { sourceRange: ['10.0.0'] } },
        { inFlightConn: { amount: 1n } },
      ),
    ),
    serversTransports: named(
      fc.oneof(
        fc.constantFrom({ dialTimeout: 1 }, { tls: {} }),
        fc.constantFrom(...FILES).map((file) => ({ tls: { rootCAs: [`${file}.crt`] } })),
      ),
    ),
    tlsOptions: named(
      fc.oneof(
        fc.constantFrom({}, { minVersion: 'VersionTLS13' }, { sniStrict: true }),
        fc.constantFrom(...FILES).map((file) => ({
          clientAuth: { caFiles: [`${file}.crt`], clientAuthType: 'RequireAndVerifyClientCert' },
        })),
      ),
    ),
    tlsStores: named(pairs.map((defaultCertificate) => ({ defaultCertificate }))),
    tlsCertificates: fc.array(pairs, { maxLength: 2 }),
  },
  { ...plain, requiredKeys: ['routers', 'services'] },
);

const ownership: fc.Arbitrary<Ownership> = fc.record({
  since: fc.integer({ min: 0, max: 3 }),
  broken: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.subarray(['router a', 'service a', 'middleware a', 'tlsOptions b']),
    },
  ),
});

/** All that one owner says, or that he is not there any more. */
const step = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  owner: fc.nat(4),
  says: fc.option(fc.tuple(written, ownership), { freq: 4 }),
});

const change = fc.oneof(
  { weight: 6, arbitrary: step.map((one) => ({ ...one, kind: 'part' as const })) },
  {
    weight: 1,
    arbitrary: contents.map((held) => ({ kind: 'files' as const, held })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...PROVIDERS)
      .map((provider) => ({ kind: 'lost' as const, provider })),
  },
);

/** All that a service would pick, whatever the turns are. */
function membersOf(of: Service | undefined): readonly unknown[] {
  const tried: Member[] = [];
  for (let next = of?.pick(tried, '', 0); next; next = of?.pick(tried, '', 0)) tried.push(next);
  return tried
    .map(({ service: by, server, transport, tls, limits }) =>
      JSON.stringify([by, server.address, server.isRemoved, transport, tls !== undefined, limits]),
    )
    .toSorted();
}

const routeSeen = (route: Route | undefined) =>
  route && [
    route.name,
    route.priority,
    membersOf(route.service),
    route.middlewares.map((middleware) => [middleware.name, middleware.constructor.name]),
    route.hosts,
    typeof route.tls === 'object'
      ? [
          route.tls.clientCertificate,
          ...['a.io', 'z.io', 'other'].map((host) => certificateFor(route.tls, host)),
        ]
      : route.tls,
  ];

function certificateFor(tls: Route['tls'], host: string): unknown {
  if (typeof tls !== 'object') return undefined;
  try {
    return tls.serverFor(host, '192.0.2.9') !== undefined;
  } catch {
    return 'self-signed';
  }
}

/** Everything that can be seen of a generation, without identities. */
function seen({ table, runtime, diagnostics, certificates, inFlight }: Compiled) {
  return {
    routes: options.entryPoints.map(({ name: of }) => {
      const { plain: clear, tls, matchTls, asksForCertificates } = table.of(of);
      const asked = ['a.io', 'b.io', 'c.io', 'z.io', 'other', undefined].flatMap((serverName) =>
        ['10.0.0.1', '192.0.2.1'].map((remoteAddress) => {
          const facts = { remoteAddress, serverName, alpn: [] };
          const found = matchTls(facts);
          assert.equal(
            found,
            tls.find((route) => route.matches(facts)),
          );
          return found?.name;
        }),
      );
      return [of, clear.map(routeSeen), tls.map(routeSeen), asked, asksForCertificates];
    }),
    checked: table.checked.map(({ name: of, members, check, tls }) => [
      of,
      check.written,
      members.map(({ server }) => server.address),
      tls !== undefined,
    ]),
    routers: [...runtime.routers],
    services: Array.from(runtime.services, ([of, { serverStatus, ...view }]) => [
      of,
      view,
      serverStatus?.(),
    ]),
    middlewares: [...runtime.middlewares],
    serversTransports: [...runtime.serversTransports],
    tlsOptions: [...runtime.tlsOptions],
    diagnostics,
    certificates: certificates.map(({ id }) => id),
    // One that is broken, or another kind of middleware, by now goes on counting what is open.
    inFlight: [...inFlight.keys()].filter((of) => {
      const { merged, status } = runtime.middlewares.get(of) ?? {};
      return merged?.config.inFlightConn && status === 'enabled';
    }),
  };
}

test('from snapshot to table, change by change, as from nothing', () => {
  fc.assert(
    fc.property(contents, fc.array(change, { minLength: 1, maxLength: 25 }), (start, changes) => {
      let files = new MemoryFiles(filesOf(start));
      const parts = new Map<string, Map<number, Part>>();
      const snapshots = new Map<string, Snapshot>();
      let merged: MergedConfig | undefined;
      let compiled: Compiled | undefined;
      for (const one of changes) {
        if (one.kind === 'files') files = files.next(filesOf(one.held));
        else if (one.kind === 'lost') {
          parts.delete(one.provider);
          snapshots.delete(one.provider);
        } else {
          const own = parts.get(one.provider) ?? new Map<number, Part>();
          parts.set(one.provider, own);
          const [says, by] = one.says ?? [];
          const kind = one.provider === 'file' ? 'file' : 'container';
          if (says === undefined) own.delete(one.owner);
          else
            own.set(one.owner, part(`c${one.owner}`, says, { ...by, id: `id${one.owner}`, kind }));
          snapshots.set(one.provider, { parts: [...own.values()], diagnostics: [] });
        }
        const pending = new Set(PROVIDERS.filter((provider) => !snapshots.has(provider)));
        merged = merge(snapshots, pending, merged);
        const anew = merge(snapshots, pending);
        assert.deepEqual(ordered(merged), ordered(anew));
        compiled = compile(merged, options, compiled, files);
        assert.deepEqual(seen(compiled), seen(compile(anew, options, undefined, files)));
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 100) },
  );
});

/** Maps keep their order in it, which deepEqual does not look at. */
const ordered = ({ diagnostics, tlsCertificates, pending, ...sections }: MergedConfig) => ({
  diagnostics,
  tlsCertificates,
  pending,
  sections: Object.values(sections).map((section: ReadonlyMap<string, unknown>) => [...section]),
});
