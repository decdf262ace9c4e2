import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, loadYaml, said } from '../../../support/static.js';

const flags = (...args: readonly string[]) => load({ args });

const addresses = (...args: readonly string[]) =>
  [...accepted(flags(...args)).entryPoints.values()].map(({ name, address }) => [name, address]);

test('without any entry point there is http on :80 (CFG-17)', () => {
  assert.deepEqual(addresses(), [['http', ':80']]);
});

test('traefik on :8080 is there when something is served on it (CFG-18)', () => {
  const traefik = ['traefik', ':8080'];
  const http = ['http', ':80'];
  assert.deepEqual(addresses('--api.insecure'), [http, traefik]);
  assert.deepEqual(addresses('--ping'), [http, traefik]);
  assert.deepEqual(addresses('--metrics.prometheus'), [http, traefik]);
  assert.deepEqual(addresses('--api'), [http]);
  assert.deepEqual(addresses('--ping', '--ping.manualRouting'), [http]);
  assert.deepEqual(addresses('--ping', '--ping.entryPoint=http', '--entryPoints.http.address=:1'), [
    ['http', ':1'],
  ]);
  assert.deepEqual(addresses('--api.insecure', '--entryPoints.traefik.address=:1'), [
    ['traefik', ':1'],
  ]);
});

test('what is not written has its default (CFG-16, D17, D18, D36)', () => {
  const { entryPoints } = accepted(flags('--entryPoints.web.address=:80'));
  assert.deepEqual(entryPoints.get('web'), {
    name: 'web',
    address: ':80',
    host: '',
    port: 80,
    protocol: 'tcp',
    reusePort: false,
    asDefault: false,
    allowACMEByPass: false,
    proxyProtocol: undefined,
    requestAcceptGraceTimeout: 0,
    graceTimeOut: 10_000,
    readTimeout: 60_000,
    writeTimeout: 0,
    idleTimeout: 180_000,
    sniffTimeout: 3_000,
    maxConnections: undefined,
    unrouted: { max: undefined, maxPerIP: undefined },
  });
});

test('what is written counts, in any case of its names', () => {
  const loaded = loadYaml(`
    EntryPoints:
      web:
        Address: "[::1]:5432"
        maxConnections: 10
        transport:
          lifeCycle: {requestAcceptGraceTimeout: 3, graceTimeOut: 500ms}
          respondingTimeouts: {readTimeout: 1m, sniffTimeout: 0}
          unrouted: {max: 7, maxPerIP: 3}`);
  const web = accepted(loaded).entryPoints.get('web');
  assert.equal(web?.host, '::1');
  assert.equal(web.maxConnections, 10);
  assert.equal(web.requestAcceptGraceTimeout, 3_000);
  assert.equal(web.graceTimeOut, 500);
  assert.equal(web.readTimeout, 60_000);
  assert.equal(web.sniffTimeout, 0);
  assert.deepEqual(web.unrouted, { max: 7, maxPerIP: 3 });
  assert.deepEqual(said(loaded), []);
});

test('negative times are none, as in Traefik', () => {
  const loaded = flags(
    '--entryPoints.a.address=:1',
    '--entryPoints.a.transport.lifeCycle.graceTimeOut=-1s',
  );
  assert.equal(accepted(loaded).entryPoints.get('a')?.graceTimeOut, 0);
});

const TIMEOUTS = '--entryPoints.a.transport.respondingTimeouts';

test('no readTimeout is a warning (D17), and not for UDP', () => {
  const zero = `${TIMEOUTS}.readTimeout=0`;
  assert.deepEqual(said(flags('--entryPoints.a.address=:1', zero)), [
    `guessed | ${TIMEOUTS}.readTimeout (flag)`,
  ]);
  const { diagnostics } = flags('--entryPoints.a.address=:1/udp', zero);
  assert.ok(diagnostics.every(({ code }) => code !== 'guessed'));
});

test('a sniffTimeout of more than half of readTimeout is said, where one of them stands (D18)', () => {
  const short = flags('--entryPoints.a.address=:1', `${TIMEOUTS}.readTimeout=5s`);
  assert.deepEqual(said(short), [`guessed | ${TIMEOUTS}.readTimeout (flag)`]);
  assert.equal(short.diagnostics[0]?.severity, 'info');
  const long = flags('--entryPoints.a.address=:1', `${TIMEOUTS}.sniffTimeout=31s`);
  assert.deepEqual(said(long), [`guessed | ${TIMEOUTS}.sniffTimeout (flag)`]);
});

