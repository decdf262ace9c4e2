import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, loadYaml, said, type Given } from '../../../support/static.js';

const HOSTS = '--providers.docker.hosts';
const NAS = `${HOSTS}.nas.endpoint=ssh://nas`;

/** Providers and endpoints, in order. */
const engines = (given: Given) =>
  accepted(load(given)).providers.docker.map(({ provider, endpoint }) => `${provider} ${endpoint}`);

const CASES: readonly (readonly [name: string, given: Given, engines: readonly string[]])[] = [
  ['a host alone is the only engine', { args: [NAS] }, ['docker-nas ssh://nas']],
  [
    'the engine of this machine is another one where its endpoint is written',
    { args: [NAS, '--providers.docker.endpoint=unix:///d.sock'] },
    ['docker unix:///d.sock', 'docker-nas ssh://nas'],
  ],
  [
    'or where it is switched on by a flag of its own',
    { args: ['--providers.docker', NAS] },
    ['docker unix:///var/run/docker.sock', 'docker-nas ssh://nas'],
  ],
  [
    'DOCKER_HOST is not for hosts',
    { args: [NAS], env: { DOCKER_HOST: 'tcp://other:2375', DOCKER_CERT_PATH: '/c' } },
    ['docker-nas ssh://nas'],
  ],
  [
    'hosts come by name',
    { args: [NAS, `${HOSTS}.a-1.endpoint=tcp://a:2375`] },
    ['docker-a-1 tcp://a:2375', 'docker-nas ssh://nas'],
  ],
  [
    'variables',
    { env: { SLUICE_PROVIDERS_DOCKER_HOSTS_NAS_ENDPOINT: 'ssh://nas' } },
    ['docker-nas ssh://nas'],
  ],
  [
    'a file',
    {
      args: ['--configFile=s.yml'],
      files: { 's.yml': 'providers: {docker: {hosts: {nas: {endpoint: "ssh://nas"}}}}' },
    },
    ['docker-nas ssh://nas'],
  ],
  ['all of them off', { args: ['--providers.docker=false', NAS] }, []],
];

for (const [name, given, expected] of CASES) {
  test(name, () => {
    assert.deepEqual(engines(given), expected);
  });
}

test('how containers are read is inherited, how an engine is reached is not, nor are permissions', () => {
  const standard = [
    ...[
      'exposedByDefault=false',
      'constraints=Label(`a`, `b`)',
      'allowEmptyServices',
      'watch=false',
    ],
    ...['useBindPortIP', 'username=u', 'password=p', 'tls.ca=/ca.pem', 'httpClientTimeout=3s'],
    ...['network=front', 'hostAddress=192.0.2.1', 'allowPrivilegedLabels'],
  ].map((option) => `--providers.docker.${option}`);
  const own = ['exposedByDefault=true', 'network=back'].map((option) => `${HOSTS}.b.${option}`);
  const [a, b] = accepted(
    load({
      args: [...standard, `${HOSTS}.a.endpoint=tcp://a`, `${HOSTS}.b.endpoint=tcp://b`, ...own],
    }),
  ).providers.docker;
  assert.deepEqual(a, {
    provider: 'docker-a',
    section: 'providers.docker.hosts.a',
    endpoint: 'tcp://a',
    username: '',
    password: '',
    tls: undefined,
    httpClientTimeout: 0,
    exposedByDefault: false,
    constraints: 'Label(`a`, `b`)',
    allowEmptyServices: true,
    useBindPortIP: true,
    watch: false,
    network: '',
    hostAddress: '',
    allowPrivilegedLabels: false,
  });
  assert.deepEqual([b?.exposedByDefault, b?.network, b?.watch], [true, 'back', false]);
});

const WRONG: readonly (readonly [name: string, given: Given, said: readonly string[]])[] = [
  [
    'a host without an endpoint',
    { args: [`${HOSTS}.nas.network=x`] },
    ['missing | --providers.docker.hosts.nas.network (flag)'],
  ],
  [
    'a name with a capital',
    { args: [`${HOSTS}.NAS.endpoint=ssh://nas`] },
    ['bad-value | --providers.docker.hosts.NAS.endpoint (flag)'],
  ],
  [
    'a name with a sign of references',
    { args: [`${HOSTS}.n@s.endpoint=ssh://nas`] },
    ['bad-value | --providers.docker.hosts.n@s.endpoint (flag)'],
  ],
  [
    'an unknown option of a host',
    { args: [NAS, `${HOSTS}.nas.netwrok=x`] },
    ['unknown-key | --providers.docker.hosts.nas.netwrok (flag) | network'],
  ],
];

for (const [name, given, expected] of WRONG) {
  test(`${name} is refused`, () => {
    const loaded = load(given);
    assert.equal(loaded.ok, false);
    assert.deepEqual(said(loaded), expected);
  });
}

test('names that no host can have are refused, not lost', () => {
  for (const name of ['__proto__', '""', 'a--b', '-a', 'ü', 'a'.repeat(41)]) {
    const loaded = loadYaml(`providers: {docker: {hosts: {${name}: {endpoint: "tcp://x"}}}}`);
    assert.equal(loaded.ok, false, name);
    assert.deepEqual(said(loaded), ['bad-value | s.yml:1:30'], name);
  }
});
