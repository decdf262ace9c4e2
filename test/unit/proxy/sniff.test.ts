import assert from 'node:assert/strict';
import test from 'node:test';
import { choose, type Known } from '../../../src/proxy/sniff.js';
import { route, service } from '../../support/tables.js';

const anyone = route(service([]), () => true, 'anyone@test');
const nobody = route(service([]), () => false, 'nobody@test');
const secure = route(undefined, () => true, 'secure@test');

const known = (bytes: string, rest: Partial<Known> = {}): Known => ({
  facts: { remoteAddress: '192.0.2.1', serverName: undefined, alpn: [] },
  bytes: Buffer.from(bytes, 'latin1'),
  isAll: false,
  hasBuiltIn: false,
  ...rest,
});

test('without TLS routers a plain router is found before any byte', () => {
  assert.equal(choose({ plain: [nobody, anyone], tls: [] }, known('')), anyone);
});

test('without TLS routers the bytes make no difference', () => {
  assert.equal(choose({ plain: [anyone], tls: [] }, known('\x16')), anyone);
});

test('nothing matches, and there is nothing to wait for', () => {
  assert.equal(choose({ plain: [nobody], tls: [] }, known('')), 'none');
});

test('beside TLS routers the first byte is awaited', () => {
  assert.equal(choose({ plain: [anyone], tls: [secure] }, known('')), 'more');
});

test('beside TLS routers, TLS never falls to a plain router', () => {
  assert.equal(choose({ plain: [anyone], tls: [secure] }, known('\x16')), 'tls');
});

test('beside TLS routers, other bytes are for plain routers', () => {
  assert.equal(choose({ plain: [anyone], tls: [secure] }, known('hello')), anyone);
  assert.equal(choose({ plain: [nobody], tls: [secure] }, known('hello')), 'none');
});

test('a beginning that could become TLS is plain once the client has finished', () => {
  const routes = { plain: [anyone], tls: [secure] };
  assert.equal(choose(routes, known('\0\0')), 'more');
  assert.equal(choose(routes, known('\0\0', { isAll: true })), anyone);
});

test('routers match before the built-in server, even with HTTP', () => {
  const http = known('GET /', { hasBuiltIn: true });
  assert.equal(choose({ plain: [anyone], tls: [] }, http), anyone);
  assert.equal(choose({ plain: [nobody], tls: [] }, http), 'http');
  assert.equal(choose({ plain: [], tls: [secure] }, http), 'http');
});

test('the built-in server gets nothing that does not begin like HTTP', () => {
  const routes = { plain: [], tls: [] };
  assert.equal(choose(routes, known('', { hasBuiltIn: true })), 'more');
  assert.equal(choose(routes, known('GE', { hasBuiltIn: true })), 'more');
  assert.equal(choose(routes, known('GE', { hasBuiltIn: true, isAll: true })), 'none');
  assert.equal(choose(routes, known('SSH-2.0', { hasBuiltIn: true })), 'none');
});
