import assert from 'node:assert/strict';
import test from 'node:test';
import type { MergedService } from '../../../src/config/merged.js';
import type { ServiceConfig } from '../../../src/config/model.js';
import type { Compiled } from '../../../src/routing/compile.js';
import { Generations } from '../../support/compiled.js';
import { label, merged, router, service, type Extra } from '../../support/merged.js';

type Part = readonly [name: string, weight?: number];

/** A service that consists of others. */
function weighted(
  name: string,
  parts: readonly Part[],
  rest: Omit<NonNullable<ServiceConfig['weighted']>, 'services'> = {},
  extra: Extra = {},
): MergedService {
  const services = parts.map(([part, weight]) => ({
    name: part,
    ...(weight !== undefined && { weight }),
  }));
  return { ...merged(name, { weighted: { services, ...rest } }, extra), servers: [] };
}

const routers = [router('r@file', { rule: 'HostSNI(`*`)', service: 'w' })];
const compiled = (...services: readonly MergedService[]) =>
  new Generations().next({ routers, services });

const chosenBy = ({ table }: Compiled) => table.of('tcp').plain[0]?.service;

const hosts = (result: Compiled, count: number) =>
  Array.from({ length: count }, () => chosenBy(result)?.pick([], '', 0)?.host ?? '-').join(' ');

const codes = ({ diagnostics }: Compiled) =>
  diagnostics.map(({ severity, code, object }) => `${severity} ${code} on ${object?.name ?? ''}`);

const [a, b, c] = ['a', 'b', 'c'].map((name) => service(`${name}@file`, [`${name}:1`]));
assert.ok(a && b && c);

test('shares are as the weights, 1 unless it is said, and 0 is none', () => {
  const result = compiled(a, b, c, weighted('w@file', [['a', 2], ['b'], ['c', 0]]));
  assert.equal(hosts(result, 6), 'a b a a b a');
  assert.deepEqual(codes(result), []);
});

test('of a service that is named twice the weights are added', () => {
  const result = compiled(a, b, weighted('w@file', [['a'], ['b'], ['a@file']]));
  assert.equal(hosts(result, 3), 'a b a');
});

test('a weighted service without a share has no server', () => {
  for (const parts of [[], [['a', 0]]] as const) {
    const result = compiled(a, weighted('w@file', parts));
    assert.equal(chosenBy(result)?.whyNone(), 'none');
    assert.deepEqual(codes(result), []);
  }
});

test('services are looked for where the weighted one stands, and by their provider', () => {
  const elsewhere = service('a@docker', ['x:1']);
  assert.equal(hosts(compiled(a, elsewhere, weighted('w@file', [['a']])), 1), 'a');
  assert.equal(hosts(compiled(a, elsewhere, weighted('w@file', [['a@docker']])), 1), 'x');
});

test('a member says whose it is', () => {
  const result = compiled(
    service('a@file', ['a:1'], { serversTransport: 'default@internal' }),
    weighted('v@file', [['a']]),
    weighted('w@file', [['v']]),
  );
  const member = chosenBy(result)?.pick([], '', 0);
  assert.deepEqual([member?.service, member?.transport.name], ['a@file', 'default@internal']);
});

test('servers are shown with a status where a router gets as far as them by way of others', () => {
  const result = compiled(a, b, weighted('v@file', [['a']]), weighted('w@file', [['v']]));
  const shown = ['a@file', 'b@file', 'v@file', 'w@file'].map((name) => {
    const view = result.runtime.services.get(name);
    return [view?.isReached, view?.usedBy, view?.serverStatus?.()];
  });
  assert.deepEqual(shown, [
    [true, [], new Map([['a:1', 'UP']])],
    [false, [], undefined],
    [true, [], undefined],
    [true, ['r@file'], undefined],
  ]);
});

test('what is reached by way of others changes with them', () => {
  const generations = new Generations();
  const reached = (services: readonly MergedService[]) =>
    [...generations.next({ routers, services }).runtime.services.values()]
      .filter(({ isReached }) => isReached)
      .map((view) => view.merged.name)
      .toSorted();
  const v = weighted('v@file', [['a']]);
  assert.deepEqual(reached([a, b, v, weighted('w@file', [['v']])]), ['a@file', 'v@file', 'w@file']);
  assert.deepEqual(reached([a, b, v, weighted('w@file', [['b']])]), ['b@file', 'w@file']);
  assert.deepEqual(reached([a, b, v, weighted('w@file', [['v']])]), ['a@file', 'v@file', 'w@file']);
});

