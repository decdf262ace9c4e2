import assert from 'node:assert/strict';
import test from 'node:test';
import type { Certificate } from '../../../src/tls/certificate.js';
import { CertificateStore } from '../../../src/tls/store.js';

const NOW = 1_000;

/** `id name,name`, valid from 0 to 2000 unless said otherwise. */
function certificate(text: string, rest: Partial<Certificate> = {}): Certificate {
  const [id = '', names = ''] = text.split(' ');
  return {
    id,
    chain: '',
    key: '',
    keyType: 'ec',
    names: names.split(','),
    commonName: '',
    serial: '1',
    dnsNames: [],
    validFrom: 0,
    validTo: 2_000,
    ...rest,
  };
}

const found = (name: string, ...certificates: readonly Certificate[]) =>
  new CertificateStore(certificates, undefined).find(name, NOW).map(({ id }) => id);

const cases: readonly (readonly [string, string, readonly Certificate[], readonly string[]])[] = [
  ['an exact name', 'a.test', [certificate('1 a.test')], ['1']],
  ['any case, and a dot at the end', 'A.Test.', [certificate('1 a.test')], ['1']],
  ['a wildcard for one label', 'x.a.test', [certificate('1 *.a.test')], ['1']],
  ['a wildcard is not for two labels', 'x.y.a.test', [certificate('1 *.a.test')], []],
  ['a wildcard is not for the name below it', 'a.test', [certificate('1 *.a.test')], []],
  ['an address', '10.0.0.1', [certificate('1 10.0.0.1')], ['1']],
  ['an address has no wildcard', '10.0.0.1', [certificate('1 *.0.0.1')], []],
  ['IPv6 in another form', '2001:db8:0::1', [certificate('1 2001:db8::1')], ['1']],
  ['nothing fits', 'b.test', [certificate('1 a.test')], []],
  ['no name', '', [certificate('1 a.test')], []],
  [
    'exact before wildcard, whatever comes first',
    'x.a.test',
    [certificate('1 *.a.test', { validTo: 9_000 }), certificate('2 x.a.test')],
    ['2'],
  ],
  [
    'the one that is valid longest',
    'a.test',
    [certificate('1 a.test'), certificate('2 a.test', { validTo: 3_000 })],
    ['2'],
  ],
  [
    'the first of equals',
    'a.test',
    [certificate('1 a.test,b.test'), certificate('2 a.test')],
    ['1'],
  ],
  [
    'one of each kind of key',
    'a.test',
    [
      certificate('1 a.test'),
      certificate('2 a.test', { keyType: 'rsa' }),
      certificate('3 a.test', { validTo: 3_000 }),
    ],
    ['3', '2'],
  ],
  [
    'a wildcard that is valid before a name that is not',
    'x.a.test',
    [certificate('1 x.a.test', { validTo: 999 }), certificate('2 *.a.test')],
    ['2'],
  ],
  [
    'none of another kind that is not valid beside one that is',
    'a.test',
    [certificate('1 a.test'), certificate('2 a.test', { keyType: 'rsa', validTo: 999 })],
    ['1'],
  ],
  ['not yet valid', 'a.test', [certificate('1 a.test', { validFrom: 1_001 })], ['1']],
  [
    'of those that are not valid the exact one',
    'x.a.test',
    [certificate('1 *.a.test', { validTo: 999 }), certificate('2 x.a.test', { validTo: 998 })],
    ['2'],
  ],
];

for (const [what, name, certificates, expected] of cases) {
  test(what, () => assert.deepEqual(found(name, ...certificates), expected));
}

test('a default certificate is for its own names as well', () => {
  const fallback = certificate('1 a.test');
  const store = new CertificateStore([], fallback);
  assert.deepEqual(store.find('a.test', NOW), [fallback]);
  assert.deepEqual(store.find('b.test', NOW), []);
  assert.equal(store.fallback, fallback);
});

test('one that is listed twice is shown once', () => {
  assert.deepEqual(found('a.test', certificate('1 a.test'), certificate('1 a.test')), ['1']);
});

test('which hosts of routers are covered', () => {
  const store = new CertificateStore([certificate('1 a.test,*.b.test')], undefined);
  const covered = ['a.test', 'A.test.', 'x.b.test', '*.b.test', 'x.a.test', '*.a.test', 'b.test'];
  assert.deepEqual(
    covered.filter((host) => store.covers(host)),
    ['a.test', 'A.test.', 'x.b.test', '*.b.test'],
  );
});
