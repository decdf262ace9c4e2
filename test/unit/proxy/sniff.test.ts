import assert from 'node:assert/strict';
import test from 'node:test';
import { choose, type Choice, type Known } from '../../../src/proxy/sniff.js';
import { entryPointRoutes, type Route } from '../../../src/routing/table.js';
import { clientHello } from '../../support/hello.js';
import { route, service } from '../../support/tables.js';

const anyone = route(service([]), () => true, 'anyone@test');
const nobody = route(service([]), () => false, 'nobody@test');
const secure = route(undefined, ({ serverName }) => serverName === 'a.test', 'secure@test');
const hello = await clientHello({ servername: 'A.test', ALPNProtocols: ['postgresql'] });

const known = (bytes: Buffer, rest: Partial<Known>): Known => ({
  remoteAddress: '192.0.2.1',
  bytes,
  hasAll: false,
  hasEnded: false,
  isStartTls: false,
  hasBuiltIn: false,
  ...rest,
});

const chosen = (
  { plain = [], tls = [] }: { readonly plain?: readonly Route[]; readonly tls?: readonly Route[] },
  bytes: string | Buffer,
  rest: Partial<Known> = {},
): Choice =>
  choose(
    entryPointRoutes(plain, tls),
    known(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, rest),
  );

test('without TLS routers a plain router is found before any byte', () => {
  assert.equal(chosen({ plain: [nobody, anyone] }, ''), anyone);
});

test('without TLS routers the bytes make no difference', () => {
  assert.equal(chosen({ plain: [anyone] }, '\x16'), anyone);
});

test('nothing matches, and there is nothing to wait for', () => {
  assert.equal(chosen({ plain: [nobody] }, ''), 'none');
});

test('beside TLS routers the first byte is awaited', () => {
  assert.equal(chosen({ plain: [anyone], tls: [secure] }, ''), 'more');
});

test('the TLS router is found by the name in the hello, once it is all there', () => {
  const routes = { plain: [anyone], tls: [secure] };
  assert.equal(chosen(routes, hello.subarray(0, -1)), 'more');
  assert.deepEqual(chosen(routes, hello), {
    hello: { serverName: 'a.test', alpn: ['postgresql'] },
    route: secure,
  });
});

test('a TLS client whose name no router wants never falls to a plain router', async () => {
  const other = await clientHello({ servername: 'z.test' });
  assert.deepEqual(chosen({ plain: [anyone], tls: [secure] }, other), {
    hello: { serverName: 'z.test', alpn: [] },
    route: undefined,
  });
});

test('what begins like TLS and cannot be a hello is for plain routers (DP-36)', () => {
  const routes = { plain: [anyone], tls: [secure] };
  assert.equal(chosen(routes, '\x16\x03\x01\x00\x05\xaa\xbb\xcc\xdd\xee'), anyone);
  assert.equal(chosen(routes, '\x16\x03\x01'), 'more');
  assert.equal(chosen(routes, '\x16\x03\x01', { hasAll: true }), anyone);
});

test('beside TLS routers, other bytes are for plain routers', () => {
  assert.equal(chosen({ plain: [anyone], tls: [secure] }, 'hello'), anyone);
  assert.equal(chosen({ plain: [nobody], tls: [secure] }, 'hello'), 'none');
});

test('a beginning that could become TLS is plain once the client has finished', () => {
  const routes = { plain: [anyone], tls: [secure] };
  assert.equal(chosen(routes, '\0\0'), 'more');
  assert.equal(chosen(routes, '\0\0', { hasAll: true, hasEnded: true }), anyone);
});

test('Postgres is told yes once, and has no way back to plain routers', () => {
  const routes = { plain: [anyone], tls: [secure] };
  const request = Buffer.from('0000000804d2162f', 'hex');
  assert.equal(chosen(routes, request), 'postgres');
  assert.equal(chosen(routes, request, { isStartTls: true }), 'none');
  assert.equal(chosen(routes, '', { isStartTls: true }), 'more');
  assert.equal(chosen(routes, 'hello', { isStartTls: true }), 'none');
  assert.equal(chosen({ plain: [anyone] }, request), anyone);
});

test('routers match before the built-in server, even with HTTP', () => {
  const http = { hasBuiltIn: true };
  assert.equal(chosen({ plain: [anyone] }, 'GET /', http), anyone);
  assert.equal(chosen({ plain: [nobody] }, 'GET /', http), 'http');
  assert.equal(chosen({ tls: [secure] }, 'GET /', http), 'http');
});

test('the built-in server gets nothing that does not begin like HTTP', () => {
  assert.equal(chosen({}, '', { hasBuiltIn: true }), 'more');
  assert.equal(chosen({}, 'GE', { hasBuiltIn: true }), 'more');
  assert.equal(chosen({}, 'GE', { hasBuiltIn: true, hasAll: true, hasEnded: true }), 'none');
  assert.equal(chosen({}, 'SSH-2.0', { hasBuiltIn: true }), 'none');
});
