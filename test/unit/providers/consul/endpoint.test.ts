import assert from 'node:assert/strict';
import test from 'node:test';
import { connectionTo } from '../../../../providers/consul/endpoint.js';
import { consulConfig } from '../../../support/consul.js';

const { endpoint } = consulConfig();

for (const [address, scheme, expected] of [
  ['127.0.0.1:8500', 'http', ['127.0.0.1', 8500, false]],
  ['consul', 'http', ['consul', 8500, false]],
  ['consul', 'https', ['consul', 8500, true]],
  ['consul:80', 'http', ['consul', 80, false]],
  ['[::1]:8501', 'http', ['[::1]', 8501, false]],
  ['http://consul', 'https', ['consul', 80, false]],
  ['https://consul', 'http', ['consul', 443, true]],
  ['https://consul:8501/', 'http', ['consul', 8501, true]],
] as const) {
  test(`${address} with scheme ${scheme} is ${expected.join(' ')}`, () => {
    const { host, port, secure } = connectionTo({ ...endpoint, address, scheme }, '');
    assert.deepEqual([host, port, secure], expected);
  });
}

test('a socket of the machine is a path', () => {
  const { socketPath, secure } = connectionTo(
    { ...endpoint, address: 'unix:///run/consul.sock' },
    '',
  );
  assert.deepEqual([socketPath, secure], ['/run/consul.sock', false]);
});

test('a name for IPv6 is looked up without its brackets', (_, done) => {
  const { lookup } = connectionTo({ ...endpoint, address: '[::1]:8500' }, '');
  assert.ok(lookup);
  lookup('[::1]', {}, (error, address) => {
    assert.deepEqual([error, address], [null, '::1']);
    done();
  });
});

test('a certificate that cannot be read is an error, with its path', () => {
  const tls = { ca: '/does/not/exist.pem', cert: '', key: '', insecureSkipVerify: false };
  assert.throws(
    () => connectionTo({ ...endpoint, scheme: 'https', tls }, ''),
    /\/does\/not\/exist\.pem/,
  );
});
