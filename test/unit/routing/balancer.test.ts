import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Balancer, type BalancedMember } from '../../../src/routing/balancer.js';
import { balancedMember as member } from '../../support/members.js';

const balancer = (...members: readonly BalancedMember[]) => new Balancer('s', 'wrr', members);

const picks = (from: Balancer, count: number) =>
  Array.from({ length: count }, () => from.pick([], '')?.host ?? '-').join(' ');

test('a server that was tried is not picked again', () => {
  const [a, b] = [member('a'), member('b')];
  const service = balancer(a, b);
  assert.equal(service.pick([a], ''), b);
  assert.equal(service.pick([a, b], ''), undefined);
});

test('a service without servers says so', () => {
  const service = balancer();
  assert.deepEqual(
    [service.pick([], ''), service.offers([]), service.whyNone()],
    [undefined, false, 'none'],
  );
});

test('a backup is picked once nobody else is left', () => {
  const [a, b, spare] = [member('a'), member('b'), member('spare', { isBackup: true })];
  const service = balancer(spare, a, b);
  assert.equal(picks(service, 4), 'a b a b');
  assert.equal(service.pick([a, b], ''), spare);
  assert.equal(picks(balancer(spare), 2), 'spare spare');
});

test('a server with as many connections as it may have is passed over, until one is over', () => {
  const [a, b] = [member('a', { maxConnections: 1 }), member('b', { maxConnections: 2 })];
  const service = balancer(a, b);
  a.server.open = 1;
  assert.equal(picks(service, 2), 'b b');
  b.server.open = 2;
  assert.deepEqual(
    [service.pick([], ''), service.offers([]), service.whyNone()],
    [undefined, false, 'full'],
  );
  a.server.open = 0;
  assert.equal(picks(service, 2), 'a a');
});

test('a backup helps out while the others are full', () => {
  const [a, spare] = [member('a', { maxConnections: 1 }), member('spare', { isBackup: true })];
  const service = balancer(a, spare);
  a.server.open = 1;
  assert.equal(picks(service, 1), 'spare');
});

test('turns live on in another balancer of the same servers', () => {
  const [a, b, c] = [member('a'), member('b'), member('c')];
  assert.equal(picks(balancer(a, b), 1), 'a');
  assert.equal(picks(balancer(a, b, c), 3), 'b c a');
});

test('however servers come, fill up and go, those that stay share evenly', () => {
  const moment = fc.record({
    guests: fc.integer({ min: 0, max: 3 }),
    isFull: fc.boolean(),
    tries: fc.boolean(),
    picks: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 40 }), (moments) => {
      const [a, b] = [member('a'), member('b')];
      const other = member('other', { maxConnections: 1 });
      const counts = { a: 0, b: 0 };
      let guest = 0;
      for (const { guests, isFull, tries, picks: count } of moments) {
        other.server.open = isFull ? 1 : 0;
        const service = balancer(
          other,
          a,
          b,
          ...Array.from({ length: guests }, () => member(`guest${guest++}`)),
        );
        const tried = tries ? [other] : [];
        for (let i = 0; i < count; i += 1) {
          const host = service.pick(tried, '')?.host;
          if (host === 'a' || host === 'b') counts[host] += 1;
        }
      }
      assert.ok(Math.abs(counts.a - counts.b) <= 2, `a ${counts.a}, b ${counts.b}`);
    }),
  );
});
