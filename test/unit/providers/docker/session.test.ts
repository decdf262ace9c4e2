import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { DockerApi } from '../../../../providers/docker/api.js';
import type { Containers } from '../../../../providers/docker/containers.js';
import { StreamEnded } from '../../../../providers/docker/follow.js';
import { Session, type SessionTimes } from '../../../../providers/docker/session.js';
import { containersOf } from '../../../support/docker.js';
import { until } from '../../../support/eventually.js';
import { FakeEngine, refusal } from '../../../support/fake-engine.js';
import { follow, type Following } from '../../../support/following.js';

const routed = (name: string, port = 80) => ({
  name,
  labels: { [`traefik.tcp.routers.${name}.rule`]: 'HostSNI(`*`)' },
  ports: [`${port}/tcp`],
});

const web = routed('web');
const db = routed('db');
const other = { name: 'other', labels: { app: 'other' } };

/** Long enough never to come, unless a test is about them. */
const TIMES: SessionTimes = {
  fullList: 3_600_000,
  settle: 3_600_000,
  confirmEmpty: 10,
  retryInspect: 3_600_000,
  eventDelay: 3_600_000,
  steady: 3_600_000,
  stopGrace: 3_600_000,
};

interface Opened extends Following {
  readonly session: Session;
  readonly containers: Containers;
  /** `web 80, db 80` of the newest snapshot. */
  readonly ports: () => string | undefined;
}

async function opened(
  t: TestContext,
  engine: FakeEngine,
  rest: Partial<SessionTimes> & {
    readonly api?: DockerApi;
    readonly containers?: Containers;
  } = {},
): Promise<Opened> {
  const { api = engine.api, containers = containersOf(), ...times } = rest;
  const events = await api.events(new AbortController().signal);
  const session = new Session(api, events, containers, { ...TIMES, ...times });
  const following = follow(t, { name: 'docker', watch: (signal) => session.snapshots(signal) });
  const ports = () =>
    following
      .latest()
      ?.parts.map(({ owner, config }) => {
        const [service] = config.services.values();
        const [server] = service?.config.loadBalancer?.servers ?? [];
        return `${owner.name} ${server?.address?.split(':')[1] ?? 'down'}`;
      })
      .sort()
      .join(', ');
  return { ...following, session, containers, ports };
}

const countOf = (engine: FakeEngine, question: string) =>
  engine.asked.filter((asked) => asked === question).length;

test('all is listed first, and then only what events tell of is looked at', async (t) => {
  const engine = new FakeEngine(web, db, other);
  const { ports } = await opened(t, engine);
  await until('the list', () => ports() === 'db 80, web 80');
  const before = engine.asked.length;

  engine.put(routed('web', 81));
  engine.emit('start', 'other');
  engine.emit('start', 'web');
  await until('the change', () => ports() === 'db 80, web 81');
  assert.deepEqual(engine.asked.slice(before), ['inspect web']);
});

test('a container that appears, changes its health and goes is followed by events alone', async (t) => {
  const engine = new FakeEngine(web);
  const { ports } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.put(db);
  engine.emit('start', 'db');
  await until('it appears', () => ports() === 'db 80, web 80');
  engine.put({ ...db, health: 'unhealthy' });
  engine.emit('health_status: unhealthy', 'db');
  await until('it is unhealthy', () => ports() === 'web 80');
  engine.put(db);
  engine.emit('health_status: healthy', 'db');
  await until('it is healthy', () => ports() === 'db 80, web 80');
  engine.remove('db');
  engine.emit('destroy', 'db');
  await until('it is gone', () => ports() === 'web 80');
  assert.equal(countOf(engine, 'list'), 1);
});

test('a container that is put on another network is looked at', async (t) => {
  const engine = new FakeEngine({ ...web, networks: { b: '10.2.0.2' } });
  const { ports, latest } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.put({ ...web, networks: { a: '10.1.0.2', b: '10.2.0.2' } });
  engine.emitNetwork('connect', 'a', 'web');
  await until('the other address', () =>
    JSON.stringify([...(latest()?.parts[0]?.config.services.values() ?? [])]).includes('10.1.0.2'),
  );
});

