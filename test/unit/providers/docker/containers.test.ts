import assert from 'node:assert/strict';
import test from 'node:test';
import type { DockerApi } from '../../../../providers/docker/api.js';
import type { Change } from '../../../../providers/docker/event.js';
import type { OwnMarks } from '../../../../providers/docker/self.js';
import { TimeoutError } from '../../../../src/async/delay.js';
import { containersOf, idOf } from '../../../support/docker.js';
import { FakeEngine, refusal } from '../../../support/fake-engine.js';

const { signal } = new AbortController();

const ROUTED = { 'traefik.tcp.routers.r.rule': 'HostSNI(`*`)' };
const web = { name: 'web', labels: ROUTED, ports: ['80/tcp'] };
const db = {
  name: 'db',
  labels: { 'traefik.tcp.routers.db.rule': 'HostSNI(`*`)' },
  ports: ['5432/tcp'],
  networks: { bridge: '172.17.0.3' },
};
const other = { name: 'other', labels: { app: 'other' }, ports: ['80/tcp'] };

/** Names of the containers that were inspected since the last look, and of what else was asked. */
function takeAsked(engine: FakeEngine): readonly string[] {
  return engine.asked.splice(0).sort();
}

/** The address of each server, as `owner address`. */
const serversIn = (snapshot: ReturnType<ReturnType<typeof containersOf>['snapshot']>) =>
  snapshot.parts
    .flatMap(({ owner, config }) =>
      [...config.services.values()].flatMap(({ config: { loadBalancer } }) =>
        (loadBalancer?.servers ?? []).map(({ address = '' }) => `${owner.name} ${address}`),
      ),
    )
    .sort();

const saidIn = (snapshot: ReturnType<ReturnType<typeof containersOf>['snapshot']>) =>
  [...snapshot.diagnostics, ...snapshot.parts.flatMap(({ diagnostics }) => diagnostics)].map(
    ({ severity, code, object }) => `${severity} ${code} ${object?.name ?? '-'}`,
  );

test('the list of an engine of Docker is enough: nobody is inspected', async () => {
  const engine = new FakeEngine(web, other, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['list']);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.3:5432', 'web 172.17.0.2:80']);
});

test('where the list leaves things out, those with labels of ours are inspected', async () => {
  const engine = new FakeEngine(web, other, db);
  engine.isWhole = false;
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['inspect db', 'inspect web', 'list']);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.3:5432', 'web 172.17.0.2:80']);
});

test('one that does not run is inspected', async () => {
  const engine = new FakeEngine(web, { ...db, state: 'exited' });
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['inspect db', 'list']);
  assert.deepEqual(saidIn(containers.snapshot()), ['info not-running db']);
});

/** As `web`, and declares the same router. */
const rival = { ...web, name: 'rival', networks: { bridge: '172.17.0.4' } };
const agesIn = ({ parts }: ReturnType<ReturnType<typeof containersOf>['snapshot']>) =>
  parts.map(({ owner }) => `${owner.name} ${new Date(owner.since).toISOString()}`).sort();

test('those that declare the same name, and only those, are asked for their ages (D10)', async () => {
  const engine = new FakeEngine({ ...web, startedAt: '2026-11-24T12:00:00Z' }, db, {
    ...rival,
    startedAt: '2026-11-24T11:00:00Z',
  });
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['inspect rival', 'inspect web', 'list']);
  assert.deepEqual(agesIn(containers.snapshot()), [
    'db 2026-11-24T10:39:17.000Z',
    'rival 2026-11-24T11:00:00.000Z',
    'web 2026-11-24T12:00:00.000Z',
  ]);
});

test('of one that comes later and declares a name again, the first one is asked for its age, too', async () => {
  const engine = new FakeEngine({ ...web, startedAt: '2026-11-24T12:00:00Z' }, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  engine.put({ ...rival, startedAt: '2026-11-24T13:00:00Z' });
  await containers.inspect(engine.api, [idOf('rival')], signal);
  assert.deepEqual(takeAsked(engine), ['inspect rival', 'inspect web']);
  assert.deepEqual(agesIn(containers.snapshot()).slice(1), [
    'rival 2026-11-24T13:00:00.000Z',
    'web 2026-11-24T12:00:00.000Z',
  ]);
});

test('one that took the place of another is no rival of it', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  engine.remove('web');
  engine.put(rival);
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['list']);
  engine.remove('rival');
  engine.put(web);
  await containers.inspect(engine.api, [idOf('web'), idOf('rival')], signal);
  assert.deepEqual(takeAsked(engine), [`inspect ${idOf('rival')}`, 'inspect web']);
});

