import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConnectSide } from '../../../../providers/consul/connect-side.js';
import { translate } from '../../../../providers/consul/instance.js';
import type { Instance } from '../../../../providers/consul/registered.js';
import { TAG_FUNCTIONS, type Tags } from '../../../../providers/consul/tag-functions.js';
import {
  parseConstraint,
  type Constraint,
} from '../../../../src/config/constraints/constraints.js';
import type { ConsulCatalogConfig } from '../../../../src/config/static.js';
import type { Step } from '../../../../src/config/story.js';
import { consulConfig, instance } from '../../../support/consul.js';

const RULE = 'traefik.tcp.routers.r.rule=HostSNI(`*`)';

const constraint = (text: string): Constraint<Tags> => {
  const parsed = parseConstraint(text, TAG_FUNCTIONS);
  assert.ok(parsed.ok);
  return parsed.matches;
};

interface Given {
  readonly tags?: readonly string[];
  readonly rest?: Partial<Instance>;
  readonly config?: Partial<ConsulCatalogConfig>;
  readonly side?: ConnectSide;
}

const DIRECT: ConnectSide = { kind: 'direct', speakers: undefined };

const part = ({ tags = [RULE], rest, config, side = DIRECT }: Given) =>
  translate(instance(tags, rest), {
    provider: 'consulcatalog',
    config: consulConfig(config),
    constraint: constraint(config?.constraints ?? ''),
    side,
  });

/** The servers of all services, and what is said. */
function told(given: Given) {
  const translated = part(given);
  return {
    servers: [...(translated?.config.services ?? [])].flatMap(([name, { config }]) =>
      (config.loadBalancer?.servers ?? []).map(({ address = '', weight }) =>
        [name, address, ...(weight === undefined ? [] : [weight])].join(' '),
      ),
    ),
    said: translated?.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
  };
}

for (const [name, given, servers, said] of [
  ['has the address of its own', {}, ['web 192.0.2.1:80'], []],
  ['has that of its node where it has none', { rest: { address: '' } }, ['web 127.0.0.1:80'], []],
  ['is written with brackets', { rest: { address: '2001:db8::1' } }, ['web [2001:db8::1]:80'], []],
  [
    'has the port that a tag says',
    { tags: [RULE, 'traefik.tcp.services.s.loadbalancer.server.port=99'] },
    ['s 192.0.2.1:99'],
    [],
  ],
  ['is no server without a port, and that is said', { rest: { port: 0 } }, [], ['warning no-port']],
  [
    'is none without any address either',
    { rest: { address: '', nodeAddress: '' } },
    [],
    ['warning no-address'],
  ],
  [
    'has the weight that Consul knows',
    { rest: { weights: { passing: 7, warning: 2 } } },
    ['web 192.0.2.1:80 7'],
    [],
  ],
  [
    'has another one while its checks warn',
    { rest: { weights: { passing: 7, warning: 2 }, checks: [{ id: 'c', status: 'warning' }] } },
    ['web 192.0.2.1:80 2'],
    [],
  ],
  [
    'has the weight of its tag before that',
    {
      tags: [
        RULE,
        'traefik.tcp.services.s.loadbalancer.server.port=99',
        'sluice.tcp.services.s.loadbalancer.server.weight=3',
      ],
      rest: { weights: { passing: 7, warning: 2 } },
    },
    ['s 192.0.2.1:99 3'],
    [],
  ],
  [
    'whose checks fail is none, and is shown',
    { rest: { checks: [{ id: 'c', status: 'critical' }] } },
    [],
    ['info unhealthy'],
  ],
  [
    'of Connect is not reached without it',
    { tags: [RULE, 'traefik.consulcatalog.connect=true'] },
    [],
    ['error not-served'],
  ],
] as const satisfies readonly (readonly [string, Given, readonly string[], readonly string[]])[]) {
  test(`an instance ${name}`, () => {
    assert.deepEqual(told(given), { servers, said });
  });
}

test('enable is decided by each instance for itself, in every spelling of true', () => {
  const hidden = { exposedByDefault: false };
  assert.equal(part({ config: hidden }), undefined);
  for (const yes of ['true', '1', 'T']) {
    assert.ok(part({ tags: [RULE, `traefik.enable=${yes}`], config: hidden }), yes);
  }
  assert.equal(part({ tags: [RULE, 'traefik.enable=false'] }), undefined);
});

test('an instance whose switch cannot be read is not exposed', () => {
  for (const tag of ['traefik.enable=maybe', 'traefik.enabled=false', 'Traefik.enable=false']) {
    const { servers, said } = told({ tags: [RULE, tag] });
    assert.deepEqual(servers, [], tag);
    assert.ok(
      said?.some((line) => line.startsWith('error ')),
      tag,
    );
  }
});

test('constraints ask for its own tags, as they are written', () => {
  const tags = [RULE, 'eu-1'];
  for (const [text, takes] of [
    ['Tag(`eu-1`)', true],
    ['Tag(`eu`)', false],
    ['TagRegex(`^eu-`)', true],
    ['!Tag(`eu-1`)', false],
  ] as const) {
    assert.equal(part({ tags, config: { constraints: text } }) !== undefined, takes, text);
  }
});

test('a sidecar, which has the tags of the service beside it, and gateways are passed over', () => {
  for (const kind of ['connect-proxy', 'mesh-gateway', 'terminating-gateway', 'ingress-gateway']) {
    assert.equal(part({ rest: { kind } }), undefined, kind);
  }
});

test('its owner is the instance on its node, as old as Consul says', () => {
  assert.deepEqual(part({ rest: { createIndex: 42 } })?.owner, {
    kind: 'instance',
    id: 'node1/web/web1',
    name: 'web1',
    since: 42,
  });
});

test('what was chosen of an instance, and why', () => {
  const choicesOf = (given: Given) => {
    const steps: Step[] = [];
    translate(instance(given.tags ?? [RULE], given.rest), {
      provider: 'consulcatalog',
      config: consulConfig(given.config),
      constraint: constraint(given.config?.constraints ?? ''),
      side: DIRECT,
      tell: (step) => steps.push(step),
    });
    return steps.map(({ choice }) => choice);
  };
  assert.deepEqual(choicesOf({}), ['labels', 'takes part', 'state', 'port', 'server']);
  assert.deepEqual(choicesOf({ tags: [RULE, 'traefik.enable=false'] }), ['labels', 'takes part']);
  assert.deepEqual(choicesOf({ config: { constraints: 'Tag(`no`)' } }), ['constraints']);
  assert.deepEqual(choicesOf({ rest: { kind: 'connect-proxy' } }), ['takes part']);
});
