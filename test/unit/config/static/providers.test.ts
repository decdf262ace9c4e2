import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, loadYaml, said, type Given } from '../../../support/static.js';

const providers = (given: Given) => accepted(load(given)).providers;
const engines = (given: Given) => providers(given).docker;

test('what is not written has its default', () => {
  const { providersThrottleDuration, precedence, ...none } = providers({});
  assert.equal(providersThrottleDuration, 50);
  assert.equal(precedence.indexOf('docker') < precedence.indexOf('file'), true);
  assert.deepEqual(none, {
    docker: [],
    swarm: undefined,
    consulCatalog: undefined,
    file: undefined,
  });
});

test('a provider without options is on', () => {
  const { docker, consulCatalog } = providers({
    args: ['--providers.docker', '--providers.consulCatalog=true'],
  });
  assert.equal(docker.length, 1);
  assert.deepEqual(docker[0], {
    provider: 'docker',
    section: 'providers.docker',
    hostAddress: '',
    endpoint: 'unix:///var/run/docker.sock',
    username: '',
    password: '',
    tls: undefined,
    httpClientTimeout: 0,
    exposedByDefault: true,
    constraints: '',
    allowPrivilegedLabels: false,
    allowEmptyServices: false,
    network: '',
    useBindPortIP: false,
    watch: true,
  });
  assert.equal(consulCatalog?.endpoint.address, '127.0.0.1:8500');
  assert.equal(consulCatalog.endpoint.scheme, 'http');
  assert.equal(consulCatalog.watch, true);
  assert.deepEqual(consulCatalog.strictChecks, ['passing', 'warning']);
});

test('false turns a provider off, and a negative timeout is none (CFG-19)', () => {
  assert.deepEqual(providers({ args: ['--providers.docker=false'] }).docker, []);
  const [docker] = engines({ args: ['--providers.docker.httpClientTimeout=-5s'] });
  assert.equal(docker?.httpClientTimeout, 0);
});

test('names in precedence are of any case, and known', () => {
  assert.deepEqual(providers({ args: ['--providers.precedence=File,docker'] }).precedence, [
    'file',
    'docker',
  ]);
  const loaded = loadYaml('providers:\n  precedence:\n    - file\n    - dokcer\n');
  assert.equal(loaded.ok, false);
  assert.deepEqual(said(loaded), ['unknown-value | s.yml:4:7 | docker']);
});

test("Docker's own variables count where the option is left open (BUG-27)", () => {
  const env = {
    DOCKER_HOST: 'tcp://d:2376',
    DOCKER_CERT_PATH: '/certs',
    DOCKER_TLS_VERIFY: '1',
  };
  const [open] = engines({ args: ['--providers.docker'], env });
  assert.equal(open?.endpoint, 'tcp://d:2376');
  assert.deepEqual(open.tls, {
    ca: '/certs/ca.pem',
    cert: '/certs/cert.pem',
    key: '/certs/key.pem',
    insecureSkipVerify: false,
  });
  const [said] = engines({ args: ['--providers.docker.endpoint=unix:///d.sock'], env });
  assert.equal(said?.endpoint, 'unix:///d.sock');
  assert.equal(said.tls, undefined);
});

test('Swarm has its own section, with the options of Docker that concern it', () => {
  const { swarm } = providers({ args: ['--providers.swarm'] });
  assert.deepEqual(swarm, {
    ...engines({ args: ['--providers.docker'] })[0],
    provider: 'swarm',
    section: 'providers.swarm',
    refreshInterval: 15_000,
  });
  const env = { DOCKER_HOST: 'tcp://manager:2375' };
  const args = ['--providers.swarm.refreshSeconds=30', '--providers.swarm.network=back'];
  const open = providers({ args, env }).swarm;
  assert.deepEqual(
    [open?.endpoint, open?.network, open?.refreshInterval],
    ['tcp://manager:2375', 'back', 30_000],
  );
});

test('refreshSeconds of zero or less is the default (CFG-19)', () => {
  for (const text of ['0', '-5s']) {
    const { swarm } = providers({ args: [`--providers.swarm.refreshSeconds=${text}`] });
    assert.equal(swarm?.refreshInterval, 15_000);
  }
});

test('a Swarm endpoint that cannot be read is refused, and so is what only Docker has', () => {
  assert.deepEqual(said(load({ args: ['--providers.swarm.endpoint=npipe://x'] })), [
    'bad-value | --providers.swarm.endpoint (flag)',
  ]);
  assert.deepEqual(said(load({ args: ['--providers.swarm.hosts.a.endpoint=x'] })), [
    'unknown-key | --providers.swarm.hosts.a.endpoint (flag) | endpoint',
  ]);
});

const CONSUL = ['--providers.consulCatalog'];

test("Consul's own variables count where the option is left open", () => {
  const env = {
    CONSUL_HTTP_ADDR: 'c:8501',
    CONSUL_HTTP_TOKEN: 'secret',
    CONSUL_HTTP_AUTH: 'me:pass:word',
    CONSUL_HTTP_SSL: 'true',
    CONSUL_HTTP_SSL_VERIFY: 'false',
    CONSUL_CACERT: '/ca.pem',
  };
  const open = providers({ args: CONSUL, env }).consulCatalog?.endpoint;
  assert.deepEqual(open && [open.address, open.scheme, open.token], ['c:8501', 'https', 'secret']);
  assert.deepEqual(open?.httpAuth, { username: 'me', password: 'pass:word' });
  assert.deepEqual(open.tls, { ca: '/ca.pem', cert: '', key: '', insecureSkipVerify: true });
  const args = ['address=x:1', 'scheme=http', 'token=t', 'tls.ca=/other.pem'];
  const said = providers({
    args: args.map((option) => `--providers.consulCatalog.endpoint.${option}`),
    env,
  }).consulCatalog?.endpoint;
  assert.deepEqual(said && [said.address, said.scheme, said.token], ['x:1', 'http', 't']);
  assert.equal(said?.tls?.ca, '/other.pem');
});

test("the token may stand in a file, which is Consul's own way too", () => {
  const env = { CONSUL_HTTP_TOKEN_FILE: '/token' };
  const { consulCatalog } = providers({ args: CONSUL, env, files: { '/token': 'secret\n' } });
  assert.equal(consulCatalog?.endpoint.token, 'secret');
  const lost = load({ args: CONSUL, env });
  assert.deepEqual(said(lost), ['unreadable | CONSUL_HTTP_TOKEN_FILE (environment)']);
});

test('a variable that is neither true nor false is refused', () => {
  const loaded = load({ args: CONSUL, env: { CONSUL_HTTP_SSL: 'yes' } });
  assert.equal(loaded.ok, false);
  assert.deepEqual(said(loaded), ['bad-value | CONSUL_HTTP_SSL (environment)']);
});

test('the file provider has one of directory and filename (BUG-17)', () => {
  assert.deepEqual(providers({ args: ['--providers.file.directory=/d'] }).file, {
    directory: '/d',
    filename: undefined,
    watch: true,
  });
  const both = ['--providers.file.directory=/d', '--providers.file.filename=f.yml'];
  assert.deepEqual(said(load({ args: both })), ['conflict | --providers.file.directory (flag)']);
  assert.deepEqual(said(load({ args: ['--providers.file.watch=false'] })), [
    'missing | --providers.file.watch (flag)',
  ]);
  assert.deepEqual(said(loadYaml('providers: {file: {}}')), ['bad-value | s.yml:1:19']);
});
