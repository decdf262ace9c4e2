import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Balancer, PooledServer, type Member } from '../../../src/routing/balancer.js';
import type { Transport } from '../../../src/routing/service.js';

const transport: Transport = {
  name: 't',
  dialTimeout: 0,
  dialKeepAlive: 0,
  terminationDelay: 0,
  proxyProtocol: undefined,
};

const member = (name: string, weight = 1): Member => ({
  server: new PooledServer(`${name}:1`, name, 1, 'owner'),
  weight,
  tls: undefined,
});

const balancer = (members: readonly Member[]) => new Balancer('s', transport, members);

const picks = (from: Balancer, count: number) =>
  Array.from({ length: count }, () => from.pick([])?.host ?? '-').join(' ');

const ORDERS: readonly (readonly [weights: Readonly<Record<string, number>>, order: string])[] = [
  [{ a: 1, b: 1, c: 1 }, 'a b c a b c'],
  [{ a: 5, b: 1, c: 1 }, 'a a b a c a a'],
  [{ a: 2, b: 1, c: 1 }, 'a b c a'],
  [{ a: 1, b: 0 }, 'a a a'],
  [{ a: 0, b: 0 }, '- -'],
  [{}, '-'],
];

for (const [weights, order] of ORDERS) {
  test(`servers with weights ${JSON.stringify(weights)} take turns smoothly`, () => {
    const members = Object.entries(weights).map(([name, weight]) => member(name, weight));
    assert.equal(picks(balancer(members), order.split(' ').length), order);
  });
}

test('equal servers take turns in the same order for ever', () => {
  const members = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => member(name));
  assert.equal(picks(balancer(members), 70_000), Array(10_000).fill('a b c d e f g').join(' '));
});

test('a server that was tried is not picked again', () => {
  const [a, b] = [member('a'), member('b')];
  const service = balancer([a, b]);
  assert.equal(service.pick([a.server]), b.server);
  assert.equal(service.pick([a.server, b.server]), undefined);
});

test('a balancer of other servers goes on where the one before stopped', () => {
  const [a, b, c] = [member('a'), member('b'), member('c')];
  assert.equal(picks(balancer([a, b]), 1), 'a');
  assert.equal(picks(balancer([a, b, c]), 3), 'b c a');
  assert.equal(picks(balancer([b, c]), 2), 'b c');
});

test('it is known whether another balancer would be the same', () => {
  const [a, b] = [member('a'), member('b')];
  const service = balancer([a, b]);
  assert.ok(service.consistsOf(transport, [{ ...a }, b]));
  assert.ok(!service.consistsOf(transport, [b, a]));
  assert.ok(!service.consistsOf(transport, [a]));
  assert.ok(!service.consistsOf(transport, [a, { ...b, weight: 2 }]));
  assert.ok(!service.consistsOf({ ...transport }, [a, b]));
});

test('each server gets its share, never more than one turn off', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 300 }), (shares, count) => {
      const members = shares.map((weight, i) => member(`s${i}`, weight));
      const sum = shares.reduce((a, b) => a + b, 0);
      fc.pre(sum > 0);
      const service = balancer(members);
      const counts = new Map(members.map(({ server }) => [server.host, 0]));
      for (let i = 0; i < count; i += 1) {
        const host = service.pick([])?.host ?? '';
        counts.set(host, (counts.get(host) ?? 0) + 1);
      }
      members.forEach(({ server, weight }) => {
        const off = Math.abs((counts.get(server.host) ?? 0) - (count * weight) / sum);
        assert.ok(off <= members.length, `${server.host} is off by ${off}`);
      });
    }),
  );
});

test('however servers come and go, those that stay share evenly', () => {
  const generations = fc.array(
    fc.record({ guests: fc.integer({ min: 0, max: 4 }), picks: fc.integer({ min: 0, max: 12 }) }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(generations, (list) => {
      const [a, b] = [member('a'), member('b')];
      const counts = { a: 0, b: 0 };
      let guest = 0;
      for (const { guests, picks: count } of list) {
        const others = Array.from({ length: guests }, () => member(`guest${guest++}`));
        const service = balancer([a, b, ...others]);
        for (let i = 0; i < count; i += 1) {
          const host = service.pick([])?.host;
          if (host === 'a' || host === 'b') counts[host] += 1;
        }
      }
      const drift = Math.abs(counts.a - counts.b);
      assert.ok(drift <= 2, `a ${counts.a}, b ${counts.b}`);
    }),
  );
});
