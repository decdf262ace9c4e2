import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic, Place } from '../../../src/config/diagnostic.js';
import type { RouterConfig } from '../../../src/config/model.js';
import { compile } from '../../../src/routing/compile.js';
import type { Status } from '../../../src/routing/runtime.js';
import { compileOptions, entryPoint } from '../../support/compile-options.js';
import {
  label,
  mergedConfig,
  middleware,
  router,
  service,
  transport,
  type Objects,
} from '../../support/merged.js';

const ANY = 'HostSNI(`*`)';

const FIELDS = ['rule', 'ruleSyntax', 'service', 'entryPoints', 'middlewares', 'priority', 'tls'];

/** As if each field were a label of its own name. */
const places = (config: RouterConfig, more: readonly string[] = []) =>
  Object.fromEntries(
    FIELDS.filter((field) => field in config || more.includes(field)).map((field) => [
      field,
      label(field),
    ]),
  );

const error = (key: string): Diagnostic => ({
  code: 'bad-value',
  severity: 'error',
  at: label(key),
  message: 'x',
});

const whereOf = (at: Place) => {
  if (at.kind !== 'label') return at.kind;
  return `${at.key}${at.offset === undefined ? '' : `+${at.offset}`}`;
};

interface Case {
  readonly name: string;
  readonly config: RouterConfig;
  /** What the decoder found, and fields that it could not read. */
  readonly found?: readonly Diagnostic[];
  readonly unread?: readonly string[];
  readonly objects?: Objects;
  readonly status?: Status;
  /** `code at place`, errors first marked with `!`, warnings with `?`. */
  readonly says?: readonly string[];
  readonly suggestions?: readonly string[];
  readonly priority?: bigint | undefined;
  readonly using?: readonly string[];
  /** What becomes of a connection that matches. */
  readonly route?: 'served' | 'closed' | 'closed (tls)' | 'none';
  /** Whether the servers of its service are shown with a status. */
  readonly showsServers?: boolean;
}

const served = { route: 'served', showsServers: true } as const;
const MARKS = { error: '!', warning: '?', info: '' };

