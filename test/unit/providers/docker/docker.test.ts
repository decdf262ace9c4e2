import assert from 'node:assert/strict';
import test from 'node:test';
import { dockerProvider } from '../../../../providers/docker/docker.js';
import type { OwnMarks } from '../../../../providers/docker/self.js';
import type { Snapshot } from '../../../../src/config/provider.js';
import { dockerConfig } from '../../../support/docker.js';
import { until } from '../../../support/eventually.js';
import { FakeEngine } from '../../../support/fake-engine.js';
import { follow } from '../../../support/following.js';

const web = {
  name: 'web',
  labels: { 'traefik.tcp.routers.r.rule': 'HostSNI(`*`)', tier: 'front' },
  ports: ['80/tcp'],
};

const namesIn = (snapshot: Snapshot | undefined) =>
  snapshot?.parts.map(({ owner }) => owner.name).join(' ');

const ROUTED = {
  'traefik.tcp.routers.db.rule': 'HostSNI(`*`)',
  'traefik.tcp.services.db.loadbalancer.server.port': '5432',
};

const subscriptions = (engine: FakeEngine) => engine.asked.filter((what) => what === 'events');

test('events are asked for before the list, so that nothing falls in between (BUG-52)', async (t) => {
  const engine = new FakeEngine(web);
  const { latest } = follow(t, dockerProvider(dockerConfig(), engine.outside()));
  await until('the list', () => namesIn(latest()) === 'web');
  assert.deepEqual(engine.asked, ['events', 'list']);
});

test('without watch there is one list, and it is over', async (t) => {
  const engine = new FakeEngine(web);
  const provider = dockerProvider(dockerConfig({ watch: false }), engine.outside());
  const { snapshots, ended } = follow(t, provider);
  assert.equal(await ended, undefined);
  assert.deepEqual(snapshots.map(namesIn), ['web']);
  assert.deepEqual(engine.asked, ['list']);
});

test('what is known survives a reconnect, as the same objects', async (t) => {
  const engine = new FakeEngine(web);
  const provider = dockerProvider(dockerConfig(), engine.outside());
  const first = follow(t, provider);
  await until('the list', () => namesIn(first.latest()) === 'web');
  engine.hangUp();
  assert.ok((await first.ended) instanceof Error);
  const second = follow(t, provider);
  await until('the second list', () => second.latest() !== undefined);
  assert.equal(second.latest(), first.latest());
});

test('an engine that cannot be reached is lost with the reason', async (t) => {
  const reason = new Error('connect ECONNREFUSED');
  const outside = new FakeEngine(web).outside({ connect: () => Promise.reject(reason) });
  assert.equal(await follow(t, dockerProvider(dockerConfig(), outside)).ended, reason);
});

test('all is read again when that is asked for', async (t) => {
  const engine = new FakeEngine(web);
  const provider = dockerProvider(dockerConfig(), engine.outside());
  const { latest } = follow(t, provider);
  await until('the list', () => namesIn(latest()) === 'web');
  engine.remove('web');
  provider.refresh?.();
  await until('the next list', () => namesIn(latest()) === '');
});

test('a condition decides who takes part', async (t) => {
  const engine = new FakeEngine(web, {
    ...web,
    name: 'back',
    labels: { ...web.labels, tier: 'back' },
  });
  const config = dockerConfig({ constraints: '!Label(`tier`, `back`)', watch: false });
  const { ended, latest } = follow(t, dockerProvider(config, engine.outside()));
  await ended;
  assert.equal(namesIn(latest()), 'web');
});

test('a condition that cannot be read is said, and nobody fulfils it', async (t) => {
  const config = dockerConfig({ constraints: 'Label(`tier`, `front`) &', watch: false });
  const { ended, latest } = follow(t, dockerProvider(config, new FakeEngine(web).outside()));
  await ended;
  assert.equal(namesIn(latest()), '');
  const [finding, ...others] = latest()?.diagnostics ?? [];
  assert.deepEqual(others, []);
  assert.equal(finding?.code, 'constraint');
  assert.equal(finding.severity, 'error');
  assert.equal(finding.object?.name, 'providers.docker.constraints');
});

const NAMES: readonly (readonly [known: string, address: string])[] = [
  ['host.docker.internal', '192.168.65.2:80'],
  ['host.containers.internal', '192.168.65.2:80'],
  ['nobody', '127.0.0.1:80'],
];

