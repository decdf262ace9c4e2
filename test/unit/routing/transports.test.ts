import assert from 'node:assert/strict';
import test from 'node:test';
import type { LoadBalancerConfig, ServersTransportConfig } from '../../../src/config/model.js';
import { compile } from '../../../src/routing/compile.js';
import { compileOptions } from '../../support/compile-options.js';
import { label, mergedConfig, router, service, transport } from '../../support/merged.js';

interface Case {
  readonly name: string;
  readonly loadBalancer?: Omit<LoadBalancerConfig, 'servers'>;
  /** The transport `t`, of docker. */
  readonly transport?: ServersTransportConfig;
  readonly static?: number;
  readonly terminationDelay: number;
  readonly dialTimeout?: number;
  readonly dialKeepAlive?: number;
  readonly proxyProtocol?: 1 | 2;
  readonly diagnostics?: readonly string[];
}

const named = { serversTransport: 't' };

const CASES: readonly Case[] = [
  { name: 'without a word 100 ms', terminationDelay: 100 },
  {
    name: 'a named transport that does not say it: 100 ms',
    loadBalancer: named,
    transport: {},
    terminationDelay: 100,
  },
  { name: 'the static value changes the default', static: 1000, terminationDelay: 1000 },
  {
    name: 'also that of named transports',
    static: 1000,
    loadBalancer: named,
    transport: {},
    terminationDelay: 1000,
  },
  {
    name: 'a named transport says it itself',
    static: 1000,
    loadBalancer: named,
    transport: { terminationDelay: 0 },
    terminationDelay: 0,
  },
  {
    name: 'PROXY protocol of a named transport: version 2 unless it says another',
    loadBalancer: named,
    transport: { proxyProtocol: {} },
    terminationDelay: 100,
    proxyProtocol: 2,
  },
  {
    name: 'PROXY protocol of the service itself (deprecated)',
    loadBalancer: { proxyProtocol: { version: 1 } },
    terminationDelay: 100,
    proxyProtocol: 1,
  },
  {
    name: 'a negative value is never',
    loadBalancer: named,
    transport: { terminationDelay: -1000 },
    terminationDelay: -1000,
  },
  {
    name: 'the deprecated field of the service is in milliseconds',
    loadBalancer: { terminationDelay: 200 },
    terminationDelay: 200,
  },
  {
    name: 'beside a named transport the deprecated field has no effect, which is said',
    loadBalancer: { ...named, terminationDelay: 200 },
    transport: {},
    terminationDelay: 100,
    diagnostics: ['ignored at loadBalancer.terminationDelay'],
  },
  {
    name: 'beside the default transport by name, too',
    loadBalancer: {
      serversTransport: 'default@internal',
      terminationDelay: 200,
      proxyProtocol: {},
    },
    terminationDelay: 100,
    diagnostics: [
      'ignored at loadBalancer.terminationDelay',
      'ignored at loadBalancer.proxyProtocol',
    ],
  },
  {
    name: 'the other settings are taken as they are, zero and negative included',
    loadBalancer: named,
    transport: { dialTimeout: 0, dialKeepAlive: -1000 },
    terminationDelay: 100,
    dialTimeout: 0,
    dialKeepAlive: -1000,
  },
];

const PLACES = {
  'loadBalancer.serversTransport': label('loadBalancer.serversTransport'),
  'loadBalancer.terminationDelay': label('loadBalancer.terminationDelay'),
  'loadBalancer.proxyProtocol': label('loadBalancer.proxyProtocol'),
};

for (const {
  name,
  loadBalancer,
  transport: config,
  static: value,
  diagnostics = [],
  ...expected
} of CASES) {
  test(`termination delay: ${name}`, () => {
    const options = compileOptions();
    const compiled = compile(
      mergedConfig({
        routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 's' })],
        services: [service('s@docker', ['10.0.0.1:1'], loadBalancer, { places: PLACES })],
        transports: config === undefined ? [] : [transport('t@docker', config)],
      }),
      {
        ...options,
        defaultTransport: {
          ...options.defaultTransport,
          ...(value !== undefined && { terminationDelay: value }),
        },
      },
      undefined,
    );
    const [route] = compiled.table.of('tcp').plain;
    const { name: _, ...settings } =
      route?.service?.pick([], '', 0)?.transport ?? assert.fail('no service');
    assert.deepEqual(settings, {
      dialTimeout: 30_000,
      dialKeepAlive: 15_000,
      proxyProtocol: undefined,
      ...expected,
    });
    assert.deepEqual(
      compiled.diagnostics.map(({ code, at }) => `${code} at ${at.kind === 'label' ? at.key : ''}`),
      diagnostics,
    );
  });
}

test('equal settings are one object, in one table and in the next', () => {
  const options = compileOptions();
  const transportsOf = (addresses: readonly string[], previous?: ReturnType<typeof compile>) => {
    const compiled = compile(
      mergedConfig({
        routers: addresses.map((_, i) =>
          router(`r${i}@docker`, { rule: 'HostSNI(`*`)', service: `s${i}` }),
        ),
        services: addresses.map((address, i) => service(`s${i}@docker`, [address])),
      }),
      options,
      previous,
    );
    const routes = compiled.table.of('tcp').plain;
    return {
      compiled,
      transports: new Set(routes.map((route) => route.service?.pick([], '', 0)?.transport)),
    };
  };
  const before = transportsOf(['10.0.0.1:1', '10.0.0.2:1']);
  assert.equal(before.transports.size, 1);
  const after = transportsOf(['10.0.0.3:1', '10.0.0.4:1'], before.compiled);
  assert.deepEqual([...after.transports], [...before.transports]);
  assert.equal([...after.transports][0], [...before.transports][0]);
});
