import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { RouterConfig } from '../../../src/config/model.js';
import type { ClientCertificateMode } from '../../../src/net/termination.js';
import { compile, type Compiled } from '../../../src/routing/compile.js';
import { issue, issueCa } from '../../support/certificates.js';
import { compileOptions } from '../../support/compile-options.js';
import {
  certificate,
  label,
  mergedConfig,
  router,
  service,
  tlsOptions,
  tlsStore,
  type Objects,
} from '../../support/merged.js';

type RouterTls = NonNullable<RouterConfig['tls']>;

const ca = issueCa('clients');
const pairFor = (...dns: readonly string[]) => {
  const { chain, key } = issue({ name: dns[0] ?? '', dns });
  return { certFile: chain, keyFile: key };
};
const certificateFor = (...dns: readonly string[]) => certificate(0, pairFor(...dns));

const error: Diagnostic = { code: 'bad-value', severity: 'error', at: label('x'), message: 'x' };

const MARKS = { error: '!', warning: '?', info: '' } as const;

/** Severity, code and object of all that is said. */
const said = ({ diagnostics }: Compiled) =>
  diagnostics.map(
    ({ severity, code, object, at }) =>
      `${MARKS[severity]}${code} ${object?.name ?? ''} at ${at.kind === 'label' ? at.key : ''}`,
  );

/** As if each field were a label of its own name. */
const placesOf = (tls: RouterTls) =>
  Object.fromEntries(
    ['tls', ...Object.keys(tls).map((field) => `tls.${field}`)].map((key) => [key, label(key)]),
  );

function compiled(
  tls: RouterTls,
  { rule = 'HostSNI(`a.test`)', previous, ...objects }: Objects & Given = {},
): Compiled {
  return compile(
    mergedConfig({
      ...objects,
      routers: [router('r@docker', { rule, service: 's', tls }, { places: placesOf(tls) })],
      services: [service('s@docker', ['10.0.0.1:1'])],
    }),
    options,
    previous,
  );
}

const options = compileOptions({ builtIn: new Set() });

interface Given {
  readonly rule?: string;
  readonly previous?: Compiled;
}

const routeOf = ({ table }: Compiled) => table.of('tcp').tls[0] ?? assert.fail('no route');

interface Case {
  readonly name: string;
  readonly tls: RouterTls;
  readonly given?: Objects & Given;
  readonly says?: readonly string[];
  readonly suggestions?: readonly string[];
  /** `closed`: it holds its place (D35). */
  readonly route: 'closed' | 'passthrough' | ClientCertificateMode;
}

const NONE = 'no-certificate r@docker at tls';

const CASES: readonly Case[] = [
  {
    name: 'nothing written: the default options, and a host without a certificate is told',
    tls: {},
    says: [NONE],
    route: 'none',
  },
  {
    name: 'a host with a certificate: nothing to say',
    tls: {},
    given: { certificates: [certificateFor('a.test')] },
    route: 'none',
  },
  {
    name: 'one host of two without a certificate',
    tls: {},
    given: {
      rule: 'HostSNI(`a.test`) || HostSNI(`b.test`)',
      certificates: [certificateFor('b.test')],
    },
    says: [NONE],
    route: 'none',
  },
  {
    name: 'a wildcard, and a host below it',
    tls: {},
    given: {
      rule: 'HostSNI(`*.w.test`) || HostSNI(`A.W.test.`)',
      certificates: [certificateFor('*.w.test')],
    },
    route: 'none',
  },
  {
    name: 'the default certificate is for its names',
    tls: {},
    given: { tlsStores: [tlsStore('default', { defaultCertificate: pairFor('a.test') })] },
    route: 'none',
  },
  {
    name: 'any host asks for no particular one',
    tls: {},
    given: { rule: 'HostSNI(`*`)' },
    route: 'none',
  },
  {
    name: 'neither does what is ruled out',
    tls: {},
    given: { rule: '!HostSNI(`a.test`)' },
    route: 'none',
  },
  {
    name: 'refused hosts are warned of',
    tls: {},
    given: { tlsOptions: [tlsOptions('default', { sniStrict: true })] },
    says: [`?${NONE}`],
    route: 'none',
  },

  { name: 'passthrough needs nothing', tls: { passthrough: true }, route: 'passthrough' },
  {
    name: 'passthrough leaves unused what is beside it',
    tls: { passthrough: true, options: 'gone', certResolver: 'x', domains: [{ main: 'a.test' }] },
    says: [
      '?ignored r@docker at tls.options',
      '?ignored r@docker at tls.certResolver',
      '?ignored r@docker at tls.domains',
    ],
    route: 'passthrough',
  },
  {
    name: 'passthrough does not wait for files',
    tls: { passthrough: true },
    given: { pending: ['file'] },
    route: 'passthrough',
  },

  {
    name: 'the options of a file, qualified',
    tls: { options: 'o@file' },
    given: { tlsOptions: [tlsOptions('o@file', { clientAuth: { caFiles: [ca.cert] } })] },
    says: [NONE],
    route: 'require-and-verify',
  },
  {
    name: 'and not, which is said (D7)',
    tls: { options: 'o' },
    given: { tlsOptions: [tlsOptions('o@file')] },
    says: ['guessed r@docker at tls.options', NONE],
    route: 'none',
  },
  {
    name: 'the default ones, as somebody declares them',
    tls: { options: 'default' },
    given: {
      tlsOptions: [tlsOptions('default', { clientAuth: { clientAuthType: 'RequestClientCert' } })],
    },
    says: [NONE],
    route: 'request',
  },
  {
    name: 'options that do not exist',
    tls: { options: 'strikt@file' },
    given: { tlsOptions: [tlsOptions('strict@file')] },
    says: ['!unknown-reference r@docker at tls.options'],
    suggestions: ['strict@file'],
    route: 'closed',
  },
  {
    name: 'default options with a provider',
    tls: { options: 'default@file' },
    given: { tlsOptions: [tlsOptions('default')] },
    says: ['!unknown-reference r@docker at tls.options'],
    suggestions: ['default'],
    route: 'closed',
  },
  {
    name: 'options that could not be read',
    tls: { options: 'o@file' },
    given: { tlsOptions: [tlsOptions('o@file', {}, { diagnostics: [error] })] },
    says: ['broken-reference r@docker at tls.options'],
    route: 'closed',
  },
  {
    name: 'options that say what does not exist',
    tls: { options: 'o@file' },
    given: { tlsOptions: [tlsOptions('o@file', { minVersion: 'TLS13' })] },
    says: ['broken-reference r@docker at tls.options', '!unknown-value o@file at o@file'],
    route: 'closed',
  },
  {
    name: 'broken default options are not done without',
    tls: {},
    given: { tlsOptions: [tlsOptions('default', {}, { diagnostics: [error] })] },
    says: ['broken-reference r@docker at tls'],
    route: 'closed',
  },
  {
    name: 'before files are there nobody knows the default options (D7)',
    tls: {},
    given: { pending: ['file'] },
    says: ['unresolved r@docker at tls'],
    route: 'closed',
  },
  {
    name: 'nor others',
    tls: { options: 'o' },
    given: { pending: ['file'] },
    says: ['unresolved r@docker at tls.options'],
    route: 'closed',
  },
  {
    name: 'another provider is not waited for',
    tls: {},
    given: { pending: ['consulcatalog'], certificates: [certificateFor('a.test')] },
    route: 'none',
  },

  {
    name: 'a resolver beside a certificate of ours: nothing to say (D43)',
    tls: { certResolver: 'le' },
    given: { certificates: [certificateFor('a.test')] },
    route: 'none',
  },
  {
    name: 'a resolver without one: an error, and served all the same',
    tls: { certResolver: 'le' },
    says: ['!no-certificate r@docker at tls.certResolver'],
    route: 'none',
  },
  {
    name: 'the domains that a resolver was to obtain',
    tls: { certResolver: 'le', domains: [{ main: 'a.test', sans: ['b.test'] }] },
    given: { certificates: [certificateFor('a.test')] },
    says: ['!no-certificate r@docker at tls.certResolver'],
    route: 'none',
  },
  {
    name: 'a resolver for any host, and no certificate at all',
    tls: { certResolver: 'le' },
    given: { rule: 'HostSNI(`*`)' },
    says: ['!no-certificate r@docker at tls.certResolver'],
    route: 'none',
  },
  {
    name: 'a resolver for any host, and some certificate',
    tls: { certResolver: 'le' },
    given: { rule: 'HostSNI(`*`)', certificates: [certificateFor('x.test')] },
    route: 'none',
  },
];