const CASES: readonly Case[] = [
  {
    name: 'a router that is right',
    config: { rule: ANY, service: 's' },
    priority: -1n,
    using: ['alt', 'tcp'],
    ...served,
  },
  {
    name: 'an entry point named twice is used once, and shown as written',
    config: { rule: ANY, service: 's', entryPoints: ['tcp', 'tcp'] },
    using: ['tcp', 'tcp'],
    ...served,
  },
  {
    name: '#1 an unknown entry point beside a known one is a warning',
    config: { rule: ANY, service: 's', entryPoints: ['tcq', 'tcp'] },
    status: 'warning',
    says: ['?unknown-reference at entryPoints'],
    suggestions: ['tcp'],
    using: ['tcp'],
    ...served,
  },
  {
    name: '#1 so is an empty one behind a comma',
    config: { rule: ANY, service: 's', entryPoints: ['tcp', ''] },
    status: 'warning',
    says: ['?unknown-reference at entryPoints'],
    using: ['tcp'],
    ...served,
  },
  {
    name: '#1 so is a UDP one',
    config: { rule: ANY, service: 's', entryPoints: ['tcp', 'dns'] },
    status: 'warning',
    says: ['?unknown-reference at entryPoints'],
    suggestions: ['tcp', 'alt', 'traefik'],
    using: ['tcp'],
    ...served,
  },
  {
    name: '#2 without any entry point the router is nowhere',
    config: { rule: ANY, service: 's', entryPoints: ['"tcp"'] },
    status: 'disabled',
    says: ['!no-entry-point at entryPoints'],
    suggestions: ['tcp'],
    priority: undefined,
    using: [],
    route: 'none',
  },
  {
    name: '#2 names in one item are taken apart in the suggestion',
    config: { rule: ANY, service: 's', entryPoints: ['tcp,alt'] },
    status: 'disabled',
    says: ['!no-entry-point at entryPoints'],
    suggestions: ['tcp', 'alt'],
    route: 'none',
  },
  {
    name: '#3 a rule is needed',
    config: { service: 's' },
    status: 'disabled',
    says: ['!missing at r@docker'],
    priority: undefined,
    route: 'none',
  },
  {
    name: '#3 what the decoder has said is not said again',
    config: { service: 's' },
    found: [error('rule')],
    unread: ['rule'],
    status: 'disabled',
    route: 'none',
  },
  {
    name: '#3 a service is needed',
    config: { rule: ANY },
    status: 'disabled',
    says: ['!missing at r@docker'],
    priority: -1n,
    route: 'closed',
  },
  {
    name: '#4 a rule that does not parse shows its length and holds nothing',
    config: { rule: 'Host(`a`)', service: 's' },
    status: 'disabled',
    says: ['!bad-rule at rule+0'],
    suggestions: ['HostSNI'],
    priority: 9n,
    route: 'none',
  },
  {
    name: '#5 a host needs TLS',
    config: { rule: 'ClientIP(`::1`) || HostSNI(`a.test`)', service: 's' },
    status: 'disabled',
    says: ['!bad-rule at rule+27'],
    route: 'closed',
  },
  {
    name: '#5 also behind any other host',
    config: { rule: 'HostSNI(`*`) || HostSNI(`a.test`)', service: 's' },
    status: 'disabled',
    says: ['!bad-rule at rule+24'],
    route: 'closed',
  },
  {
    name: '#6 the priority has a limit',
    config: { rule: ANY, service: 's', priority: 9_223_372_036_854_775_807n },
    status: 'disabled',
    says: ['!bad-value at priority'],
    priority: 9_223_372_036_854_774_807n,
    route: 'closed',
  },
  {
    name: '#6 and below it is taken as it is',
    config: { rule: ANY, service: 's', priority: 9_223_372_036_854_774_807n },
    priority: 9_223_372_036_854_774_807n,
    ...served,
  },
  {
    name: '#6 zero means none',
    config: { rule: ANY, service: 's', priority: 0n },
    priority: -1n,
    ...served,
  },
  {
    name: '#7 the service must exist',
    config: { rule: ANY, service: 'serv' },
    objects: { services: [service('server@docker', []), service('serv@consulcatalog', [])] },
    status: 'disabled',
    says: ['!unknown-reference at service'],
    suggestions: ['serv@consulcatalog'],
    route: 'closed',
  },
  {
    name: '#7 and be in order',
    config: { rule: ANY, service: 'x' },
    objects: { services: [service('x@docker', ['10.0.0.1:1'], {}, { diagnostics: [error('x')] })] },
    status: 'disabled',
    says: ['broken-reference at service'],
    route: 'closed',
  },
  {
    name: '#7 its transport must exist',
    config: { rule: ANY, service: 'x' },
    objects: { services: [service('x@docker', ['10.0.0.1:1'], { serversTransport: 't' })] },
    status: 'disabled',
    says: ['!unknown-reference at x@docker', 'broken-reference at service'],
    route: 'closed',
  },
  {
    name: '#7 and be in order, too',
    config: { rule: ANY, service: 'x' },
    objects: {
      services: [service('x@docker', ['10.0.0.1:1'], { serversTransport: 't' })],
      transports: [transport('t@docker', {}, { diagnostics: [error('t')] })],
    },
    status: 'disabled',
    says: ['broken-reference at service'],
    route: 'closed',
  },
  {
    name: '#8 middlewares must exist',
    config: { rule: ANY, service: 's', middlewares: ['m'] },
    status: 'disabled',
    says: ['!unknown-reference at middlewares'],
    route: 'closed',
    showsServers: true,
  },
  {
    name: '#8 and be in order',
    config: { rule: ANY, service: 's', middlewares: ['m'] },
    objects: { middlewares: [middleware('m@docker', {}, { diagnostics: [error('m')] })] },
    status: 'disabled',
    says: ['broken-reference at middlewares'],
    route: 'closed',
    showsServers: true,
  },
  {
    name: '#8 and of a kind',
    config: { rule: ANY, service: 's', middlewares: ['m'] },
    objects: { middlewares: [middleware('m@docker', {})] },
    status: 'disabled',
    says: ['broken-reference at middlewares'],
    route: 'closed',
    showsServers: true,
  },
  {
    name: '#8 one in order does not help another',
    config: { rule: ANY, service: 's', middlewares: ['m', 'n'] },
    objects: {
      middlewares: [middleware('m@docker', { inFlightConn: { amount: 1n } })],
    },
    status: 'disabled',
    says: ['!unknown-reference at middlewares'],
    route: 'closed',
    showsServers: true,
  },
  {
    name: 'middlewares that are in order let a router be served',
    config: { rule: ANY, service: 's', middlewares: ['m'] },
    objects: {
      middlewares: [middleware('m@docker', { ipAllowList: { sourceRange: ['10.0.0.0/8'] } })],
    },
    ...served,
  },
  {
    name: '#9 matchers check their arguments',
    config: { rule: 'ClientIP(`a`)', service: 's' },
    status: 'disabled',
    says: ['!bad-rule at rule+9'],
    priority: 13n,
    route: 'none',
    showsServers: true,
  },
  {
    name: 'a service of a file is found, which is said',
    config: { rule: ANY, service: 'x' },
    objects: { services: [service('x@file', ['10.0.0.1:1'])] },
    says: ['guessed at service'],
    ...served,
  },
  {
    name: 'what waits for a provider is not served, and no alarm is raised',
    config: { rule: ANY, service: 'x' },
    objects: { pending: ['file'] },
    status: 'disabled',
    says: ['unresolved at service'],
    route: 'closed',
  },
  {
    name: 'neither is a service whose transport waits',
    config: { rule: ANY, service: 'x' },
    objects: {
      services: [service('x@docker', ['10.0.0.1:1'], { serversTransport: 't' })],
      pending: ['file'],
    },
    status: 'disabled',
    says: ['unresolved at x@docker', 'unresolved at service'],
    route: 'closed',
  },
  {
    name: 'a tls that cannot be read is no plain router',
    config: { rule: ANY, service: 's' },
    found: [error('tls')],
    unread: ['tls'],
    status: 'disabled',
    route: 'closed (tls)',
  },
  {
    name: 'a tls that is switched off is one, whatever else is wrong',
    config: { rule: ANY, service: 's' },
    found: [error('prio')],
    unread: ['tls'],
    status: 'disabled',
    route: 'closed',
  },
  {
    name: 'without readable entry points nothing is held',
    config: { rule: ANY, service: 's' },
    found: [error('entryPoints')],
    unread: ['entryPoints'],
    status: 'disabled',
    route: 'none',
  },
  {
    name: 'a rule that never matches is served, with a warning',
    config: { rule: 'ClientIP(`::1`) && ALPN(`h2`)', service: 's' },
    says: ['?never-matches at rule+0'],
    ...served,
  },
  {
    name: 'v2 braces in v3 are remarked on',
    config: { rule: 'HostSNIRegexp(`{x:.*}`) || ClientIP(`::1`)', service: 's' },
    says: ['?never-matches at rule+14'],
    ...served,
  },
  {
    name: 'the v2 syntax takes several arguments',
    config: { rule: 'ClientIP(`::1`, `::2`)', ruleSyntax: 'v2', service: 's' },
    ...served,
  },
  {
    name: 'an unknown syntax means v3, which is said',
    config: { rule: ANY, ruleSyntax: 'V2', service: 's' },
    says: ['?unknown-value at ruleSyntax'],
    ...served,
  },
];