for (const [known, address] of NAMES) {
  test(`where ${known} is known, a container on the host network is at ${address} (DKR-31)`, async (t) => {
    const labels = { ...web.labels, 'traefik.tcp.services.s.loadbalancer.server.port': '80' };
    const engine = new FakeEngine({ name: 'web', labels, networkMode: 'host' });
    const outside = engine.outside({
      resolve: (name) =>
        name === known ? Promise.resolve('192.168.65.2') : Promise.reject(new Error('ENOTFOUND')),
    });
    const { ended, latest } = follow(t, dockerProvider(dockerConfig({ watch: false }), outside));
    await ended;
    const service = latest()?.parts[0]?.config.services.get('s');
    assert.equal(service?.config.loadBalancer?.servers?.[0]?.address, address);
  });
}

test('an event stream that was sound and ends is opened again, and everything is listed again', async (t) => {
  const engine = new FakeEngine();
  const following = follow(
    t,
    dockerProvider(dockerConfig(), engine.outside({ times: { steady: 0 } })),
  );
  await until('the first snapshot', () => following.snapshots.length === 1);
  engine.put({ name: 'db', labels: ROUTED });
  engine.hangUp();
  await until('what happened meanwhile', () => following.latest()?.parts.length === 1);
  assert.equal(subscriptions(engine).length, 2);
  assert.equal(await following.stop(), undefined);
});

test('an engine that does not take the next subscription is lost', async (t) => {
  const engine = new FakeEngine();
  let connections = 0;
  const connect = async () => {
    connections += 1;
    if (connections > 1) throw new Error('connect ECONNREFUSED');
    return engine.api;
  };
  const outside = engine.outside({ connect, times: { steady: 0 } });
  const following = follow(t, dockerProvider(dockerConfig(), outside));
  await until('the first snapshot', () => following.snapshots.length === 1);
  engine.hangUp();
  assert.equal((await following.ended)?.message, 'connect ECONNREFUSED');
});

test('an event stream that ends at once is a lost engine, so that it is not asked without a pause', async (t) => {
  const engine = new FakeEngine();
  const following = follow(t, dockerProvider(dockerConfig(), engine.outside()));
  await until('the first snapshot', () => following.snapshots.length === 1);
  engine.hangUp();
  assert.equal((await following.ended)?.message, 'the event stream ended');
  assert.equal(subscriptions(engine).length, 1);
});

test('Sluice finds its container by addresses that it got while it runs', async (t) => {
  const self = { name: 'sluice', networks: { old: '172.20.0.9' } };
  const engine = new FakeEngine(
    { ...self, networks: { fresh: '172.21.0.9' } },
    { name: 'db', labels: ROUTED, networks: { a: '172.19.0.2', fresh: '172.21.0.2' } },
  );
  let addresses = new Set(['172.20.0.9']);
  const marks = (): OwnMarks => ({ candidates: ['sluice'], isContained: true, addresses });
  const provider = dockerProvider(dockerConfig(), engine.outside({ marks }));
  const following = follow(t, provider);
  const address = () =>
    following.latest()?.parts[0]?.config.services.get('db')?.config.loadBalancer?.servers?.[0]
      ?.address;
  await until('the first by name', () => address() === '172.19.0.2:5432');
  addresses = new Set(['172.21.0.9']);
  provider.refresh?.();
  await until('the shared one', () => address() === '172.21.0.2:5432');
});

test('a host of another machine has a name, an address and diagnostics of its own', async (t) => {
  const labels = { ...ROUTED, 'traefik.tcp.services.db.loadbalancer.server.port': '80' };
  const engine = new FakeEngine(
    { name: 'open', labels, published: { '80/tcp': ['0.0.0.0:8080'] } },
    { name: 'bare', labels, networkMode: 'host' },
  );
  const outside = engine.outside({ resolve: () => Promise.resolve('192.168.65.2') });
  const config = dockerConfig({
    provider: 'docker-nas',
    section: 'providers.docker.hosts.nas',
    endpoint: 'ssh://nas',
    useBindPortIP: true,
    watch: false,
  });
  const serversOn = async (hostAddress: string) => {
    const provider = dockerProvider({ ...config, hostAddress }, outside);
    assert.equal(provider.name, 'docker-nas');
    const { ended, latest } = follow(t, provider);
    assert.equal(await ended, undefined);
    const parts = latest()?.parts ?? [];
    return parts.flatMap(({ config: { services } }) =>
      (services.get('db')?.config.loadBalancer?.servers ?? []).map(({ address }) => address),
    );
  };
  assert.deepEqual(await serversOn('nas.test'), ['nas.test:8080', 'nas.test:80']);
  assert.deepEqual(await serversOn(''), ['172.17.0.2:80'], 'never this machine');
  const wrong = dockerProvider({ ...config, constraints: '&' }, outside);
  const following = follow(t, wrong);
  await following.ended;
  const [finding] = following.latest()?.diagnostics ?? [];
  assert.deepEqual(
    [finding?.provider, finding?.object?.name],
    ['docker-nas', 'providers.docker.hosts.nas.constraints'],
  );
});
