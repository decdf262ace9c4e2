import assert from 'node:assert/strict';
import test from 'node:test';
import { dockerProvider } from '../../../../providers/docker/docker.js';
import type { OwnMarks } from '../../../../providers/docker/self.js';
import { dockerConfig } from '../../../support/docker.js';
import { until } from '../../../support/eventually.js';
import { FakeEngine } from '../../../support/fake-engine.js';
import { follow } from '../../../support/following.js';

const ROUTED = {
  'traefik.tcp.routers.db.rule': 'HostSNI(`*`)',
  'traefik.tcp.services.db.loadbalancer.server.port': '5432',
};

const subscriptions = (engine: FakeEngine) => engine.asked.filter((what) => what === 'events');

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