test('a list later on leads to the inspection of what it shows otherwise, and of rivals', async () => {
  const engine = new FakeEngine(web, rival, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  engine.put({ ...db, ports: ['5433/tcp'] });
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('db')]);
  assert.deepEqual(takeAsked(engine), ['inspect db', 'inspect rival', 'inspect web', 'list']);
  assert.deepEqual(await containers.list(engine.api, signal), []);
});

test('an age that is learnt is no change of the container', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  engine.put(rival);
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('rival')]);
  engine.put({ ...web, startedAt: '2026-11-25T10:00:00Z' });
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('web')]);
});

test('an age that may be out of date is asked for again before it decides', async () => {
  const engine = new FakeEngine({ ...web, startedAt: '2026-11-24T12:00:00Z' });
  const containers = containersOf();
  await containers.list(engine.api, signal);
  await containers.inspect(engine.api, [idOf('web')], signal);
  // Started again while nobody listened, which no list shows.
  engine.put({ ...web, startedAt: '2026-11-24T15:00:00Z' });
  await containers.list(engine.api, signal);
  engine.put({ ...rival, startedAt: '2026-11-24T14:00:00Z' });
  await containers.inspect(engine.api, [idOf('rival')], signal);
  assert.deepEqual(agesIn(containers.snapshot()), [
    'rival 2026-11-24T14:00:00.000Z',
    'web 2026-11-24T15:00:00.000Z',
  ]);
});

test('one that is a rival again is asked again', async () => {
  const engine = new FakeEngine(web, rival);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  engine.remove('rival');
  await containers.inspect(engine.api, [idOf('rival')], signal);
  takeAsked(engine);
  engine.put({ ...rival, name: 'other-rival' });
  await containers.inspect(engine.api, [idOf('other-rival')], signal);
  assert.deepEqual(takeAsked(engine), ['inspect other-rival', 'inspect web']);
});

test('one that was stopped, and declares a name again once it runs, is a rival then', async () => {
  const engine = new FakeEngine(web, { ...rival, state: 'exited' });
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  engine.put(rival);
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['inspect rival', 'inspect web', 'list']);
});

test('what an inspection tells beyond the list changes nothing that nobody asks about', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const first = containers.snapshot();
  await containers.inspect(engine.api, [idOf('web'), idOf('db')], signal);
  assert.equal(containers.snapshot(), first);
  engine.put({ ...web, startedAt: '2026-11-25T10:00:00Z' });
  await containers.inspect(engine.api, [idOf('web')], signal);
  assert.equal(containers.snapshot(), first);
});

test('an event that came before a list leads to an inspection, whatever the list shows', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  await containers.list(engine.api, signal, [idOf('web')]);
  assert.deepEqual(takeAsked(engine), ['inspect web', 'list']);
});

test('a container that could not be inspected is asked about by the next list', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  engine.failing.set('web', refusal());
  await containers.inspect(engine.api, [idOf('web')], signal);
  takeAsked(engine);
  engine.failing.clear();
  await containers.list(engine.api, signal);
  assert.deepEqual(takeAsked(engine), ['inspect web', 'list']);
  assert.deepEqual(containers.failed, []);
});

test('a rival that cannot be inspected keeps what the list told of it', async () => {
  const engine = new FakeEngine(web, rival);
  engine.failing.set('web', refusal());
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(containers.failed, [idOf('web')]);
  assert.deepEqual(saidIn(containers.snapshot()), ['warning unreadable web']);
  assert.deepEqual(agesIn(containers.snapshot()), [
    'rival 2026-11-24T10:39:17.534Z',
    'web 2026-11-24T10:39:17.000Z',
  ]);
});

test('what did not change stays the same object, up to the snapshot', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const first = containers.snapshot();
  assert.deepEqual(await containers.list(engine.api, signal), []);
  assert.equal(containers.snapshot(), first);

  engine.put({ ...web, ports: ['81/tcp'] });
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('web')]);
  const second = containers.snapshot();
  assert.notEqual(second, first);
  const partOf = (name: string, { parts }: typeof first) =>
    parts.find(({ owner }) => owner.name === name);
  assert.equal(partOf('db', second), partOf('db', first));
  assert.notEqual(partOf('web', second), partOf('web', first));
});