test('a burst of events costs one look', async (t) => {
  const engine = new FakeEngine(web);
  const { ports } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.put(routed('web', 81));
  for (let count = 0; count < 1_000; count += 1) engine.emit('health_status: healthy', 'web');
  await until('the change', () => ports() === 'web 81');
  engine.put(routed('web', 82));
  engine.emit('start', 'web');
  await until('the last of them', () => ports() === 'web 82');
  assert.ok(countOf(engine, 'inspect web') < 50);
});

test('an event that comes while all is listed is not lost (BUG-52)', async (t) => {
  const engine = new FakeEngine(web);
  const api: DockerApi = {
    ...engine.api,
    list: async (signal) => {
      const listed = await engine.api.list(signal);
      engine.put(db);
      engine.emit('start', 'db');
      return listed;
    },
  };
  const { ports } = await opened(t, engine, { api });
  await until('both', () => ports() === 'db 80, web 80');
});

test('lines that are no events are passed over', async (t) => {
  const engine = new FakeEngine(web);
  const { ports } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.write('{"Type":"container"');
  engine.write('null');
  engine.put(routed('web', 81));
  engine.emit('start', 'web');
  await until('the change', () => ports() === 'web 81');
});

test('what no event told of is found by the next full list (D13)', async (t) => {
  const engine = new FakeEngine(web);
  const { ports } = await opened(t, engine, { fullList: 20 });
  await until('the first list', () => ports() === 'web 80');
  engine.put(routed('web', 81));
  engine.put(db);
  await until('the changes', () => ports() === 'db 80, web 81');
});

test('what the engine told of before the subscription, and its list did not show yet, is found soon after', async (t) => {
  const engine = new FakeEngine(web, db);
  const { ports, ended } = await opened(t, engine, { settle: 30, eventDelay: 30 });
  let isOver = false;
  void ended.then(() => (isOver = true));
  await until('the first list', () => ports() === 'db 80, web 80');
  engine.put({ ...web, state: 'exited' });
  await until('the second list', () => ports() === 'db 80');
  const lists = countOf(engine, 'list');
  engine.put(routed('db', 81));
  engine.emit('start', 'db');
  await until('an event later on', () => ports() === 'db 81');
  assert.deepEqual([lists, isOver], [2, false]);
});

test('a full list can be asked for', async (t) => {
  const engine = new FakeEngine(web);
  const { ports, session } = await opened(t, engine);
  await until('the first list', () => ports() === 'web 80');
  engine.put(db);
  session.refresh();
  await until('the other one', () => ports() === 'db 80, web 80');
});

test('a stream that missed a change and stays silent is given up', async (t) => {
  const engine = new FakeEngine(web);
  const { ports, ended } = await opened(t, engine, { fullList: 20, eventDelay: 20 });
  await until('the second list', () => countOf(engine, 'list') > 1 && ports() === 'web 80');
  engine.put(routed('web', 81));
  assert.ok((await ended) instanceof Error);
  assert.equal(ports(), 'web 81');
});

test('a stream whose event comes later than the list that shows its effect is kept', async (t) => {
  const engine = new FakeEngine(web);
  let isOver = false;
  const { ports, ended } = await opened(t, engine, { fullList: 20, eventDelay: 1_000 });
  void ended.then(() => (isOver = true));
  await until('the first list', () => ports() === 'web 80');
  engine.put(routed('web', 81));
  await until('the change', () => ports() === 'web 81');
  engine.emit('start', 'web');
  const until60 = countOf(engine, 'list') + 60;
  await until('sixty more lists', () => isOver || countOf(engine, 'list') >= until60);
  assert.ok(!isOver);
});

test('a list that is empty after a reconnect is confirmed by a second one', async (t) => {
  const engine = new FakeEngine(web);
  const containers = containersOf();
  const first = await opened(t, engine, { containers });
  await until('the list', () => first.ports() === 'web 80');
  await first.stop();

  engine.lists.push([]);
  const second = await opened(t, engine, { containers });
  await until('the second list', () => second.latest() !== undefined);
  assert.equal(second.ports(), 'web 80');
  assert.equal(countOf(engine, 'list'), 3);
});

