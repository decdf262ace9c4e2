import assert from 'node:assert/strict';
import test from 'node:test';
import { readProject, type Project } from '../../../../../providers/docker/compose/project.js';

interface Case {
  readonly name: string;
  /** By path; the first one is named. */
  readonly files: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
  readonly profiles?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly project?: string;
  /** `service: label=value, …`. */
  readonly labels?: readonly string[];
  readonly networks?: Readonly<Record<string, string>>;
  /** `severity code line`. */
  readonly said?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'labels as a map and as a list',
    files: {
      '/shop/compose.yml': `
services:
  a: { labels: { x: 1, y: true, z: "0755", empty: } }
  b: { labels: [x=1, "y=a=b", z] }`,
    },
    project: 'shop',
    labels: ['a: x=1, y=true, z=0755, empty=', 'b: x=1, y=a=b, z='],
  },
  {
    name: 'anchors, merge keys and extensions',
    files: {
      '/shop/compose.yml': `
x-labels: &l { x: 1, y: 1 }
services:
  a: { labels: { <<: *l, y: 2 } }
  b: { labels: *l }`,
    },
    labels: ['a: y=2, x=1', 'b: x=1, y=1'],
  },
  {
    name: 'variables of the environment before those of .env',
    files: {
      '/shop/compose.yml': 'services: { a: { labels: { x: "${X}", y: "${Y}", z: "${Z}" } } }',
      '/shop/.env': 'X=file\nY="file $X"\n# no\nexport Z=z',
    },
    env: { X: 'env' },
    labels: ['a: x=env, y=file file, z=z'],
  },
  {
    name: 'labels of a Swarm are said once, and not where labels stand beside them',
    files: {
      '/s/c.yml': `services:
  a:
    deploy:
      labels:
        other: x
        traefik.enable: "true"
        traefik.tcp.routers.a.rule: x
  b: { labels: { traefik.enable: "true" }, deploy: { labels: { traefik.enable: "true" } } }
  c: { labels: !override { x: 1 }, deploy: { labels: [x=1] } }
`,
    },
    labels: ['a: ', 'b: traefik.enable=true', 'c: x=1'],
    said: ['info misplaced 6'],
  },
  {
    name: 'a variable that is not set, and one that must be',
    files: { '/s/c.yml': 'services:\n  a:\n    labels:\n      x: $X\n      y: ${Y:?}\n' },
    labels: ['a: x=, y='],
    said: ['warning template 4', 'error template 5'],
  },
  {
    name: 'a service of the same file is extended, but for its profiles',
    files: {
      '/s/c.yml': `
services:
  base: { labels: { x: base, y: base }, profiles: [never] }
  a: { extends: base, labels: { y: a } }
  b: { extends: { service: a }, labels: [z=b] }`,
    },
    labels: ['a: x=base, y=a', 'b: x=base, y=a, z=b'],
    said: ['info ignored 3'],
  },
  {
    name: 'a service of another file is extended',
    files: {
      '/s/c.yml': 'services: { a: { extends: { file: d/base.yml, service: b }, labels: [x=a] } }',
      '/s/d/base.yml': 'services: { b: { label_file: l.env, labels: [y=b] } }',
      '/s/d/l.env': 'z=file',
    },
    labels: ['a: z=file, y=b, x=a'],
  },
  {
    name: 'what is extended does not exist, and what extends itself',
    files: {
      '/s/c.yml': 'services:\n  abc: { extends: abd }\n  x: { extends: y }\n  y: { extends: x }\n',
    },
    labels: ['abc: ', 'x: ', 'y: '],
    said: ['error unknown-reference 2', 'error cycle 3', 'error cycle 4'],
  },
  {
    name: 'a second file counts before the first',
    files: {
      '/s/c.yml': 'name: one\nservices: { a: { labels: { x: 1, y: 1 } } }',
      '/s/d.yml': 'name: Two!\nservices: { a: { labels: { y: 2 } }, b: {} }',
    },
    paths: ['/s/c.yml', '/s/d.yml'],
    project: 'two',
    labels: ['a: x=1, y=2', 'b: '],
  },
  {
    name: 'a folder stands for its file and the one that overrides it',
    files: {
      '/s/docker-compose.yml': 'services: { a: { labels: { x: 1 } } }',
      '/s/docker-compose.override.yml': 'services: { a: { labels: { y: 2 } } }',
    },
    paths: ['/s'],
    labels: ['a: x=1, y=2'],
  },
  {
    name: 'files that are included have a folder and variables of their own',
    files: {
      '/s/c.yml': 'include: [d/c.yml, { path: e/c.yml, env_file: other.env }]\nservices: { a: {} }',
      '/s/d/c.yml': 'services: { b: { labels: { x: $X } } }',
      '/s/d/.env': 'X=inner',
      '/s/e/c.yml': 'services: { c: { labels: { x: $X } } }',
      '/s/other.env': 'X=other',
    },
    labels: ['b: x=inner', 'c: x=other', 'a: '],
  },
  {
    name: 'profiles: those that are on',
    files: {
      '/s/c.yml':
        'services: { a: { profiles: [p, q] }, b: { profiles: [r] }, c: { profiles: [s] }, d: {} }',
    },
    profiles: ['q'],
    env: { COMPOSE_PROFILES: 'x,r' },
    labels: ['a: ', 'b: ', 'd: '],
    said: ['info ignored 1'],
  },
  {
    name: 'names of networks',
    files: {
      '/s/c.yml': `
services: {}
networks:
  own:
  named: { name: fixed }
  outside: { external: true }
  both: { external: true, name: there }
  old: { external: { name: former } }`,
    },
    env: { COMPOSE_PROJECT_NAME: 'p' },
    project: 'p',
    networks: {
      ...{ default: 'p_default', own: 'p_own', named: 'fixed' },
      ...{ outside: 'outside', both: 'there', old: 'former' },
    },
  },
  {
    name: 'a file that is not there',
    files: {},
    paths: ['/s/c.yml'],
    said: ['error unreadable 0'],
  },
  {
    name: 'a file of another kind',
    files: { '/s/c.yml': 'tcp: {}' },
    said: ['error missing 0'],
  },
  {
    name: 'a file that is no YAML',
    files: { '/s/c.yml': 'services:\n  a: [\n' },
    said: ['error syntax 3'],
  },
  {
    name: 'a file of variables that is not there, unless it may be missing',
    files: {
      '/s/c.yml':
        'services:\n  a:\n    env_file:\n      - no.env\n      - { path: no, required: false }',
    },
    labels: ['a: '],
    said: ['error unreadable 4'],
  },
];

