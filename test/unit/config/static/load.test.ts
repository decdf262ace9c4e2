import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { accepted, load, loadYaml, said, type Given } from '../../../support/static.js';

const level = (given: Given) => accepted(load(given)).log.level;

test('a file counts alone, then flags, then the environment (CFG-1)', () => {
  const files = { './sluice.yml': 'log: {level: error}' };
  const args = ['--log.level=warn'];
  const env = { SLUICE_LOG_LEVEL: 'debug' };
  assert.equal(level({ files, args, env }), 'error');
  assert.equal(level({ args, env }), 'warn');
  assert.equal(level({ env }), 'debug');
  assert.equal(level({}), 'info');
  assert.equal(level({ args: ['--ping'], env }), 'info');
});

test('what does not count is said once a source', () => {
  const files = { './sluice.yml': 'log: {level: error}' };
  const args = ['--log.level=warn', '--ping'];
  const env = { SLUICE_LOG_LEVEL: 'debug', SLUICE_PING: 'true' };
  assert.deepEqual(said(load({ files, args, env })), [
    'ignored | --log.level (flag)',
    'ignored | SLUICE_LOG_LEVEL (environment)',
  ]);
  assert.deepEqual(said(load({ args, env })), ['ignored | SLUICE_LOG_LEVEL (environment)']);
  assert.deepEqual(said(load({ files })), []);
});

test('flags are checked even where the file counts (CFG-8)', () => {
  const files = { './sluice.yml': 'ping: {}' };
  assert.equal(load({ files, args: ['--no.such'] }).ok, false);
  assert.equal(load({ files, args: ['stray'] }).ok, false);
});

