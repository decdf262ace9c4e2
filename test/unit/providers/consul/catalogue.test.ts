import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { consulProvider } from '../../../../providers/consul/consul.js';
import type { Snapshot } from '../../../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../../../src/config/static.js';
import { consulConfig, instance } from '../../../support/consul.js';
import { until } from '../../../support/eventually.js';
import { FakeCatalogue } from '../../../support/fake-catalogue.js';
import { follow, type Following } from '../../../support/following.js';

const TAGS = ['traefik.tcp.routers.db.rule=HostSNI(`*`)'];

const db = (id = 'db1', rest: Parameters<typeof instance>[1] = {}) =>
  instance(TAGS, { service: 'db', id, ...rest });

const provider = (catalogue: FakeCatalogue, config: Partial<ConsulCatalogConfig> = {}) =>
  consulProvider(consulConfig(config), '', async () => catalogue.api);

const addresses = (snapshot: Snapshot | undefined): readonly string[] =>
  (snapshot?.parts ?? []).flatMap(({ config }) =>
    [...config.services.values()].flatMap(({ config: { loadBalancer } }) =>
      (loadBalancer?.servers ?? []).map(({ address = '' }) => address),
    ),
  );

const shows = (following: Following, ...expected: readonly string[]) =>
  until(`the servers are ${expected.join(', ')}`, () => {
    const found = addresses(following.latest());
    return JSON.stringify(found) === JSON.stringify(expected);
  });

function started(t: TestContext, catalogue: FakeCatalogue, config?: Partial<ConsulCatalogConfig>) {
  return follow(t, provider(catalogue, config));
}

test('the first snapshot has every service, however many there are', async (t) => {
  const catalogue = new FakeCatalogue();
  for (let n = 0; n < 100; n += 1) {
    catalogue.put(`s${n}`, db(`i${n}`, { service: `s${n}`, port: 1_000 + n }));
  }
  const following = started(t, catalogue);
  await until('it has delivered', () => following.snapshots.length > 0);
  assert.equal(addresses(following.snapshots[0]).length, 100);
  // 63 and the catalogue's own; an agent allows 200 connections of one client.
  await until('all that may be are watched', () => catalogue.waiting === 64);
});

test('what is read in turn is read again after each change of the catalogue', async (t) => {
  const catalogue = new FakeCatalogue();
  for (let n = 0; n < 70; n += 1) {
    catalogue.put(`s${n}`, db(`i${n}`, { service: `s${n}`, port: 1_000 + n }));
  }
  const following = started(t, catalogue);
  await until('it has delivered', () => addresses(following.latest()).length === 70);
  // By name: s9 comes last.
  catalogue.put('s9', db('i9', { service: 's9', port: 7 }));
  await until('the change is seen', () => addresses(following.latest()).includes('192.0.2.1:7'));
});

test('a service that appears, changes in anything and goes is followed', async (t) => {
  const catalogue = new FakeCatalogue();
  const following = started(t, catalogue);
  await until('it has delivered', () => following.snapshots.length > 0);
  catalogue.put('db', db());
  await shows(following, '192.0.2.1:80');
  catalogue.put('db', db('db1', { port: 81 }));
  await shows(following, '192.0.2.1:81');
  catalogue.put('db', db('db1', { port: 81, address: '192.0.2.7' }));
  await shows(following, '192.0.2.7:81');
  catalogue.put('db', db('db1'), db('db2', { port: 82 }));
  await shows(following, '192.0.2.1:80', '192.0.2.1:82');
  catalogue.put(
    'db',
    db('db1', { checks: [{ id: 'c', status: 'critical' }] }),
    db('db2', { port: 82 }),
  );
  await shows(following, '192.0.2.1:82');
  catalogue.remove('db');
  await shows(following);
});