test('a change that says nothing of ours keeps the snapshot', async () => {
  const engine = new FakeEngine(web);
  engine.isWhole = false;
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const first = containers.snapshot();
  engine.put({ ...web, labels: { ...ROUTED, version: '2' } });
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('web')]);
  assert.equal(containers.snapshot(), first);
});

test('of several events only the containers concerned are inspected', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  engine.put({ ...web, state: 'exited' });
  await containers.inspect(engine.api, [idOf('web')], signal);
  assert.deepEqual(takeAsked(engine), ['inspect web']);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.3:5432']);
});

test('a container that is gone is forgotten, by an inspection and by a list', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  engine.remove('web');
  await containers.inspect(engine.api, [idOf('web')], signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.3:5432']);
  engine.remove('db');
  assert.deepEqual(await containers.list(engine.api, signal), [idOf('db')]);
  assert.deepEqual(containers.snapshot().parts, []);
});

test('a container that cannot be inspected keeps its last state, and that is said (BUG-57)', async () => {
  const engine = new FakeEngine(web, db);
  engine.isWhole = false;
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const known = serversIn(containers.snapshot());

  engine.failing.set('web', refusal());
  engine.put({ ...db, networks: { bridge: '172.17.0.9' } });
  await containers.list(engine.api, signal);
  assert.deepEqual(containers.failed, [idOf('web')]);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.9:5432', known[1]]);
  assert.deepEqual(saidIn(containers.snapshot()), ['warning unreadable web']);

  engine.failing.clear();
  await containers.inspect(engine.api, containers.failed, signal);
  assert.deepEqual(containers.failed, []);
  assert.deepEqual(saidIn(containers.snapshot()), []);
});

test('a container that could never be inspected is said, and holds nobody up', async () => {
  const engine = new FakeEngine(web, db);
  engine.isWhole = false;
  engine.failing.set('web', refusal());
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['db 172.17.0.3:5432']);
  assert.deepEqual(saidIn(containers.snapshot()), [`warning unreadable ${idOf('web')}`]);
  engine.remove('web');
  await containers.list(engine.api, signal);
  assert.deepEqual(saidIn(containers.snapshot()), []);
});

test('where neither inspections nor the list are answered the source is lost, and what is known stays', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const known = serversIn(containers.snapshot());
  const lost = new Error('socket hang up');
  engine.failing.set('web', lost).set('db', lost);
  const api = { ...engine.api, list: () => Promise.reject(lost) };
  await assert.rejects(containers.inspect(api, [idOf('web'), idOf('db')], signal), lost);
  assert.deepEqual(serversIn(containers.snapshot()), known);
});

test('an engine that hangs on one container is not lost', async () => {
  const engine = new FakeEngine(web, db);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  const known = serversIn(containers.snapshot());
  engine.failing.set('web', new TimeoutError('no answer within 3000 ms'));
  await containers.inspect(engine.api, [idOf('web')], signal);
  assert.deepEqual(containers.failed, [idOf('web')]);
  assert.deepEqual(serversIn(containers.snapshot()), known);
});

test('after an abort in the middle of a list nobody is asked about the rest of it', async () => {
  const sketches = Array.from({ length: 20 }, (_, n) => ({ ...web, name: `web${n}` }));
  const engine = new FakeEngine(...sketches);
  engine.isWhole = false;
  const given = new AbortController();
  let asked = 0;
  const api: DockerApi = {
    ...engine.api,
    async inspect(reference) {
      asked += 1;
      if (asked === 3) given.abort(new Error('given up'));
      return engine.api.inspect(reference, signal);
    },
  };
  await assert.rejects(containersOf().list(api, given.signal), /given up/);
  assert.ok(asked <= api.atOnce, `asked for ${asked}`);
});

test('an engine that refuses every inspection is not lost', async () => {
  const engine = new FakeEngine(web);
  engine.isWhole = false;
  engine.failing.set('web', refusal());
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(containers.failed, [idOf('web')]);
});

const USER = { name: 'user', labels: ROUTED, ports: ['80/tcp'], networkMode: 'container:vpn' };
const vpn = { name: 'vpn', networks: { front: '10.1.0.2' } };
const userOnVpn = {
  ...USER,
  labels: { ...ROUTED, 'traefik.tcp.services.s.loadbalancer.server.port': '80' },
};