test('TOML, YAML, JSON, flags and variables say the same', () => {
  const all = [
    load({
      args: ['--configFile=a.yml'],
      files: { 'a.yml': 'entryPoints:\n  web: {address: ":80", asDefault: true}' },
    }),
    load({
      args: ['--configFile=a.toml'],
      files: { 'a.toml': '[entryPoints.web]\naddress = ":80"\nasDefault = true' },
    }),
    load({
      args: ['--configFile=a.json'],
      files: { 'a.json': '{"entryPoints": {"web": {"address": ":80", "asDefault": true}}}' },
    }),
    load({ args: ['--entryPoints.web.address=:80', '--entryPoints.web.asDefault'] }),
    load({
      env: { TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80', TRAEFIK_ENTRYPOINTS_WEB_ASDEFAULT: '1' },
    }),
  ].map(accepted);
  for (const config of all) assert.deepEqual(config, all[0]);
});

test('levels and formats of the log (D38)', () => {
  assert.equal(level({ args: ['--log.level=DEBUG'] }), 'debug');
  assert.equal(level({ args: ['--log.level='] }), 'info');
  assert.equal(level({ args: ['--log.level=panic'] }), 'fatal');
  assert.equal(level({ args: ['--log.level=disabled'] }), 'silent');
  assert.equal(accepted(load({ args: ['--log.format='] })).log.format, undefined);
  assert.equal(accepted(load({ args: ['--log.format=JSON'] })).log.format, 'json');
});

test('the transport of servers that name none (D1)', () => {
  assert.deepEqual(accepted(load({})).tcpServersTransport, {
    dialTimeout: 30_000,
    dialKeepAlive: 15_000,
    terminationDelay: 100,
    tls: undefined,
  });
  const written = loadYaml('tcpServersTransport: {dialKeepAlive: -1s, terminationDelay: 0}');
  assert.equal(accepted(written).tcpServersTransport.dialKeepAlive, -1_000);
  assert.equal(accepted(written).tcpServersTransport.terminationDelay, 0);
});

const WRONG: readonly (readonly [name: string, given: Given | string, said: string])[] = [
  [
    'a misspelt flag',
    { args: ['--entryPoints.web.adress=:80'] },
    'unknown-key | --entryPoints.web.adress (flag) | address',
  ],
  [
    'a misspelt root',
    { args: ['--entrypoint.web.address=:80'] },
    'unknown-key | --entrypoint.web.address (flag) | entryPoints',
  ],
  [
    'a misspelt variable',
    { env: { SLUICE_LOG_LEVL: 'x' } },
    'unknown-key | SLUICE_LOG_LEVL (environment) | level',
  ],
  [
    'a misspelt key in YAML',
    'providers:\n  docker:\n    exposeByDefault: false\n',
    'unknown-key | s.yml:3:5 | exposedByDefault',
  ],
  [
    'an option that was removed',
    'providers: {consulCatalog: {namespace: x}}',
    'unknown-key | s.yml:1:29 | namespaces',
  ],
  [
    'a level that is none',
    { args: ['--log.level=loud'] },
    'unknown-value | --log.level (flag) | trace',
  ],
  ['a boolean that is none', 'api:\n  insecure: yes\n', 'bad-value | s.yml:2:13'],
  [
    'a duration that is none',
    { args: ['--providers.providersThrottleDuration=soon'] },
    'bad-value | --providers.providersThrottleDuration (flag)',
  ],
  [
    'a number that is too small',
    { args: ['--entryPoints.a.address=:1', '--entryPoints.a.maxConnections=0'] },
    'bad-value | --entryPoints.a.maxConnections (flag)',
  ],
  ['a section in place of a value', 'log: {level: {a: b}}', 'unknown-key | s.yml:1:15'],
  ['a value in place of a section', 'entryPoints: web', 'bad-value | s.yml:1:14'],
  ['a map in place of a list', 'providers: {precedence: {a: file}}', 'bad-value | s.yml:1:25'],
  ['broken YAML', 'api:\n\tinsecure: true\n', 'syntax | s.yml:2:1'],
  [
    'a Workload API without scheme',
    { args: ['--spiffe.workloadAPIAddr=localhost'] },
    'bad-value | --spiffe.workloadAPIAddr (flag)',
  ],
];

for (const [name, given, expected] of WRONG) {
  test(`${name} is refused at its place`, () => {
    const loaded = typeof given === 'string' ? loadYaml(given) : load(given);
    assert.equal(loaded.ok, false);
    const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(said({ diagnostics: errors }), [expected]);
    assert.ok(errors.every(({ fix }) => fix !== undefined && fix !== ''));
  });
}

test('a section without a value is off, and said', () => {
  const loaded = loadYaml('api: {insecure: true}\nping:\n');
  assert.equal(accepted(loaded).ping, undefined);
  assert.deepEqual(said(loaded), ['ignored | s.yml:2:1']);
});

test('a secret is in no finding', () => {
  const text = 'providers: {consulCatalog: {endpoint: {httpAuth: hunter2, token: [hunter2]}}}';
  const { ok, diagnostics } = loadYaml(text);
  assert.equal(ok, false);
  assert.equal(diagnostics.length, 2);
  assert.doesNotMatch(JSON.stringify(diagnostics), /hunter2/);
});

const word = fc.constantFrom(
  'entryPoints',
  'web',
  'address',
  ':80',
  'providers',
  'docker',
  'precedence',
  'file',
  'api',
  'insecure',
  'log',
  'level',
  'transport',
  'respondingTimeouts',
  'readTimeout',
  '5s',
  '-1',
  'true',
  'false',
  '',
  '[0]',
  ']',
  '__proto__',
  'constructor',
  'toString',
  'certificatesResolvers',
  'proxyProtocol',
  'trustedIPs',
  '10.0.0.0/8',
  'configFile',
  'a.yml',
  'tls',
  'httpAuth',
  'strictChecks',
  'x-y',
  '\u0000',
  '∞',
);
const flag = fc
  .tuple(
    fc.constantFrom('-', '--', '', '---'),
    fc.array(word, { maxLength: 5 }),
    fc.constantFrom('', '=', ' '),
    word,
  )
  .map(([dashes, path, sign, value]) => `${dashes}${path.join('.')}${sign}${value}`);
const variable = fc
  .tuple(fc.constantFrom('SLUICE', 'TRAEFIK'), fc.array(word, { maxLength: 5 }))
  .map((parts) => parts.flat().join('_').toUpperCase());
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.constantFrom(null, true, 1.5, 80),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(word, tie('node'), { maxKeys: 4 }),
  ),
})).node;

test('no command line and no environment makes it throw', () => {
  const given = fc.record({
    args: fc.array(fc.oneof(flag, word, fc.string()), { maxLength: 6 }),
    env: fc.dictionary(fc.oneof(variable, fc.string()), fc.oneof(word, fc.string()), {
      maxKeys: 4,
    }),
    files: fc.dictionary(fc.constantFrom('a.yml', './sluice.toml', './traefik.yml'), fc.string(), {
      maxKeys: 2,
    }),
  });
  fc.assert(
    fc.property(given, (sources) => {
      const { ok, diagnostics } = load(sources);
      assert.equal(
        ok,
        diagnostics.every(({ severity }) => severity !== 'error'),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('no text of a file makes it throw', () => {
  const text = fc.oneof(
    fc.string(),
    tree.map((node) => JSON.stringify(node)),
    fc
      .array(fc.oneof(word, fc.constantFrom('\n', ': ', '  ', '- ', '{', '}', '[', '= ')), {
        maxLength: 20,
      })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('s.yml', 's.toml', 's.json'), (content, path) => {
      const { ok, diagnostics } = load({
        args: [`--configFile=${path}`],
        files: { [path]: content },
      });
      assert.equal(
        ok,
        diagnostics.every(({ severity }) => severity !== 'error'),
      );
    }),
    { numRuns: 3_000 },
  );
});
