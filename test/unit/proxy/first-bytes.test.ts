import assert from 'node:assert/strict';
import test from 'node:test';
import { httpOrPlain, tlsOrPlain } from '../../../src/proxy/first-bytes.js';

const TLS_CASES: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'more'],
  ['a TLS handshake record', '16', 'tls'],
  ['an SSLv2 hello', '80', 'tls'],
  ['a Postgres SSLRequest', '0000000804d2162f', 'postgres'],
  ['a Postgres SSLRequest with more behind it', '0000000804d2162f16', 'postgres'],
  ['the beginning of a Postgres SSLRequest', '00000008', 'more'],
  ['a Postgres CancelRequest', '0000001004d2162e', 'plain'],
  ['one byte that differs', '000000', 'more'],
  ['a plain Postgres start', '00000052', 'plain'],
  ['text', '48656c6c6f', 'plain'],
];

for (const [name, hex, expected] of TLS_CASES) {
  test(`${name} is ${expected} to an entry point with TLS routers`, () => {
    assert.equal(tlsOrPlain(Buffer.from(hex, 'hex')), expected);
  });
}

const HTTP_CASES: readonly (readonly [string, string])[] = [
  ['', 'more'],
  ['G', 'more'],
  ['GET ', 'http'],
  ['GET /api HTTP/1.1', 'http'],
  ['GETX', 'plain'],
  ['get /', 'plain'],
  ['P', 'more'],
  ['PU', 'more'],
  ['PUT ', 'http'],
  ['POST ', 'http'],
  ['PING', 'plain'],
  ['DELETE /', 'http'],
  ['OPTIONS *', 'http'],
  ['HEAD /', 'http'],
];

for (const [bytes, expected] of HTTP_CASES) {
  test(`'${bytes}' is ${expected} to a built-in HTTP server`, () => {
    assert.equal(httpOrPlain(Buffer.from(bytes)), expected);
  });
}
