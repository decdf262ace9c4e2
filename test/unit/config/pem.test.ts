import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  isPemContent,
  pathOrContent,
  pemBlocks,
  pemOf,
  pemTrouble,
  withoutFiles,
} from '../../../src/config/pem.js';

const block = (label: string, text = 'AAAA') =>
  `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

for (const [value, isContent] of [
  ['/certs/a.pem', false],
  ['a.pem', false],
  ['', false],
  [block('CERTIFICATE'), true],
  [`commentary\n${block('CERTIFICATE')}`, true],
  ['several\nlines', true],
  ['/certs/\0a.pem', true],
] as const) {
  test(`${JSON.stringify(value)} is ${isContent ? 'content' : 'a path'}`, () => {
    assert.equal(isPemContent(value), isContent);
  });
}

test('text without PEM is nothing, and says which nothing', () => {
  assert.deepEqual(pemOf(''), { ok: false, reason: 'empty' });
  assert.deepEqual(pemOf(' \n'), { ok: false, reason: 'empty' });
  assert.deepEqual(pemOf('0\x82'), { ok: false, reason: 'no-pem' });
  assert.deepEqual(pemOf(block('X')), { ok: true, text: block('X') });
  assert.equal(pemOf(''), pemOf(''), 'what was made of nothing need not be made again');
});

test('without files content is known, and no path is', () => {
  const materials = withoutFiles();
  assert.equal(materials.pem(block('CERTIFICATE')).ok, true);
  assert.deepEqual(materials.pem('/etc/passwd'), { ok: false, reason: 'not-found' });
  assert.deepEqual(materials.pem('two\nlines'), { ok: false, reason: 'no-pem' });
  assert.deepEqual(materials.pem(''), { ok: false, reason: 'empty' });
});

test('what is said of a value never shows content', () => {
  const secret = block('PRIVATE KEY', 'c2VjcmV0');
  assert.ok(!pemTrouble(secret, 'no-pem').text.includes('c2VjcmV0'));
  assert.ok(pemTrouble('/certs/a.pem', 'not-found').text.includes('/certs/a.pem'));
});

test('the blocks of a text are found in order, whatever stands between them', () => {
  const text = `Bag\n${block('CERTIFICATE', 'AA')}subject=x\r\n${block('PRIVATE KEY', 'BB')}`;
  assert.deepEqual(pemBlocks(text), [
    { label: 'CERTIFICATE', text: block('CERTIFICATE', 'AA') },
    { label: 'PRIVATE KEY', text: block('PRIVATE KEY', 'BB') },
  ]);
});

test('a byte order mark and indentation do no harm', () => {
  const text = `\uFEFF  ${block('CERTIFICATE').replaceAll('\n', '\n  ')}`;
  assert.deepEqual(pemBlocks(text), [{ label: 'CERTIFICATE', text: block('CERTIFICATE') }]);
});

test('headers of an old encrypted key are part of it', () => {
  const key = block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAA');
  assert.deepEqual(pemBlocks(key), [{ label: 'RSA PRIVATE KEY', text: key }]);
});

for (const [what, text] of [
  ['without its end', block('CERTIFICATE').slice(0, -10)],
  ['ended by another', block('CERTIFICATE').replace('END CERTIFICATE', 'END PRIVATE KEY')],
  ['without its end before a whole one', `-----BEGIN X-----\nAA\n${block('CERTIFICATE')}`],
] as const) {
  test(`a block ${what} is not passed over`, () => {
    assert.equal(pemBlocks(text), undefined);
  });
}

test('many beginnings do not take long', () => {
  const started = performance.now();
  assert.equal(pemBlocks('-----BEGIN X-----\n'.repeat(50_000)), undefined);
  assert.ok(performance.now() - started < 2_000);
});

const PATHS = ['/etc/tls/ca', './ca', '../ca', 'ca.pem', 'tls/ca.crt', '/ä b/ca.pem'];

for (const path of PATHS) {
  test(`${path} is a path, and shown`, () => {
    assert.equal(pathOrContent(path), path);
  });
}

const CONTENTS = [
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n',
  '/x\n-----BEGIN PRIVATE KEY-----',
  '-----BEGIN EC PRIVATE KEY----- a.b',
  'MC4CAQAwBQYDK2VwBCIEIBz/+8x0',
  '{"kty":"OKP","d":"a.b"}',
  'secret',
  '',
];

for (const content of CONTENTS) {
  test(`${JSON.stringify(content.slice(0, 30))} may be a key, and is not shown`, () => {
    assert.equal(pathOrContent(content), '(content)');
  });
}

test('no base64 that a PEM file begins with is shown', () => {
  const der = fc.uint8Array({ minLength: 16 }).map((rest) => Buffer.from([0x30, 0x82, ...rest]));
  fc.assert(
    fc.property(der, (bytes) => {
      assert.equal(pathOrContent(bytes.toString('base64')), '(content)');
    }),
  );
});