test('services without a tag of ours are never asked for', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('consul', instance([], { service: 'consul' }));
  catalogue.put(
    'web',
    instance(['traefik.http.routers.w.rule=Host(`x`)', 'v2'], { service: 'web' }),
  );
  catalogue.put('db', db());
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80');
  assert.deepEqual(
    new Set(catalogue.asked.map((line) => line.split(' ')[0])),
    new Set(['services', 'db']),
  );
  assert.deepEqual(
    following.latest()?.diagnostics.map(({ code, severity }) => [code, severity]),
    [['ignored', 'info']],
  );
});

test('what did not change is the same object, the snapshot included', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  catalogue.put('web', instance(TAGS, { service: 'web', port: 90 }));
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80', '192.0.2.1:90');
  const before = following.latest();
  catalogue.put('web', instance(TAGS, { service: 'web', port: 91 }));
  await shows(following, '192.0.2.1:80', '192.0.2.1:91');
  assert.equal(following.latest()?.parts[0], before?.parts[0]);
  const then = following.latest();
  const delivered = following.snapshots.length;
  catalogue.put('web', instance(TAGS, { service: 'web', port: 91 }));
  await until('it is confirmed', () => following.snapshots.length > delivered);
  assert.equal(following.latest(), then);
});

test('a lost agent ends it with an error, and all connections with it', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80');
  catalogue.die();
  assert.match(String(await following.ended), /ECONNREFUSED/);
  assert.equal(catalogue.isClosed, true);
  await until('nothing waits any more', () => catalogue.waiting === 0);
});

test('of an agent that is back without its catalogue the second answer is believed, not the first', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  const one = provider(catalogue);
  const before = follow(t, one);
  await shows(before, '192.0.2.1:80');
  catalogue.die();
  await before.ended;
  catalogue.live();
  catalogue.asked.length = 0;
  const after = follow(t, one);
  await until('the empty catalogue was read', () => catalogue.asked.length === 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(after.snapshots.length, 0, 'the last snapshot is still in force');
  await until('it has delivered', () => after.snapshots.length > 0);
  assert.deepEqual(catalogue.asked.slice(0, 2), ['services 0', 'services 0']);
  assert.deepEqual(addresses(after.latest()), []);
});

test('without a leader an empty catalogue is not believed', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80');
  catalogue.hasLeader = false;
  catalogue.remove('db');
  const asked = catalogue.asked.length;
  await until('it was asked again', () => catalogue.asked.length > asked + 2);
  assert.deepEqual(addresses(following.latest()), ['192.0.2.1:80']);
  catalogue.hasLeader = true;
  await shows(following);
});

test('a service that cannot be read keeps what was known of it, is said, and costs the others nothing', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  catalogue.put('web', instance(TAGS, { service: 'web', port: 90 }));
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80', '192.0.2.1:90');
  catalogue.failing.set('db', new Error('Permission denied'));
  catalogue.put('web', instance(TAGS, { service: 'web', port: 91 }));
  await shows(following, '192.0.2.1:80', '192.0.2.1:91');
  await until(
    'it is said',
    () =>
      following
        .latest()
        ?.diagnostics.some(
          ({ code, value }) => code === 'unreadable' && value === 'Permission denied',
        ) === true,
  );
  catalogue.failing.delete('db');
  catalogue.put('db', db('db1', { port: 85 }));
  await shows(following, '192.0.2.1:85', '192.0.2.1:91');
  await until('it is well again', () => following.latest()?.diagnostics.length === 0);
});

test('without watching everything is read once per refreshInterval', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  const following = started(t, catalogue, { watch: false, refreshInterval: 50 });
  await shows(following, '192.0.2.1:80');
  assert.equal(catalogue.waiting, 0);
  catalogue.put('db', db('db1', { port: 81 }));
  await shows(following, '192.0.2.1:81');
  assert.equal(
    catalogue.asked.every((line) => line.endsWith(' 0')),
    true,
  );
});

test('an abort ends it without an error, and leaves nothing behind', async (t) => {
  const catalogue = new FakeCatalogue();
  catalogue.put('db', db());
  const following = started(t, catalogue);
  await shows(following, '192.0.2.1:80');
  assert.equal(await following.stop(), undefined);
  assert.equal(catalogue.isClosed, true);
  await until('nothing waits any more', () => catalogue.waiting === 0);
});