function read({ files, paths, profiles = [], env = {} }: Case): Project {
  const readFile = (path: string) => {
    const isFolder = Object.keys(files).some((file) => file.startsWith(`${path}/`));
    return isFolder ? Object.assign(new Error('a folder'), { code: 'EISDIR' }) : files[path];
  };
  return readProject({ paths: paths ?? Object.keys(files).slice(0, 1), profiles, env, readFile });
}

for (const one of CASES) {
  test(`a compose project: ${one.name}`, () => {
    const { name, services, networks, diagnostics } = read(one);
    if (one.project !== undefined) assert.equal(name, one.project);
    if (one.networks !== undefined) assert.deepEqual(Object.fromEntries(networks), one.networks);
    if (one.labels !== undefined) {
      const labels = [...services].map(
        ([service, found]) =>
          `${service}: ${[...found.labels].map(([key, { value }]) => `${key}=${value}`).join(', ')}`,
      );
      assert.deepEqual(labels, one.labels);
    }
    assert.deepEqual(
      diagnostics.map(
        ({ severity, code, at }) => `${severity} ${code} ${at.kind === 'file' ? at.line : at.kind}`,
      ),
      one.said ?? [],
    );
  });
}

test('of a service all is read that discovery needs', () => {
  const { services } = read({
    name: '',
    files: {
      '/s/c.yml': `
services:
  a:
    image: traefik:v3
    container_name: front
    command: traefik --a "b c" 'd'e f\\ g
    env_file: a.env
    environment: [B=2, C]
    ports:
      - 80
      - "127.0.0.1:8081-8082:81-82"
      - "[::1]:8083:83/udp"
      - "8084:84"
      - { target: 85, published: "8085", host_ip: 192.0.2.1 }
    expose: ["86", 87-88, 53/udp]
    networks: { x: { aliases: [y] }, z: }
    network_mode: bridge
    volumes: ["./x:/y:ro", "data:/z", { type: bind, source: /p, target: /q }]`,
      '/s/a.env': 'A=1\nB=1',
    },
    env: { C: '3' },
  });
  const service = services.get('a');
  assert.deepEqual(
    {
      name: service?.containerName,
      words: service?.command?.map(({ value }) => value),
      environment: Object.fromEntries(service?.environment ?? []),
      networks: [...(service?.networks?.keys() ?? [])],
      mode: service?.networkMode,
      mounts: service?.mounts,
      ports: service?.ports.map(({ port, protocol, bindings }) =>
        [`${port}/${protocol}`, ...bindings.map((each) => `${each.host} ${each.port}`)].join(' '),
      ),
    },
    {
      name: 'front',
      words: ['traefik', '--a', 'b c', 'de', 'f g'],
      environment: { A: '1', B: '2', C: '3' },
      networks: ['x', 'z'],
      mode: 'bridge',
      mounts: [
        { source: '/s/x', target: '/y' },
        { source: '/p', target: '/q' },
      ],
      ports: [
        '80/tcp',
        '81/tcp 127.0.0.1 8081',
        '82/tcp 127.0.0.1 8082',
        '83/udp ::1 8083',
        '84/tcp 0.0.0.0 8084',
        '85/tcp 192.0.2.1 8085',
        '86/tcp',
        '87/tcp',
        '88/tcp',
        '53/udp',
      ],
    },
  );
});
