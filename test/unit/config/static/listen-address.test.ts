import assert from 'node:assert/strict';
import test from 'node:test';
import { parseListenAddress } from '../../../../src/config/static/listen-address.js';

const GOOD: readonly (readonly [text: string, host: string, port: number, protocol: string])[] = [
  [':80', '', 80, 'tcp'],
  ['127.0.0.1:5432', '127.0.0.1', 5432, 'tcp'],
  ['localhost:0', 'localhost', 0, 'tcp'],
  ['[::1]:5432', '::1', 5432, 'tcp'],
  ['[fe80::1%eth0]:5432', 'fe80::1%eth0', 5432, 'tcp'],
  [':5432/tcp', '', 5432, 'tcp'],
  [':5432/UDP', '', 5432, 'udp'],
  [':http', '', 80, 'tcp'],
  ['127.0.0.1:postgresql', '127.0.0.1', 5432, 'tcp'],
];

for (const [text, host, port, protocol] of GOOD) {
  test(`"${text}" is an address to listen on`, () => {
    assert.deepEqual(parseListenAddress(text), { ok: true, host, port, protocol });
  });
}

const BAD = [
  '',
  '80',
  'localhost',
  '::1:80',
  '[::1]',
  '[::1]80',
  '[1.2.3.4]:80',
  ':',
  ':65536',
  ':-1',
  ':1.5',
  ':nosuchservice',
  '127.0.0.1:6000-6002',
  ':80/',
  ':80/sctp',
  ':80/tcp/udp',
  '{{ env "X" }}',
];

for (const text of BAD) {
  test(`"${text}" is none`, () => assert.equal(parseListenAddress(text).ok, false));
}
