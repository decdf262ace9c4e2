import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Balancer, type BalancedMember } from '../../../src/routing/balancer.js';
import { healthCheckOf } from '../../../src/routing/health-check.js';
import { balancedMember as member } from '../../support/members.js';

const balancer = (...members: readonly BalancedMember[]) =>
  new Balancer('s', { strategy: 'wrr', onAllDown: 'refuse' }, members);

const CHECK = healthCheckOf({});

const picks = (from: Balancer, count: number) =>
  Array.from({ length: count }, () => from.pick([], '', 0)?.host ?? '-').join(' ');

test('a server that was tried is not picked again', () => {
  const [a, b] = [member('a'), member('b')];
  const service = balancer(a, b);
  assert.equal(service.pick([a], '', 0), b);
  assert.equal(service.pick([a, b], '', 0), undefined);
});

test('a service without servers says so', () => {
  const service = balancer();
  assert.deepEqual(
    [service.pick([], '', 0), service.rank([], 0), service.whyNone()],
    [undefined, Infinity, 'none'],
  );
});

test('a backup is picked once nobody else is left', () => {
  const [a, b, spare] = [member('a'), member('b'), member('spare', { isBackup: true })];
  const service = balancer(spare, a, b);
  assert.equal(picks(service, 4), 'a b a b');
  assert.equal(service.pick([a, b], '', 0), spare);
  assert.equal(picks(balancer(spare), 2), 'spare spare');
});

test('a server with as many connections as it may have is passed over, until one is over', () => {
  const [a, b] = [member('a', { maxConnections: 1 }), member('b', { maxConnections: 2 })];
  const service = balancer(a, b);
  a.server.open = 1;
  assert.equal(picks(service, 2), 'b b');
  b.server.open = 2;
  assert.deepEqual(
    [service.pick([], '', 0), service.rank([], 0), service.whyNone()],
    [undefined, Infinity, 'full'],
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

/** Checked, with this result; none: not yet. */
function found(name: string, result?: boolean, settings: Partial<BalancedMember> = {}) {
  const one = member(name, settings);
  one.server.health.configure(CHECK);
  if (result !== undefined) one.server.health.checked(result);
  return one;
}

/** Connections have failed; it is out until 10,000 ms. */
function out(name: string, settings: Partial<BalancedMember> = {}) {
  const one = member(name, settings);
  for (let n = 0; n < 3; n += 1) one.server.health.failed({}, 0);
  return one;
}

const LEAVING = { isLeaving: true };
const BACKUP = { isBackup: true };

/** Each is chosen only where nobody before it can be. */
const ORDER: readonly BalancedMember[] = [
  found('up', true),
  found('up backup', true, BACKUP),
  found('unknown'),
  found('unknown backup', undefined, BACKUP),
  found('leaving', true, LEAVING),
  found('leaving backup', true, { ...LEAVING, ...BACKUP }),
  out('out'),
  out('out backup', BACKUP),
];

test('who is known to be up comes first, who failed last', () => {
  const service = balancer(...[...ORDER].reverse());
  const tried: BalancedMember[] = [];
  for (const expected of ORDER) {
    assert.equal(service.pick(tried, '', 1)?.host, expected.host);
    tried.push(expected);
  }
  assert.equal(service.pick(tried, '', 1), undefined);
});

test('who is down is not chosen, and when all are, nobody', () => {
  const service = balancer(found('a', false), found('b', true), found('c', false));
  assert.equal(picks(service, 2), 'b b');
  const down = balancer(found('a', false), found('b', false));
  assert.deepEqual([down.pick([], '', 0), down.whyNone()], [undefined, 'down']);
});

test('with onAllDown any, all are chosen when all are down', () => {
  const settings = { strategy: 'wrr', onAllDown: 'any' } as const;
  const down = new Balancer('s', settings, [found('a', false), found('b', false)]);
  assert.equal(picks(down, 3), 'a b a');
  const half = new Balancer('s', settings, [found('a', false), out('b')]);
  assert.equal(half.pick([], '', 1)?.host, 'b');
});

test('who is out is tried again by one client, once the time is over', () => {
  const [a, b] = [out('a'), member('b')];
  const service = balancer(a, b);
  const host = (now: number) => service.pick([], '', now)?.host;
  assert.deepEqual([host(9_999), host(9_999)], ['b', 'b']);
  assert.equal(host(10_000), 'a');
  a.server.health.dialling(a);
  assert.deepEqual([host(10_000), host(10_000)], ['b', 'b']);
  a.server.health.reached(a, 10_000);
  assert.deepEqual(new Set([host(10_000), host(10_000)]), new Set(['a', 'b']));
});

test('full and down together are full, if one of them is up', () => {
  const full = found('a', true, { maxConnections: 1 });
  full.server.open = 1;
  assert.equal(balancer(full, found('b', false)).whyNone(), 'full');
});

test('a server with weight 0 is no server', () => {
  const service = balancer(member('a', { weight: 0 }));
  assert.deepEqual([service.pick([], '', 0), service.whyNone()], [undefined, 'none']);
});

test('however servers come, fill up, go down and go, those that stay share evenly', () => {
  const moment = fc.record({
    guests: fc.integer({ min: 0, max: 3 }),
    isFull: fc.boolean(),
    isDown: fc.boolean(),
    isOut: fc.boolean(),
    tries: fc.boolean(),
    picks: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 40 }), (moments) => {
      const [a, b] = [member('a'), member('b')];
      const other = found('other', true, { maxConnections: 1 });
      const shaky = member('shaky');
      const counts = { a: 0, b: 0 };
      let guest = 0;
      for (const { guests, isFull, isDown, isOut, tries, picks: count } of moments) {
        other.server.open = isFull ? 1 : 0;
        other.server.health.checked(!isDown);
        if (isOut) for (let n = 0; n < 3; n += 1) shaky.server.health.failed({}, 0);
        else shaky.server.health.reached(shaky, 0);
        const service = balancer(
          other,
          shaky,
          a,
          b,
          ...Array.from({ length: guests }, () => member(`guest${guest++}`)),
        );
        const tried = tries ? [other] : [];
        for (let i = 0; i < count; i += 1) {
          const host = service.pick(tried, '', 0)?.host;
          if (host === 'a' || host === 'b') counts[host] += 1;
        }
      }
      assert.ok(Math.abs(counts.a - counts.b) <= 2, `a ${counts.a}, b ${counts.b}`);
    }),
  );
});