for (const { name, config, found = [], unread, objects = {}, says = [], ...expected } of CASES) {
  test(`router: ${name}`, () => {
    const options = compileOptions();
    const extra = { places: places(config, unread), diagnostics: found };
    const { table, runtime, diagnostics } = compile(
      mergedConfig({
        ...objects,
        routers: [router('r@docker', config, extra)],
        services: [service('s@docker', ['10.0.0.1:1']), ...(objects.services ?? [])],
      }),
      {
        ...options,
        builtIn: new Set(),
        entryPoints: [...options.entryPoints, entryPoint('dns', { protocol: 'udp' })],
      },
      undefined,
    );
    const view = runtime.routers.get('r@docker') ?? assert.fail('no view');
    assert.deepEqual(
      diagnostics.map(({ severity, code, at }) => `${MARKS[severity]}${code} at ${whereOf(at)}`),
      says,
    );
    if (expected.suggestions) {
      assert.deepEqual(diagnostics.at(-1)?.suggestions, expected.suggestions);
    }
    assert.equal(view.status, expected.status ?? 'enabled');
    assert.equal(view.errors.length > 0, view.status !== 'enabled');
    if ('priority' in expected) assert.equal(view.priority, expected.priority);
    if (expected.using) assert.deepEqual(view.using, expected.using);

    const { plain, tls } = table.of('tcp');
    const [route] = [...plain, ...tls];
    const outcome = route === undefined ? 'none' : route.service ? 'served' : 'closed';
    assert.equal(tls.length > 0 ? `${outcome} (tls)` : outcome, expected.route);
    const used = [...runtime.services.values()].find(({ usedBy }) => usedBy.includes('r@docker'));
    assert.equal(used?.serverStatus !== undefined, expected.showsServers === true);
  });
}

test('without default entry points a router must name its own', () => {
  const { runtime, diagnostics } = compile(
    mergedConfig({
      routers: [router('r@docker', { rule: ANY, service: 's' })],
      services: [service('s@docker', [])],
    }),
    compileOptions({ entryPoints: [entryPoint('traefik')] }),
    undefined,
  );
  assert.equal(runtime.routers.get('r@docker')?.status, 'disabled');
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['no-entry-point'],
  );
});

test('a rule in a file is blamed at its line, and the character is in the message', () => {
  const at: Place = { kind: 'file', path: 'f.yml', line: 3, column: 5 };
  const { diagnostics } = compile(
    mergedConfig({
      routers: [router('r@file', { rule: 'ALPN(a)', service: 's' }, { places: { rule: at } })],
      services: [service('s@file', [])],
    }),
    compileOptions(),
    undefined,
  );
  assert.deepEqual(
    diagnostics.map((diagnostic) => diagnostic.at),
    [at],
  );
  assert.match(diagnostics[0]?.message ?? '', /character 6/);
});
