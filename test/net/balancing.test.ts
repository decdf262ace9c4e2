import assert from 'node:assert/strict';
import test from 'node:test';
import type { MergedService } from '../../src/config/merged.js';
import { Balanced, balanced, named, written } from '../support/balanced.js';
import { entryPoint } from '../support/compile-options.js';
import { merged, router } from '../support/merged.js';
import { startProxy } from '../support/proxy.js';
import { refusingPort } from '../support/refusing.js';

test('leastconn counts open connections, over swaps', async (t) => {
  const [a, b, c] = [await named(t, 'a'), await named(t, 'b'), await named(t, 'c')];
  const proxy = await balanced(t);
  const of = (...addresses: readonly string[]) =>
    written(
      addresses.map((address) => ({ address })),
      { strategy: 'leastconn' },
    );
  proxy.swap(of(a, b));
  const four = [];
  for (let i = 0; i < 4; i += 1) four.push(await proxy.visit());
  // Both connections of b end; then there is another server.
  for (const { client, by } of four) if (by === 'b') client.finish();
  await proxy.running.ended(2);
  proxy.swap(of(a, b, c));
  const by = (await proxy.visits(4)).split(' ').toSorted().join(' ');
  assert.equal(by, 'b b c c');
});

test('hrw sends a client to the same server always', async (t) => {
  const addresses = [await named(t, 'a'), await named(t, 'b'), await named(t, 'c')];
  const proxy = await balanced(t);
  proxy.swap(
    written(
      addresses.map((address) => ({ address })),
      { strategy: 'hrw' },
    ),
  );
  const [first, ...others] = (await proxy.visits(5)).split(' ');
  assert.deepEqual(new Set(others), new Set([first]));
});

test('a backup serves when the others cannot be reached', async (t) => {
  const proxy = await balanced(t);
  const spare = { address: await named(t, 'spare'), backup: true };
  const dead = { address: `127.0.0.1:${await refusingPort()}` };
  proxy.swap(written([spare, dead]));
  assert.equal(await proxy.visits(2), 'spare spare');
  proxy.swap(written([spare, { address: await named(t, 'a') }]));
  assert.equal(await proxy.visits(3), 'a a a');
});

test('a server gets no more connections than it may have, and then the client is reset', async (t) => {
  const [a, b] = [await named(t, 'a'), await named(t, 'b')];
  const proxy = await balanced(t);
  proxy.swap(
    written([
      { address: a, maxConnections: 1 },
      { address: b, maxConnections: 2 },
    ]),
  );
  const first = await proxy.visit();
  assert.equal(first.by, 'a');
  assert.equal(await proxy.visits(2), 'b b');
  assert.equal(await proxy.running.client().ended, 'reset');
  assert.deepEqual(await proxy.running.ended(1), ['server-limit']);
  first.client.finish();
  await proxy.running.ended(2);
  assert.equal(await proxy.visits(1), 'a');
});

test('a service has one balancer, whichever router and entry point leads to it, and whatever is swapped', async (t) => {
  const names = ['tcp', 'alt'];
  const running = await startProxy(t, { entryPoints: { tcp: {}, alt: {} } });
  const proxy = new Balanced(running, { entryPoints: names.map((name) => entryPoint(name)) });
  const servers = [{ address: await named(t, 'a') }, { address: await named(t, 'b') }];
  const swap = (priority: bigint) =>
    proxy.apply({
      services: [written(servers)],
      routers: names.map((name) => {
        const to = { rule: 'HostSNI(`*`)', service: 'db', entryPoints: [name], priority };
        return router(`${name}@docker`, to);
      }),
    });
  const answers: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    swap(BigInt(round + 1));
    // Each alone would begin with the first server, every time.
    for (const name of round % 2 === 0 ? names : ['alt']) {
      const client = running.client(name);
      await client.gets(';');
      answers.push(client.received);
    }
  }
  assert.equal(answers.join(''), 'a;b;a;b;a;b;');
});

/** `db@docker`, which consists of these. */
const weighted = (parts: Readonly<Record<string, number>>): MergedService => ({
  ...merged('db@docker', {
    weighted: { services: Object.entries(parts).map(([name, weight]) => ({ name, weight })) },
  }),
  servers: [],
});

test('a weighted service shares connections out, each to a service with its own transport', async (t) => {
  const [a, b] = [await named(t, 'a'), await named(t, 'b')];
  const proxy = await balanced(t);
  proxy.swap(
    weighted({ one: 2, other: 1, none: 0 }),
    written([{ address: a }], {}, 'one@docker'),
    written([{ address: b }], {}, 'other@docker'),
    written([{ address: a }], {}, 'none@docker'),
  );
  assert.equal(await proxy.visits(6), 'a b a a b a');
});

test('when a service of a weighted one cannot be reached, another serves the same client', async (t) => {
  const live = await named(t, 'live');
  const dead = `127.0.0.1:${await refusingPort()}`;
  const proxy = await balanced(t);
  proxy.swap(
    weighted({ gone: 9, there: 1, empty: 9 }),
    written([{ address: dead }], {}, 'gone@docker'),
    written([{ address: live }], {}, 'there@docker'),
    written([], {}, 'empty@docker'),
  );
  const { client, by } = await proxy.visit();
  assert.equal(by, 'live');
  client.finish();
  await proxy.running.ended(1);
  const { running } = proxy;
  assert.equal(running.counted('server', `gone@docker ${dead}`, 'failures'), 1);
  assert.equal(running.counted('service', 'there@docker', 'done'), 1);
  assert.equal(running.counted('server', `there@docker ${live}`, 'done'), 1);
});
