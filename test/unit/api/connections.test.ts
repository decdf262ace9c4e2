import assert from 'node:assert/strict';
import test from 'node:test';
import type { OpenConnection } from '../../../src/api/connections.js';
import { answered, apiSources, textOf } from '../../support/api.js';

/** An API over these connections, and which of them it closed. */
function over(token: string, connections: readonly Partial<OpenConnection>[]) {
  const closed: number[] = [];
  const open = connections.map((rest, index): OpenConnection => {
    const id = index + 1;
    return {
      id,
      entryPoint: 'tcp',
      client: `192.0.2.1:${id}`,
      via: undefined,
      serverName: undefined,
      alpn: undefined,
      tlsVersion: undefined,
      router: 'db@docker',
      service: 'db@docker',
      server: '10.0.0.1:5432',
      owner: 'pg-1',
      phase: 'data',
      age: 1_500,
      sent: 1,
      received: 2,
      close: () => closed.push(id),
      ...rest,
    };
  });
  const sources = apiSources({ connections: { open: () => open.toReversed(), token } });
  const ask = (target: string, method = 'GET', authorization?: string) => {
    const [path = '', query] = target.split('?');
    const answer = answered(sources, method, path, new URLSearchParams(query), authorization);
    return answer ?? assert.fail('the path is not known');
  };
  return { ask, closed };
}

const other = { server: '10.0.0.2:5432' };
const routing = {
  phase: 'route',
  router: undefined,
  service: undefined,
  server: undefined,
  owner: undefined,
};

test('open connections are listed by age, with their route and bytes', () => {
  const { ask } = over('', [{}, routing]);
  assert.deepEqual(JSON.parse(textOf(ask('/api/connections').body)), [
    {
      id: 1,
      entryPoint: 'tcp',
      client: '192.0.2.1:1',
      router: 'db@docker',
      service: 'db@docker',
      server: '10.0.0.1:5432',
      owner: 'pg-1',
      phase: 'data',
      ageSeconds: 1.5,
      sent: 1,
      received: 2,
    },
    {
      id: 2,
      entryPoint: 'tcp',
      client: '192.0.2.1:2',
      phase: 'route',
      ageSeconds: 1.5,
      sent: 1,
      received: 2,
    },
  ]);
  assert.equal(ask('/api/connections?per_page=1').headers['x-next-page'], '2');
});

test('one is found by its ID', () => {
  const { ask } = over('', [{}]);
  assert.match(textOf(ask('/api/connections/1').body), /"id":1/);
  for (const id of ['2', '01', 'x']) assert.equal(ask(`/api/connections/${id}`).status, 404);
});

test('counts say whether a restart is noticed', () => {
  const { ask } = over('', [{}, { entryPoint: 'alt' }, routing]);
  assert.deepEqual(JSON.parse(textOf(ask('/api/connections/count').body)), {
    open: 3,
    entryPoints: { alt: 1, tcp: 2 },
    services: { 'db@docker': 2 },
  });
  assert.match(textOf(over('', []).ask('/api/connections/count').body), /"open":0/);
});

const ALL = '/api/connections?service=db@docker&server=10.0.0.1:5432';
const BEARER = 'Bearer secret';

const CLOSINGS: readonly (readonly [
  what: string,
  target: string,
  authorization: string | undefined,
  status: number,
  closed?: readonly number[],
])[] = [
  ['one', '/api/connections/2', BEARER, 204, [2]],
  ['one that is gone', '/api/connections/9', BEARER, 404],
  ['all of a server', ALL, BEARER, 204, [3, 1]],
  ['all of a server of another service', ALL.replace('db@', 'x@'), BEARER, 204],
  ['with the scheme in another case', '/api/connections/2', 'bearer  secret', 204, [2]],
  ['without a token', ALL, undefined, 401],
  ['with another token', ALL, 'Bearer secreT', 401],
  ['with the beginning of the token', ALL, 'Bearer secre', 401],
  ['with an empty token', ALL, 'Bearer ', 401],
  ['with another scheme', ALL, 'Basic secret', 401],
  ['simply all', '/api/connections', BEARER, 400],
  ['all of a service', '/api/connections?service=db@docker', BEARER, 400],
  ['all of an address', '/api/connections?server=10.0.0.1:5432', BEARER, 400],
  ['the count', '/api/connections/count', BEARER, 405],
  ['something else', '/api/rawdata', BEARER, 405],
];

for (const [what, target, authorization, status, closed = []] of CLOSINGS) {
  test(`closing ${what} is answered with ${status}`, () => {
    const api = over('secret', [{}, other, {}]);
    assert.equal(api.ask(target, 'DELETE', authorization).status, status);
    assert.deepEqual(api.closed, closed);
  });
}

test('without a token in the configuration nobody may close (D41)', () => {
  const { ask, closed } = over('', [{}]);
  for (const authorization of [undefined, 'Bearer ', 'Bearer x']) {
    assert.equal(ask('/api/connections/1', 'DELETE', authorization).status, 403);
  }
  assert.deepEqual(closed, []);
});
