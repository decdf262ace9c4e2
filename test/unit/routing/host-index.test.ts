import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { atOnce } from '../../../src/async/slices.js';
import { NameMap } from '../../../src/config/name-map.js';
import { compile } from '../../../src/routing/compile.js';
import { HostIndex } from '../../../src/routing/host-index.js';
import type { RankedRoute } from '../../../src/routing/rank.js';
import { match } from '../../../src/routing/table.js';
import { compileOptions } from '../../support/compile-options.js';
import { mergedConfig, router, service } from '../../support/merged.js';

const matcher = fc.constantFrom(
  ...['HostSNI(`a.io`)', 'HostSNI(`A.io.`)', 'HostSNI(`b.a.io`)', 'HostSNI(`*.a.io`)'],
  ...['HostSNI(`*.io`)', 'HostSNI(`*`)', 'HostSNIRegexp(`^[ab]\\.`)', 'ClientIP(`10.0.0.0/8`)'],
  ...['ALPN(`h2`)', 'HostSNI(`io`)'],
);

const { rule } = fc.letrec<{ rule: string }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: matcher },
    tie('rule').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('rule'), fc.constantFrom('&&', '||'), tie('rule'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
  ),
}));

const routers = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map((name) => `${name}@docker`),
    rule,
    priority: fc.constantFrom(0n, 0n, 5n),
    ruleSyntax: fc.constantFrom('', '', 'v2'),
    tls: fc.constantFrom({}, { tls: {} }, { tls: { passthrough: true } }),
  })
  .map(({ name, tls, ...config }) => router(name, { ...config, ...tls, service: 's' }));

const facts = fc.record({
  remoteAddress: fc.constantFrom('10.0.0.1', '192.0.2.1'),
  serverName: fc.constantFrom(undefined, 'a.io', 'a.io.', 'b.a.io', 'c.a.io', 'io', '.io', '', 'x'),
  alpn: fc.constantFrom<string[][]>([], ['h2']),
});

test('the index finds what asking every route in order finds, after any changes', () => {
  const options = compileOptions();
  const services = [service('s@docker', ['10.0.0.1:1'])];
  fc.assert(
    fc.property(fc.array(routers, { minLength: 1, maxLength: 15 }), facts, (all, known) => {
      const start = mergedConfig({ services });
      let compiled = compile(start, options, undefined);
      let there: typeof start.routers = NameMap.of();
      for (const one of all) {
        const isThere = there.has(one.name) && there.size > 3;
        there = there.with([[one.name, isThere ? undefined : one]]);
        compiled = compile({ ...start, routers: there }, options, compiled);
        const routes = compiled.table.of('tcp');
        assert.equal(routes.matchTls(known)?.name, match(routes.tls, known)?.name);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a change of all hosts costs each host its own routes, and not those of the others', () => {
  const count = 500;
  let comparisons = 0;
  const routes = (generation: number) =>
    Array.from({ length: count }, (_, n): RankedRoute => ({
      name: `r${n}@docker`,
      get priority() {
        comparisons += 1;
        return BigInt(generation);
      },
      specificity: 0,
      precedence: 0,
      matches: () => true,
      hosts: [`h${n}`],
      onlyHosts: [`h${n}`],
      tls: 'passthrough',
      service: undefined,
      middlewares: [],
    }));
  const [before, after] = [routes(1), routes(2)];
  const first = atOnce(HostIndex.EMPTY.with(new Set(), before));
  comparisons = 0;
  const second = atOnce(first.with(new Set(before), after));
  assert.ok(comparisons <= count * 10, `${comparisons} for ${count} hosts`);
  const asked = { remoteAddress: '10.0.0.1', serverName: 'h7', alpn: [] };
  assert.equal(second.match(asked), after[7]);
});