test('the container whose network another uses is followed, with or without labels', async () => {
  const engine = new FakeEngine(userOnVpn, vpn);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['user 10.1.0.2:80']);

  assert.ok(containers.concerns({ id: idOf('vpn'), isLabelled: false }));
  engine.put({ ...vpn, networks: { front: '10.1.0.7' } });
  await containers.inspect(engine.api, [idOf('vpn')], signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['user 10.1.0.7:80']);

  engine.remove('vpn');
  await containers.inspect(engine.api, [idOf('vpn')], signal);
  assert.deepEqual(serversIn(containers.snapshot()), []);
  assert.deepEqual(saidIn(containers.snapshot()), ['error no-address s']);
});

test('where the engine hangs on that container, what was known of it stays', async () => {
  const engine = new FakeEngine(userOnVpn, vpn);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  engine.failing.set('vpn', new TimeoutError('no answer within 3000 ms'));
  await containers.list(engine.api, signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['user 10.1.0.2:80']);
});

test('that container is asked about once, not at every event', async () => {
  const engine = new FakeEngine(userOnVpn, vpn, web);
  const containers = containersOf();
  await containers.list(engine.api, signal);
  takeAsked(engine);
  await containers.inspect(engine.api, [idOf('web')], signal);
  assert.deepEqual(takeAsked(engine), ['inspect web']);
});

const MARKS: OwnMarks = {
  candidates: ['sluice'],
  isContained: true,
  addresses: new Set(['10.1.0.9', '10.2.0.9']),
};

test('when the own container is put on another network, all is chosen anew', async () => {
  const both = { ...web, networks: { a: '10.1.0.2', b: '10.2.0.2' } };
  const self = { name: 'sluice', networks: { b: '10.2.0.9' } };
  const engine = new FakeEngine(both, self);
  const containers = containersOf({ marks: () => MARKS });
  await containers.list(engine.api, signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['web 10.2.0.2:80']);

  assert.ok(containers.concerns({ id: idOf('sluice'), isLabelled: false }));
  engine.put({ ...self, networks: { a: '10.1.0.9', b: '10.2.0.9' } });
  await containers.inspect(engine.api, [idOf('sluice')], signal);
  assert.deepEqual(serversIn(containers.snapshot()), ['web 10.1.0.2:80']);
});

test('the name of the machine is looked up only for containers on its network', async () => {
  let asked = 0;
  const hostAddress = async () => {
    asked += 1;
    return '192.168.65.2';
  };
  const engine = new FakeEngine(web);
  const containers = containersOf({ hostAddress });
  await containers.list(engine.api, signal);
  assert.equal(asked, 0);
  const labels = { ...ROUTED, 'traefik.tcp.services.s.loadbalancer.server.port': '80' };
  engine.put({ name: 'onhost', labels, networkMode: 'host' });
  await containers.list(engine.api, signal);
  assert.ok(serversIn(containers.snapshot()).includes('onhost 192.168.65.2:80'));
});

test('it is emptied only when it had something before', async () => {
  const engine = new FakeEngine();
  const containers = containersOf();
  await containers.list(engine.api, signal);
  containers.snapshot();
  assert.ok(!containers.isEmptied());

  engine.put(web);
  await containers.list(engine.api, signal);
  containers.snapshot();
  assert.ok(!containers.isEmptied());

  engine.remove('web');
  await containers.list(engine.api, signal);
  assert.ok(containers.isEmptied());
  containers.snapshot();
  assert.ok(!containers.isEmptied());
});

const EVENTS: readonly (readonly [what: string, change: Change, isConcerned: boolean])[] = [
  ['a new container with labels of ours', { id: 'new', isLabelled: true }, true],
  ['a new container without', { id: 'new', isLabelled: false }, false],
  ['a container that nobody knows', { id: 'new', isLabelled: undefined }, false],
  ['a known container', { id: idOf('web'), isLabelled: undefined }, true],
  ['a known container whose event names no labels', { id: idOf('web'), isLabelled: false }, true],
];

for (const [what, change, isConcerned] of EVENTS) {
  test(`an event about ${what} is ${isConcerned ? 'looked into' : 'passed over'}`, async () => {
    const containers = containersOf();
    await containers.list(new FakeEngine(web, other).api, signal);
    assert.equal(containers.concerns(change), isConcerned);
  });
}

test('what holds whatever the engine says is in every snapshot', async () => {
  const at = { kind: 'static', option: 'providers.docker.constraints', source: 'flag' } as const;
  const finding = { code: 'constraint', severity: 'error', at, message: 'x' } as const;
  const containers = containersOf({ standing: [finding], constraint: () => false });
  await containers.list(new FakeEngine(web).api, signal);
  assert.deepEqual(containers.snapshot(), { parts: [], diagnostics: [finding] });
});