test('a list that is empty twice is believed', async (t) => {
  const engine = new FakeEngine(web);
  const containers = containersOf();
  const first = await opened(t, engine, { containers });
  await until('the list', () => first.ports() === 'web 80');
  await first.stop();

  engine.remove('web');
  const second = await opened(t, engine, { containers });
  await until('nothing', () => second.ports() === '');
});

test('a container that could not be inspected is asked about again, without an event', async (t) => {
  const engine = new FakeEngine(web);
  const { ports } = await opened(t, engine, { retryInspect: 10 });
  await until('the list', () => ports() === 'web 80');
  engine.failing.set('web', refusal());
  engine.put(routed('web', 81));
  engine.emit('start', 'web');
  await until('some attempts', () => countOf(engine, 'inspect web') > 3);
  assert.equal(ports(), 'web 80');
  engine.failing.clear();
  await until('the change', () => ports() === 'web 81');
});

test('an engine that hangs up is lost', async (t) => {
  const engine = new FakeEngine(web);
  const { ports, ended } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.hangUp();
  assert.ok((await ended) instanceof StreamEnded);
  assert.equal(ports(), 'web 80');
});

test('an engine whose stream ends in good order is lost as well', async (t) => {
  const engine = new FakeEngine(web);
  const { ports, ended } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  engine.endEvents();
  assert.ok((await ended) instanceof StreamEnded);
});

test('an engine that does not list is lost with its reason', async (t) => {
  const engine = new FakeEngine(web);
  const reason = new Error('no such luck');
  const api = { ...engine.api, list: () => Promise.reject(reason) };
  const { ended } = await opened(t, engine, { api });
  assert.equal(await ended, reason);
});

test('abort ends it without an error', async (t) => {
  const engine = new FakeEngine(web);
  const { ports, stop } = await opened(t, engine);
  await until('the list', () => ports() === 'web 80');
  assert.equal(await stop(), undefined);
});

const leavers = (following: Following) =>
  following
    .latest()
    ?.parts.filter(({ owner }) => owner.isLeaving)
    .map(({ owner }) => owner.name)
    .join();

test('who gets the stop signal, or KILL, leaves before it dies; other signals mean nothing (D30)', async (t) => {
  const hup = { ...routed('hup'), stopSignal: 'SIGHUP' };
  const engine = new FakeEngine(web, db, hup);
  const following = await opened(t, engine);
  await until('the list', () => following.ports() === 'db 80, hup 80, web 80');
  engine.emit('kill', 'web', { signal: '1' });
  engine.emit('kill', 'hup', { signal: '15' });
  engine.emit('kill', 'db', { signal: '15' });
  await until('db leaves', () => leavers(following) === 'db');
  engine.emit('kill', 'hup', { signal: '1' });
  engine.emit('kill', 'web', { signal: '9' });
  await until('all leave', () => leavers(following) === 'web,db,hup');
  assert.equal(countOf(engine, 'inspect db'), 1);
  assert.equal(countOf(engine, 'inspect hup'), 1);
});

test('of one whose stop signal the engine cannot tell, the usual one counts', async (t) => {
  const engine = new FakeEngine(web, db);
  const following = await opened(t, engine);
  await until('the list', () => following.ports() === 'db 80, web 80');
  engine.failing.set('web', refusal()).set('db', refusal());
  engine.emit('kill', 'web', { signal: '1' });
  engine.emit('kill', 'db', { signal: '15' });
  await until('db leaves', () => leavers(following) === 'db');
});

const KILLED = '2026-11-25T10:00:00Z';
const BACK = '2026-11-25T10:00:01Z';

/** Holds inspections back until it is told to go on. */
function slow(engine: FakeEngine) {
  let go = (): void => {};
  let gate: Promise<void> = Promise.resolve();
  let waiting = 0;
  const api: DockerApi = {
    ...engine.api,
    async inspect(reference, signal) {
      waiting += 1;
      await gate;
      waiting -= 1;
      return engine.api.inspect(reference, signal);
    },
  };
  const hold = () => (gate = new Promise((resolve) => (go = resolve)));
  return { api, hold, go: () => go(), isBusy: () => waiting > 0 };
}

