import assert from 'node:assert/strict';
import test from 'node:test';
import { readStack, type Stack } from '../../../../../providers/docker/compose/stack.js';
import type { DockerConfig } from '../../../../../src/config/static.js';
import { dockerConfig } from '../../../../support/docker.js';

const stackOf = (text: string): Stack =>
  readStack({
    paths: ['/s/c.yml'],
    profiles: [],
    env: {},
    readFile: (path) => (path === '/s/c.yml' ? text : undefined),
  });

/** Servers by the name of their service; and what is said, with the line and column. */
async function read(text: string, config: Partial<DockerConfig> = {}) {
  const stack = stackOf(text);
  for await (const { parts, diagnostics } of stack
    .provider(dockerConfig(config))
    .watch(new AbortController().signal)) {
    const services = parts.flatMap((part) => [...part.config.services.values()]);
    const all = [
      ...stack.diagnostics,
      ...diagnostics,
      ...parts.flatMap((part) => part.diagnostics),
    ];
    return {
      servers: services.map(
        ({ name, config: { loadBalancer } }) =>
          `${name} ${(loadBalancer?.servers ?? []).map((server) => server.address).join(' ')}`,
      ),
      said: all.map(({ severity, code, at, value }) => {
        const place = stack.locate(at, value);
        return `${severity} ${code} ${place.kind === 'file' ? `${place.line}:${place.column}` : place.kind}`;
      }),
    };
  }
  throw new Error('nothing was said');
}

const RULE = 'traefik.tcp.routers.r.rule: HostSNI(`*`)';
const PORT = 'traefik.tcp.services.s.loadbalancer.server.port: 1';
const SLUICE = 'sluice: { image: sluice, networks: [front] }';
const NETWORKS = 'networks: { front: , back: }';

const CASES: readonly (readonly [
  name: string,
  text: string,
  servers: readonly string[],
  said?: readonly string[],
  config?: Partial<DockerConfig>,
])[] = [
  [
    'a server has the name of its service',
    `services: { db: { labels: { ${RULE}, ${PORT} } } }`,
    ['s db:1'],
  ],
  [
    'without a service label it is called after service and project',
    `services: { db: { expose: [7], labels: { ${RULE} } } }`,
    ['db-s db:7'],
  ],
  [
    'a port that only the image knows is no error',
    `services: { db: { labels: { ${RULE} } } }`,
    ['db-s '],
    ['info no-port 1:13'],
  ],
  [
    'the network that Sluice is on is taken',
    `services:
  ${SLUICE}
  db: { networks: [back, front], labels: { ${PORT} } }
${NETWORKS}`,
    ['s db:1'],
    ['info network-chosen 3:3'],
  ],
  [
    'no network is shared',
    `services:
  ${SLUICE}
  db: { networks: [back], labels: { ${PORT} } }
${NETWORKS}`,
    ['s '],
    ['error no-address 3:3'],
  ],
  [
    'a network that the label names and that is not there',
    `services:
  db:
    networks: [back]
    labels: [ traefik.docker.network=fort, sluice.tcp.services.s.loadbalancer.server.port=1 ]
${NETWORKS}`,
    ['s db:1'],
    ['warning network-chosen 4:38'],
  ],
  [
    'a network that the file does not declare',
    `services: { db: { networks: [bakc], labels: { ${PORT} } } }\n${NETWORKS}`,
    ['s '],
    ['error unknown-reference 1:30', 'error no-address 1:13'],
  ],
  [
    'on the host network, on that of another service, and on none',
    `services:
  a: { network_mode: host, labels: { ${PORT} } }
  b: { network_mode: "service:c", labels: { ${PORT} } }
  c: {}
  d: { network_mode: none, labels: { ${PORT} } }`,
    ['s host.docker.internal:1', 's c:1', 's '],
    ['error no-address 5:3'],
  ],
  [
    'a published port at an address',
    `services: { db: { ports: ["192.0.2.1:9:1"], labels: { ${PORT} } } }`,
    ['s 192.0.2.1:9'],
    [],
    { useBindPortIP: true },
  ],
  [
    'a bad value, a bad key, and a label in a list',
    `services:
  db:
    labels:
      traefik.tcp.services.s.loadbalancer.server.port: nan
      traefik.tcp.services.t.loadbalancer.server.prt: 1
  web:
    labels:
      - "traefik.tcp.services.u.loadbalancer.server.port=0x1"`,
    ['s db:nan', 't ', 'u web:0x1'],
    ['error bad-value 4:56', 'error unknown-key 5:50', 'info no-port 2:3', 'error bad-value 8:58'],
  ],
  [
    'services take part as the options say',
    `services:
  a: { labels: { traefik.enable: "false", ${PORT} } }
  b: { labels: { ${PORT} } }
  c: { labels: { traefik.enable: true, ${PORT} } }`,
    ['s c:1'],
    ['info ignored 3:3'],
    { exposedByDefault: false },
  ],
];

for (const [name, text, servers, said = [], config] of CASES) {
  test(`a stack that does not run: ${name}`, async () => {
    const found = await read(text, config);
    assert.deepEqual(found, { servers, said });
  });
}

test('the character of a rule is found in the file, unless it is written otherwise there', () => {
  const rule = 'traefik.tcp.routers.r.rule';
  const stack = stackOf(`services:
  a:
    labels:
      ${rule}: HostSNI(\`a\`)
      x: "$$"
      ${rule}s: >-
        Host
      b$: 1
  b: { labels: [ '${rule}=a$$b' ] }`);
  const at = (container: string, key: string, offset: number) => {
    const place = stack.locate({ kind: 'label', container, containerId: container, key, offset });
    return place.kind === 'file' ? `${place.line}:${place.column}` : place.kind;
  };
  assert.equal(at('s-a-1', rule, 8), '4:43');
  assert.equal(at('s-a-1', `${rule}s`, 1), '7:10');
  assert.equal(at('s-b-1', rule, 2), '9:18');
  assert.equal(at('other', rule, 2), 'label');
});

test('the static configuration is that of Sluice’s own service', () => {
  const own = (service: string) =>
    stackOf(`services: { db: { image: postgres }, proxy: ${service} }`).own;
  const ofFlags = own('{ command: [--entryPoints.a.address=:1], environment: { X: 1 } }');
  assert.deepEqual(ofFlags?.sources?.argv, ['--entryPoints.a.address=:1']);
  assert.deepEqual(
    ofFlags?.locate({ kind: 'static', option: '--entryPoints.a.address', source: 'flag' }),
    { kind: 'static', option: '--entryPoints.a.address', source: '/s/c.yml:1:57' },
  );
  assert.deepEqual(own('{ command: traefik --providers.docker }')?.sources?.argv, [
    '--providers.docker',
  ]);
  assert.equal(own('{ environment: { SLUICE_ENTRYPOINTS_A_ADDRESS: ":1" } }')?.name, 'proxy');
  assert.equal(own('{ image: "registry.test/traefik:v3" }')?.name, 'proxy');
  assert.equal(own('{ image: traefik-helper }'), undefined);
  // What is in the image or behind a shell is not known.
  assert.equal(own('{ image: traefik, command: [--configFile=/a.yml] }')?.sources, undefined);
  assert.equal(own('{ image: traefik, command: sh -c "traefik" }')?.sources, undefined);
  const mounted = own('{ image: traefik, command: [--configFile=/e/a.yml], volumes: [./x:/e] }');
  assert.equal(mounted?.onHost('/e/a.yml'), '/s/x/a.yml');
  assert.notEqual(mounted?.sources, undefined);
});
