import assert from 'node:assert/strict';
import test from 'node:test';
import type { RouterConfig } from '../../../src/config/model.js';
import { compile } from '../../../src/routing/compile.js';
import { match, type ConnectionFacts } from '../../../src/routing/table.js';
import { compileOptions, entryPoint } from '../../support/compile-options.js';
import { mergedConfig, router, service } from '../../support/merged.js';

const order = (routers: Readonly<Record<string, RouterConfig>>) => {
  const objects = Object.entries(routers).map(([name, config]) =>
    router(name, { service: 's', ...config }),
  );
  const { table } = compile(mergedConfig({ routers: objects }), compileOptions(), undefined);
  const { plain, tls } = table.of('tcp');
  return [...plain, ...tls].map(({ name }) => name);
};

const tls = {};

interface Case {
  readonly name: string;
  readonly routers: Readonly<Record<string, RouterConfig>>;
  readonly order: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'the longer rule first, blanks included, and the catch-all last',
    routers: {
      'any@docker': { rule: 'HostSNI(`*`)' },
      'short@docker': { rule: 'ClientIP(`10.0.0.0/8`)' },
      'blank@docker': { rule: 'ClientIP(`10.0.0.0/8`) ' },
    },
    order: ['blank@docker', 'short@docker', 'any@docker'],
  },
  {
    name: 'a written priority counts before the length, also a negative one',
    routers: {
      'any@docker': { rule: 'HostSNI(`*`)', priority: 1000n },
      'low@docker': { rule: 'HostSNI(`*`)', priority: -5n },
      'long@docker': { rule: 'ClientIP(`10.0.0.0/8`)' },
    },
    order: ['any@docker', 'long@docker', 'low@docker'],
  },
  {
    name: 'priorities beyond 2^53 are told apart',
    routers: {
      'a@docker': { rule: 'HostSNI(`*`)', priority: 9_223_372_036_854_774_806n },
      'b@docker': { rule: 'HostSNI(`*`)', priority: 9_223_372_036_854_774_807n },
    },
    order: ['b@docker', 'a@docker'],
  },
  {
    name: 'at equal priority an exact host, then a wildcard, then a pattern, then the rest',
    routers: {
      'any@docker': { rule: 'HostSNI(`*`)', tls, priority: 5n },
      'pattern@docker': { rule: 'HostSNIRegexp(`a`)', tls, priority: 5n },
      'wildcard@docker': { rule: 'HostSNI(`*.w.io`)', tls, priority: 5n },
      'exact@docker': { rule: 'HostSNI(`a.w.io`)', tls, priority: 5n },
    },
    order: ['exact@docker', 'wildcard@docker', 'pattern@docker', 'any@docker'],
  },
  {
    name: 'an exact host and a wildcard of the same length tie, and the exact one wins',
    routers: {
      'e@docker': { rule: 'HostSNI(`a.w.test`)', tls },
      'a@docker': { rule: 'HostSNI(`*.w.test`)', tls },
    },
    order: ['e@docker', 'a@docker'],
  },
  {
    name: 'then the order of the providers, the unlisted last, then the name',
    routers: {
      'a@swarm': { rule: 'HostSNI(`*`)' },
      'a@consulcatalog': { rule: 'HostSNI(`*`)' },
      'a@file': { rule: 'HostSNI(`*`)' },
      'b@docker': { rule: 'HostSNI(`*`)' },
      'a@docker': { rule: 'HostSNI(`*`)' },
      'a@docker-nas': { rule: 'HostSNI(`*`)' },
    },
    order: ['a@docker', 'a@docker-nas', 'b@docker', 'a@file', 'a@consulcatalog', 'a@swarm'],
  },
];

for (const { name, routers, order: expected } of CASES) {
  test(name, () => {
    assert.deepEqual(order(routers), expected);
    assert.deepEqual(order(Object.fromEntries(Object.entries(routers).reverse())), expected);
  });
}

const ANY = 'HostSNI(`*`)';

test('a route is on its entry points and on no other', () => {
  const { table } = compile(
    mergedConfig({
      routers: [
        router('everywhere@docker', { rule: ANY, service: 's' }),
        router('alt@docker', { rule: ANY, service: 's', entryPoints: ['alt', 'traefik'] }),
      ],
    }),
    compileOptions({ builtIn: new Set() }),
    undefined,
  );
  const names = (entryPoint: string) => table.of(entryPoint).plain.map(({ name }) => name);
  assert.deepEqual(names('tcp'), ['everywhere@docker']);
  assert.deepEqual(names('alt'), ['alt@docker', 'everywhere@docker']);
  assert.deepEqual(names('traefik'), ['alt@docker']);
  assert.deepEqual(names('nowhere'), []);
});

test('the first route that matches takes the connection', () => {
  const { table } = compile(
    mergedConfig({
      routers: [
        router('any@docker', { rule: ANY, service: 's' }),
        router('some@docker', { rule: 'ClientIP(`10.0.0.0/8`)', service: 's' }),
      ],
    }),
    compileOptions(),
    undefined,
  );
  const taker = (remoteAddress: string) => {
    const facts: ConnectionFacts = { remoteAddress, serverName: undefined, alpn: [] };
    return match(table.of('tcp').plain, facts)?.name;
  };
  assert.equal(taker('10.1.2.3'), 'some@docker');
  assert.equal(taker('11.1.2.3'), 'any@docker');
});

const findings = (
  routers: Readonly<Record<string, RouterConfig>>,
  options = compileOptions(),
): readonly string[] => {
  const objects = Object.entries(routers).map(([name, config]) =>
    router(name, { service: 's', ...config }),
  );
  const services = [service('s@docker', ['10.0.0.1:1'])];
  return compile(mergedConfig({ routers: objects, services }), options, undefined)
    .diagnostics.filter(({ code }) => code === 'guessed')
    .map(({ severity, object }) => `${severity} on ${object?.kind ?? ''} ${object?.name ?? ''}`);
};

test('plain routers beside TLS routers are warned of once for each entry point', () => {
  const routers = {
    'a@docker': { rule: ANY },
    'b@docker': { rule: ANY },
    'c@docker': { rule: 'HostSNI(`a`)', tls: {}, entryPoints: ['tcp'] },
  };
  assert.deepEqual(findings(routers), ['warning on entryPoint tcp']);
});

test('a plain router that is disabled is no reason to warn', () => {
  const routers = {
    'a@docker': { rule: 'HostSNI(`a`)' },
    'b@docker': { rule: 'HostSNI(`b`)', tls },
  };
  assert.deepEqual(findings(routers), []);
});

test('a catch-all where API and ping answer is warned of', () => {
  const onTraefik = (rule: string) => ({ 'a@docker': { rule, entryPoints: ['traefik'] } });
  assert.deepEqual(findings(onTraefik(ANY)), ['warning on router a@docker']);
  assert.deepEqual(findings(onTraefik('ClientIP(`::1`)')), []);
  assert.deepEqual(findings(onTraefik(ANY), compileOptions({ builtIn: new Set() })), []);
});

test('a router that names UDP only is nowhere', () => {
  const options = compileOptions({ entryPoints: [entryPoint('dns', { protocol: 'udp' })] });
  const { table } = compile(
    mergedConfig({
      routers: [router('r@docker', { rule: ANY, service: 's', entryPoints: ['dns'] })],
    }),
    options,
    undefined,
  );
  assert.deepEqual(table.of('dns').plain, []);
});