test('what did not change is carried over, and turns are', () => {
  const generations = new Generations();
  const w = weighted('w@file', [['a'], ['b']]);
  const first = generations.next({ routers, services: [a, b, w] });
  assert.equal(hosts(first, 1), 'a');
  const second = generations.next({ routers, services: [a, b, w] });
  assert.equal(chosenBy(second), chosenBy(first));
  const third = generations.next({ routers, services: [a, b, weighted('w@file', [['b'], ['a']])] });
  assert.equal(hosts(third, 1), 'b');
});

test('a weighted service follows what becomes of its services', () => {
  const generations = new Generations();
  const w = weighted('w@file', [['a']]);
  generations.next({ routers, services: [a, w] });
  const moved = generations.next({ routers, services: [service('a@file', ['z:1']), w] });
  assert.equal(hosts(moved, 1), 'z');
});

const BROKEN = {
  diagnostics: [{ code: 'bad-value', severity: 'error', at: label('x'), message: 'x' }],
} as const;

interface Case {
  readonly name: string;
  readonly services: readonly MergedService[];
  readonly says: readonly string[];
  /** The status of the weighted service itself. */
  readonly status?: 'enabled' | 'disabled';
}

const CHECKED = service('checked@file', ['k:1'], { healthCheck: {} });

const CASES: readonly Case[] = [
  {
    name: 'a service that does not exist',
    services: [weighted('w@file', [['a'], ['nobody']])],
    says: ['error unknown-reference on w@file', 'info broken-reference on r@file'],
  },
  {
    name: 'a service that is disabled',
    services: [service('d@file', ['d:1'], {}, BROKEN), weighted('w@file', [['d']])],
    says: ['info broken-reference on w@file', 'info broken-reference on r@file'],
  },
  {
    name: 'a service that cannot be used',
    services: [
      service('d@file', ['d:1'], { serversTransport: 'nobody' }),
      weighted('v@file', [['d']]),
      weighted('w@file', [['v']]),
    ],
    says: [
      'error unknown-reference on d@file',
      'info broken-reference on v@file',
      'info broken-reference on w@file',
      'info broken-reference on r@file',
    ],
  },
  {
    name: 'itself',
    services: [weighted('w@file', [['a'], ['w']])],
    says: ['error cycle on w@file', 'info broken-reference on r@file'],
    status: 'disabled',
  },
  {
    name: 'a circle that it is not in',
    services: [
      weighted('u@file', [['v']]),
      weighted('v@file', [['u']]),
      weighted('w@file', [['u']]),
    ],
    says: [
      'error cycle on u@file',
      'info broken-reference on v@file',
      'info broken-reference on w@file',
      'info broken-reference on r@file',
    ],
  },
  {
    name: 'a service without the health check that it asks for',
    services: [CHECKED, weighted('w@file', [['checked'], ['a']], { healthCheck: {} })],
    says: ['error missing on w@file', 'info broken-reference on r@file'],
  },
  {
    name: 'a weighted service without it',
    services: [
      CHECKED,
      weighted('v@file', [['checked']]),
      weighted('w@file', [['v']], { healthCheck: {} }),
    ],
    says: ['error missing on w@file', 'info broken-reference on r@file'],
  },
];

for (const { name, services, says, status = 'enabled' } of CASES) {
  test(`a weighted service that consists of ${name} is not used, and its routers hold their place`, () => {
    const result = compiled(a, ...services);
    const [route] = result.table.of('tcp').plain;
    assert.ok(route);
    assert.equal(route.service, undefined);
    assert.equal(result.runtime.services.get('w@file')?.status, status);
    assert.deepEqual(
      codes(result).filter((code) => !code.includes('not-served')),
      says,
    );
  });
}

test('health checks all the way down are in order', () => {
  const result = compiled(
    CHECKED,
    weighted('v@file', [['checked']], { healthCheck: {} }),
    weighted('w@file', [['v']], { healthCheck: {} }),
  );
  assert.equal(hosts(result, 1), 'k');
});

test('what waits for a provider is not served, and no alarm is raised', () => {
  const result = new Generations().next({
    routers,
    services: [weighted('w@file', [['x@docker']])],
    pending: ['docker'],
  });
  assert.equal(chosenBy(result), undefined);
  assert.deepEqual(codes(result), ['info unresolved on w@file', 'info unresolved on r@file']);
});
