import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { STRATEGIES } from '../../../src/routing/strategies.js';
import { balancedMember as member } from '../../support/members.js';

const { leastconn, hrw } = STRATEGIES;

const addresses = Array.from({ length: 4_000 }, (_, i) => `10.${i >> 8}.${i & 255}.7`);

/** How many of these clients each server gets. */
function shares(members: readonly ReturnType<typeof member>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const host = hrw([...members], address)?.host ?? '-';
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}

test('leastconn: the fewest connections for its weight, the new one included', () => {
  const [a, b, c] = [member('a'), member('b', { weight: 2 }), member('c')];
  for (let round = 1; round <= 3; round += 1) {
    for (let i = 0; i < 4; i += 1) {
      const chosen = leastconn([a, b, c], '') ?? assert.fail('nobody');
      chosen.server.open += 1;
    }
    assert.deepEqual([a.server.open, b.server.open, c.server.open], [round, 2 * round, round]);
  }
  c.server.open = 0;
  assert.equal(leastconn([a, b, c], ''), c);
});

test('leastconn: whoever opens connections that stay, loads stay in proportion to the weights', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
  const steps = fc.array(fc.nat(), { maxLength: 200 });
  fc.assert(
    fc.property(weights, steps, (list, leaving) => {
      const members = list.map((weight, i) => member(`s${i}`, { weight }));
      const open: ReturnType<typeof member>[] = [];
      for (const step of leaving) {
        const chosen = leastconn([...members], '') ?? assert.fail('nobody');
        const least = Math.min(...members.map(({ server, weight }) => (server.open + 1) / weight));
        assert.equal((chosen.server.open + 1) / chosen.weight, least);
        chosen.server.open += 1;
        open.push(chosen);
        // Now and then somebody leaves.
        const [gone] = step % 3 === 0 ? open.splice(step % open.length, 1) : [];
        if (gone) gone.server.open -= 1;
      }
    }),
  );
});

test('leastconn: on idle servers everybody has his turn', () => {
  const members = [member('a'), member('b'), member('c')];
  const order = Array.from({ length: 6 }, () => leastconn([...members], '')?.host);
  assert.equal(order.join(' '), 'a b c a b c');
});

test('hrw: clients are spread by weight', () => {
  const counts = shares([member('a'), member('b'), member('c', { weight: 2 })]);
  for (const [host, share] of [
    ['a', 1 / 4],
    ['b', 1 / 4],
    ['c', 1 / 2],
  ] as const) {
    const got = (counts.get(host) ?? 0) / addresses.length;
    assert.ok(Math.abs(got - share) < 0.04, `${host} has ${got}`);
  }
});

test('hrw: nobody moves but the clients of a server that goes, and they are spread', () => {
  const members = ['a', 'b', 'c', 'd'].map((name) => member(name));
  const moved = new Map<string, number>();
  for (const address of addresses) {
    const before = hrw([...members], address)?.host;
    const after = hrw(members.slice(0, 3), address)?.host ?? '-';
    if (before !== 'd') assert.equal(after, before);
    else moved.set(after, (moved.get(after) ?? 0) + 1);
  }
  for (const host of ['a', 'b', 'c']) assert.ok((moved.get(host) ?? 0) > 200, host);
});

test('hrw: the order in which servers stand means nothing', () => {
  const members = ['a', 'b', 'c'].map((name) => member(name));
  for (const address of addresses.slice(0, 100)) {
    assert.equal(hrw([...members], address)?.host, hrw([...members].reverse(), address)?.host);
  }
});

test('nobody is chosen where there is nobody', () => {
  const nobody: ReturnType<typeof member>[] = [];
  for (const choose of Object.values(STRATEGIES)) assert.equal(choose(nobody, 'a'), undefined);
});
