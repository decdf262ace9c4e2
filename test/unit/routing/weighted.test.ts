import assert from 'node:assert/strict';
import test from 'node:test';
import { Balancer, type BalancedMember } from '../../../src/routing/balancer.js';
import type { Service } from '../../../src/routing/service.js';
import { Turn } from '../../../src/routing/turns.js';
import { Weighted } from '../../../src/routing/weighted.js';
import { balancedMember as member } from '../../support/members.js';

const of = (...members: readonly BalancedMember[]) =>
  new Balancer('s', { strategy: 'wrr', onAllDown: 'refuse' }, members);

const weighted = (...shares: readonly (readonly [Service, number])[]) =>
  new Weighted(
    'w',
    shares.map(([service, weight]) => ({ service, weight, turn: new Turn() })),
  );

const picks = (from: Service, count: number) =>
  Array.from({ length: count }, () => from.pick([], '', 0)?.host ?? '-').join(' ');

test('services have their turns by weight, and the servers of each have theirs', () => {
  const service = weighted([of(member('a'), member('b')), 2], [of(member('c')), 1]);
  assert.equal(picks(service, 6), 'a c b a c b');
});

test('weighted services nest', () => {
  const inner = weighted([of(member('a')), 1], [of(member('b')), 1]);
  assert.equal(picks(weighted([inner, 2], [of(member('c')), 1]), 6), 'a c b a c b');
});

test('a service without a server for the client is passed over', () => {
  const full = member('full', { maxConnections: 1 });
  full.server.open = 1;
  const [a, b] = [member('a'), member('b')];
  const service = weighted([of(full), 9], [of(), 9], [of(a), 1], [of(b), 1]);
  assert.equal(picks(service, 4), 'a b a b');
  assert.equal(service.pick([a], '', 0), b);
  assert.equal(service.pick([a, b], '', 0), undefined);
});

test('a service whose servers have failed, or are about to end, is a last resort', () => {
  const [failed, leaving, good] = [
    member('failed'),
    member('leaving', { isLeaving: true }),
    member('good'),
  ];
  for (let n = 0; n < 3; n += 1) failed.server.health.failed(failed, 0);
  const nested = weighted([of(failed), 9], [of(leaving), 9]);
  assert.equal(picks(weighted([nested, 9], [of(good), 1]), 3), 'good good good');
  // Who retries gets the better one first.
  assert.equal(weighted([nested, 9], [of(good), 1]).pick([good], '', 0), leaving);
  assert.equal(nested.pick([leaving], '', 0), failed);
  // Its turn to be tried again comes as that of any other.
  const later = Array.from({ length: 2 }, () =>
    weighted([of(failed), 9], [of(good), 1]).pick([], '', 10_000),
  );
  assert.deepEqual(later, [failed, failed]);
});

test('why there is no server, is why its services have none', () => {
  const full = member('full', { maxConnections: 1 });
  full.server.open = 1;
  assert.deepEqual(
    [weighted(), weighted([of(), 1]), weighted([of(), 1], [of(full), 1])].map((service) => [
      service.rank([], 0),
      service.whyNone(),
    ]),
    [
      [Infinity, 'none'],
      [Infinity, 'none'],
      [Infinity, 'full'],
    ],
  );
});