const REFUSED: readonly (readonly [
  name: string,
  args: readonly string[],
  said: readonly string[],
])[] = [
  [
    'an address that is none',
    ['--entryPoints.a.address=80'],
    ['bad-value | --entryPoints.a.address (flag)'],
  ],
  [
    'an empty address (BUG-49)',
    ['--entryPoints.a.address='],
    ['missing | --entryPoints.a.address (flag)'],
  ],
  ['an entry point without address', ['--entryPoints.a'], ['missing | --entryPoints.a (flag)']],
  [
    'proxyProtocol that trusts nobody (BUG-50)',
    ['--entryPoints.a.address=:1', '--entryPoints.a.proxyProtocol'],
    ['missing | --entryPoints.a.proxyProtocol (flag)'],
  ],
  [
    'a trusted address that is none',
    ['--entryPoints.a.address=:1', '--entryPoints.a.proxyProtocol.trustedIPs=10.0.0.0/8,10.1'],
    ['bad-value | --entryPoints.a.proxyProtocol.trustedIPs (flag)'],
  ],
];

for (const [name, args, expected] of REFUSED) {
  test(`${name} is refused`, () => {
    const loaded = flags(...args);
    assert.equal(loaded.ok, false);
    assert.deepEqual(said(loaded), expected);
  });
}

const port = (name: string, address: string) => `--entryPoints.${name}.address=${address}`;

const CLASHES: readonly (readonly [a: string, b: string])[] = [
  [':80', ':80'],
  [':80', '[::]:80'],
  [':80', '127.0.0.1:80'],
  ['[::1]:80', ':80'],
  ['0.0.0.0:80', '127.0.0.1:80'],
  [':http', ':80'],
];

for (const [a, b] of CLASHES) {
  test(`${a} and ${b} cannot both be listened on: both are named`, () => {
    const loaded = flags(port('a', a), port('b', b));
    assert.deepEqual(said(loaded), ['conflict | --entryPoints.b.address (flag)']);
    const related = { kind: 'static', option: '--entryPoints.a.address', source: 'flag' };
    assert.deepEqual(loaded.diagnostics[0]?.related, [related]);
  });
}

const SIDE_BY_SIDE: readonly (readonly [a: string, b: string])[] = [
  [':80', ':81'],
  ['127.0.0.1:80', '127.0.0.2:80'],
  ['127.0.0.1:0', '127.0.0.1:0'],
  ['0.0.0.0:80', '[::1]:80'],
];

for (const [a, b] of SIDE_BY_SIDE) {
  test(`${a} and ${b} stand side by side`, () => {
    assert.deepEqual(said(flags(port('a', a), port('b', b))), []);
  });
}

test('both may have one address if both say reusePort', () => {
  const both = [port('a', ':80'), port('b', ':80'), '--entryPoints.a.reusePort'];
  const node = '22.12.0';
  assert.deepEqual(load({ args: both, node }).ok, false);
  assert.equal(load({ args: [...both, '--entryPoints.b.reusePort'], node }).ok, true);
});

test('reusePort is refused where this Node would pass it over (D40)', () => {
  const args = [port('a', ':80'), '--entryPoints.a.reusePort'];
  assert.equal(load({ args, node: '24.0.0' }).ok, true);
  for (const node of ['20.19.0', '22.11.1']) {
    assert.deepEqual(said(load({ args, node })), ['not-served | --entryPoints.a.reusePort (flag)']);
  }
});

test('a clash with the entry point that nobody wrote is said at the one that was written', () => {
  assert.deepEqual(said(flags(port('web', ':8080'), '--api.insecure')), [
    'conflict | --entryPoints.web.address (flag)',
  ]);
});

test('a UDP entry point is kept to be shown, takes no port, and is said', () => {
  const loaded = flags(port('a', ':80/udp'), port('b', ':80'));
  assert.deepEqual(said(loaded), ['ignored | --entryPoints.a.address (flag)']);
  assert.equal(accepted(loaded).entryPoints.get('a')?.protocol, 'udp');
});

test('names of a file keep their case; x and X are two', () => {
  const loaded = loadYaml('entryPoints: {x: {address: ":1"}, X: {address: ":2"}}');
  assert.deepEqual([...accepted(loaded).entryPoints.keys()], ['X', 'x']);
});