test('who was killed and started again before anybody could look does not leave', async (t) => {
  const engine = new FakeEngine(web, db);
  const { api, hold, go, isBusy } = slow(engine);
  const following = await opened(t, engine, { api });
  await until('the list', () => following.ports() === 'db 80, web 80');
  void hold();
  engine.emit('start', 'db');
  await until('it is busy', isBusy);
  engine.emit('kill', 'web', { signal: '15' }, KILLED);
  engine.put({ ...routed('web', 81), startedAt: BACK });
  engine.emit('start', 'web');
  go();
  await until('it is looked at', () => following.ports() === 'db 80, web 81');
  assert.equal(leavers(following), '');
});

test('who is killed before it is known leaves: while all are listed, and right after its start', async (t) => {
  const engine = new FakeEngine(web);
  const api: DockerApi = {
    ...engine.api,
    list: async (signal) => {
      const listed = await engine.api.list(signal);
      engine.emit('kill', 'web', { signal: '15' }, KILLED);
      return listed;
    },
  };
  const { api: held, hold, go, isBusy } = slow(engine);
  const following = await opened(t, engine, { api: { ...held, list: api.list } });
  await until('it leaves', () => leavers(following) === 'web');
  void hold();
  engine.put(db);
  engine.emit('start', 'db');
  await until('it is busy', isBusy);
  engine.emit('kill', 'db', { signal: '15' }, KILLED);
  go();
  await until('both leave', () => leavers(following) === 'web,db');
});

test('who could not be inspected when it was killed goes on to leave once it can', async (t) => {
  const engine = new FakeEngine(web);
  const following = await opened(t, engine, { retryInspect: 10 });
  await until('the list', () => following.ports() === 'web 80');
  engine.failing.set('web', refusal());
  engine.emit('kill', 'web', { signal: '15' }, KILLED);
  await until('it leaves', () => leavers(following) === 'web');
  engine.failing.clear();
  engine.put(routed('web', 81));
  await until('it can be inspected again', () => following.ports() === 'web 81');
  assert.equal(leavers(following), 'web');
});

test('who was started again while the engine was away does not leave any more', async (t) => {
  const engine = new FakeEngine(web);
  const containers = containersOf();
  const first = await opened(t, engine, { containers });
  await until('the list', () => first.ports() === 'web 80');
  engine.emit('kill', 'web', { signal: '15' }, KILLED);
  await until('it leaves', () => leavers(first) === 'web');
  await first.stop();
  engine.put({ ...web, startedAt: BACK });
  const second = await opened(t, engine, { containers });
  await until('the list', () => second.latest() !== undefined);
  assert.equal(leavers(second), '');
});

test('an event that waits while everything is listed is looked into, though the list shows no change', async (t) => {
  const engine = new FakeEngine(web, db);
  const { api, hold, go, isBusy } = slow(engine);
  const stale = { ...api, list: engine.api.list };
  const following = await opened(t, engine, { api: stale });
  await until('the list', () => following.ports() === 'db 80, web 80');
  const before = await engine.api.list(new AbortController().signal);
  void hold();
  engine.emit('start', 'db');
  await until('it is busy', isBusy);
  engine.put(routed('web', 81));
  engine.emit('update', 'web');
  // The engine tells of a change before its list shows it.
  stale.list = () => Promise.resolve(before);
  following.session.refresh();
  go();
  await until('the change', () => following.ports() === 'db 80, web 81');
});

test('who is started again does not leave any more', async (t) => {
  const engine = new FakeEngine(web);
  const following = await opened(t, engine);
  await until('the list', () => following.ports() === 'web 80');
  engine.emit('kill', 'web', { signal: '15' });
  await until('it leaves', () => leavers(following) === 'web');
  engine.put({ ...web, startedAt: '2026-11-25T10:00:00Z' });
  engine.emit('start', 'web');
  await until('it is back', () => leavers(following) === '');
});

test('who runs on after the stop timeout and the grace is used again', async (t) => {
  const engine = new FakeEngine({ ...web, stopTimeout: 0 }, { ...db, stopTimeout: -1 });
  const following = await opened(t, engine, { stopGrace: 50 });
  await until('the list', () => following.ports() === 'db 80, web 80');
  for (const name of ['web', 'db']) engine.emit('kill', name, { signal: '15' });
  await until('both leave', () => leavers(following) === 'web,db');
  await until('one is back', () => leavers(following) === 'db');
});