for (const { name, tls, given, says = [], suggestions, route } of CASES) {
  test(name, () => {
    const result = compiled(tls, given);
    assert.deepEqual(said(result), says);
    if (suggestions) assert.deepEqual(result.diagnostics[0]?.suggestions, suggestions);
    const found = routeOf(result);
    const isServed = route !== 'closed';
    assert.equal(found.service !== undefined, isServed);
    assert.equal(result.runtime.routers.get('r@docker')?.status, isServed ? 'enabled' : 'disabled');
    const kind = typeof found.tls === 'object' ? found.tls.clientCertificate : found.tls;
    assert.equal(kind ?? 'closed', route);
    const view = result.runtime.services.get('s@docker');
    assert.equal(view?.serverStatus !== undefined, isServed);
  });
}

test('routers of one set of options share how TLS ends', () => {
  const { table } = compile(
    mergedConfig({
      routers: ['a', 'b'].map((name) =>
        router(`${name}@docker`, { rule: `HostSNI(\`${name}.test\`)`, service: 's', tls: {} }),
      ),
      services: [service('s@docker', ['10.0.0.1:1'])],
    }),
    options,
    undefined,
  );
  const [a, b] = table.of('tcp').tls;
  assert.ok(typeof a?.tls === 'object');
  assert.equal(a.tls, b?.tls);
});

const cert = certificateFor('a.test');
const strict = tlsOptions('default', { sniStrict: true });

test('nothing changed: the same route', () => {
  const objects = { certificates: [cert], tlsOptions: [strict] };
  const previous = compiled({}, objects);
  // The router itself is made anew here, so that only its TLS tells.
  const next = compiled({}, { ...objects, previous });
  assert.equal(routeOf(next).tls, routeOf(previous).tls);
});

for (const [what, before, after] of [
  ['a certificate came', {}, { certificates: [cert] }],
  ['a certificate went', { certificates: [cert] }, {}],
  ['the default options came', {}, { tlsOptions: [strict] }],
  ['the default options went', { tlsOptions: [strict] }, {}],
  [
    'the default certificate came',
    {},
    { tlsStores: [tlsStore('default', { defaultCertificate: pairFor('x') })] },
  ],
] satisfies readonly (readonly [string, Objects, Objects])[]) {
  test(`${what}: the route follows, and says what a fresh start says`, () => {
    const r = router('r@docker', { rule: 'HostSNI(`a.test`)', service: 's', tls: {} });
    const s = service('s@docker', ['10.0.0.1:1']);
    const of = (objects: Objects) => mergedConfig({ ...objects, routers: [r], services: [s] });
    const previous = compile(of(before), options, undefined);
    const next = compile(of(after), options, previous);
    assert.notEqual(routeOf(next).tls, routeOf(previous).tls);
    assert.deepEqual(said(next), said(compile(of(after), options, undefined)));
  });
}
