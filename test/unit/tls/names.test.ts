import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import {
  canonicalName,
  commonNamesOf,
  dnsNamesOf,
  namesOf,
  wildcardOf,
} from '../../../src/tls/names.js';

for (const [written, canonical] of [
  ['A.Example.COM', 'a.example.com'],
  ['a.example.com.', 'a.example.com'],
  ['10.0.0.1', '10.0.0.1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:A00:1', '10.0.0.1'],
  ['localhost', 'localhost'],
  ['', ''],
] as const) {
  test(`${JSON.stringify(written)} is ${JSON.stringify(canonical)}`, () => {
    assert.equal(canonicalName(written), canonical);
  });
}

for (const [name, wildcard] of [
  ['a.example.com', '*.example.com'],
  ['*.example.com', '*.example.com'],
  ['localhost', undefined],
  ['.example.com', undefined],
  ['10.0.0.1', undefined],
  ['', undefined],
] as const) {
  test(`the wildcard of ${JSON.stringify(name)} is ${wildcard ?? 'none'}`, () => {
    assert.equal(wildcardOf(name), wildcard);
  });
}

// Made by openssl req -x509 with these subjects; the second has no alternative names.
const WITHOUT_SUBJECT = `-----BEGIN CERTIFICATE-----
MIIBazCCARGgAwIBAgIUFu1vN2fb+dqSCImHdu6d3k0TYmwwCgYIKoZIzj0EAwIw
ADAeFw0yNjExMjUwMzU2NTFaFw0yNjEyMjUwMzU2NTFaMAAwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQlJIZ5EvR6ieDrX+ENdpy98InkuorjM7sxBGdRHfeyixcT
GsqgEoyL//+ugqo//BFsl+Gj1BjGbxgpY5g4Ua0Qo2kwZzAdBgNVHQ4EFgQUYJ+7
1zdtmV/0Zv8RR6Veb/oecqcwHwYDVR0jBBgwFoAUYJ+71zdtmV/0Zv8RR6Veb/oe
cqcwDwYDVR0TAQH/BAUwAwEB/zAUBgNVHREBAf8ECjAIggZlLnRlc3QwCgYIKoZI
zj0EAwIDSAAwRQIgZhCqRlgM8IthQ5YEqJbf61gUBjjCxl+6jTQxG9Y7AKgCIQCn
Yjy9ag0Q7GrGb9NKit+8ErQTX0k2wy7nlv9jB0lWWQ==
-----END CERTIFICATE-----`;
const TWO_COMMON_NAMES = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUM2/fBmAgn+jGT0yAqWO4M2AvpNAwCgYIKoZIzj0EAwIw
GDEKMAgGA1UEAwwBYTEKMAgGA1UEAwwBYjAeFw0yNjExMjUwMzU2NTFaFw0yNjEy
MjUwMzU2NTFaMBgxCjAIBgNVBAMMAWExCjAIBgNVBAMMAWIwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASqRcnN8HK2SJU6mieQL2jOMc0hh5ozGTb0mjtirubDpXVK
Cda33H+POlZtD/j6OqIyOupwTQUv9noB2dIb7HD3o1MwUTAdBgNVHQ4EFgQUK5Hl
whLf5fpt1z/VRAClUenzKAkwHwYDVR0jBBgwFoAUK5HlwhLf5fpt1z/VRAClUenz
KAkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBYgTG0GLb1dwYl
x5qFMrvjZ4kGBM3rTMh4MM+XXF7sEQIhAIwgnLQE7AuFIXFB10tZAafVBumm3o4L
IKhMjGJkR/k2
-----END CERTIFICATE-----`;

test('a certificate without a subject has its alternative names', () => {
  assert.deepEqual(namesOf(new X509Certificate(WITHOUT_SUBJECT)), ['e.test']);
});

test('several common names are all names', () => {
  assert.deepEqual(namesOf(new X509Certificate(TWO_COMMON_NAMES)), ['a', 'b']);
});

test('common names and DNS names are told apart', () => {
  const both = (pem: string) => {
    const certificate = new X509Certificate(pem);
    return [commonNamesOf(certificate), dnsNamesOf(certificate)];
  };
  assert.deepEqual(both(WITHOUT_SUBJECT), [[], ['e.test']]);
  assert.deepEqual(both(TWO_COMMON_NAMES), [['a', 'b'], []]);
});
