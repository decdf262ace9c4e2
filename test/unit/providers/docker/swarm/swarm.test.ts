import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { EngineError } from '../../../../../providers/docker/api.js';
import { connectSwarm } from '../../../../../providers/docker/swarm/client.js';
import type { SwarmTimes } from '../../../../../providers/docker/swarm/session.js';
import { swarmProvider } from '../../../../../providers/docker/swarm/swarm.js';
import { trySwarm } from '../../../../../providers/docker/swarm/trial.js';
import type { SwarmConfig } from '../../../../../src/config/static.js';
import type { Trial } from '../../../../../src/config/trial.js';
import { eventually, until } from '../../../../support/eventually.js';
import {
  FakeManager,
  routed,
  serversOf,
  serviceEvent,
  swarmConfig,
} from '../../../../support/fake-manager.js';
import { follow, type Following } from '../../../../support/following.js';

const NEVER = 3_600_000;

interface Watched {
  readonly manager: FakeManager;
  readonly following: Following;
  readonly provider: ReturnType<typeof swarmProvider>;
}

/** The provider over a real socket. By itself it reads again only after the hour. */
async function watched(
  t: TestContext,
  {
    times = {},
    config = {},
  }: { readonly times?: Partial<SwarmTimes>; readonly config?: Partial<SwarmConfig> } = {},
): Promise<Watched> {
  const manager = new FakeManager().label('db', routed('db'));
  const endpoint = await manager.serve(t);
  const provider = swarmProvider(swarmConfig({ endpoint, ...config }), {
    connect: connectSwarm,
    marks: () => ({ candidates: [], isContained: true, addresses: new Set(['10.0.1.9']) }),
    times: { soon: NEVER, updating: NEVER, rest: 1, confirmEmpty: 100, steady: NEVER, ...times },
  });
  const following = follow(t, provider);
  await until('the first snapshot', () => following.snapshots.length > 0);
  return { manager, following, provider };
}

const SLOW = { refreshInterval: NEVER };
const BOTH = ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'];
const FIRST = ['db.1 10.0.1.3:7000'];

const hasServers = (following: Following, servers: readonly string[]) => () =>
  serversOf(following.latest()).join() === servers.join();

test('the version is agreed upon, only GET requests are sent, and only tasks that are to run are asked for (D14)', async (t) => {
  const { manager, following } = await watched(t, { config: SLOW });
  assert.deepEqual(serversOf(following.latest()), BOTH);
  const [version, events, ...lists] = manager.requests;
  assert.equal(version, 'GET /version');
  assert.match(events ?? '', /^GET \/v1\.41\/events\?/);
  assert.deepEqual(lists.map((one) => decodeURIComponent(one)).sort(), [
    'GET /v1.41/networks',
    'GET /v1.41/nodes',
    'GET /v1.41/services',
    'GET /v1.41/tasks?filters={"desired-state":["running"]}',
  ]);
});

test('an event is met at once', async (t) => {
  const { manager, following } = await watched(t, { config: SLOW });
  manager.removeTask('db', 2);
  manager.emit(serviceEvent('update', 'db'));
  await until('the task is gone', hasServers(following, FIRST));
  assert.equal(manager.readings, 2);
});

test('a task that changes without an event is found soon after one', async (t) => {
  const { manager, following } = await watched(t, { config: SLOW, times: { soon: 50 } });
  // The next one is 1.6 s later.
  await until('readings have become rare', () => manager.readings === 6);
  manager.emit(serviceEvent('update', 'db'));
  await until('nothing has changed yet', () => manager.readings === 7);
  manager.removeTask('db', 2);
  await eventually('the task is gone', () => hasServers(following, FIRST)() || undefined, 0, 1_000);
});

test('while a service is updated its tasks are looked at often', async (t) => {
  const { manager, following } = await watched(t, {
    config: SLOW,
    times: { soon: 10, updating: 20 },
  });
  Object.assign(manager.service('rr'), { UpdateStatus: { State: 'updating' } });
  await until('readings would have become rare', () => manager.readings === 15);
  manager.removeTask('db', 2);
  await eventually('the task is gone', () => hasServers(following, FIRST)() || undefined, 0, 1_000);
});

test('a task that changes without any event is found within refreshSeconds', async (t) => {
  const { manager, following } = await watched(t, { config: { refreshInterval: 20 } });
  manager.removeTask('db', 2);
  await until('the task is gone', hasServers(following, FIRST));
});

test('readings become rare while nothing changes', async (t) => {
  const { manager } = await watched(t, { config: SLOW, times: { soon: 10 } });
  // 10, 20, 40, 80, 160 ms …
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.ok(manager.readings <= 6, `${manager.readings} readings`);
});

test('it is read again when somebody asks for it (SIGHUP)', async (t) => {
  const { manager, following, provider } = await watched(t, { config: SLOW });
  manager.removeTask('db', 2);
  provider.refresh?.();
  await until('the task is gone', hasServers(following, FIRST));
});

test('a stream that was sound is opened again without a loss', async (t) => {
  const { manager, following } = await watched(t, { config: SLOW, times: { steady: 0 } });
  manager.removeTask('db', 2);
  manager.hangUp();
  await until('what was missed is known', hasServers(following, FIRST));
  await until('the stream is open', () => manager.streams === 1);
});

test('a manager that is lost is a loss, and what was known is what the next one starts from', async (t) => {
  const { manager, following, provider } = await watched(t, { config: SLOW });
  const before = following.latest();
  manager.hangUp();
  assert.ok((await following.ended) instanceof Error);
  const again = follow(t, provider);
  await until('it is back', () => again.snapshots.length > 0);
  assert.equal(again.latest(), before);
});

test('a list that is empty right after a reconnect is asked for twice (D13)', async (t) => {
  const { manager, following, provider } = await watched(t, { config: SLOW });
  manager.hangUp();
  await following.ended;
  const known = manager.services.splice(0);
  const again = follow(t, provider);
  await until('the first list was empty', () => manager.readings === 2);
  manager.services.push(...known);
  await until('it is back', () => again.snapshots.length > 0);
  assert.deepEqual(serversOf(again.snapshots[0]), BOTH);
});

test('it is read once where it is not to be watched', async (t) => {
  const { manager, following } = await watched(t, { config: { watch: false } });
  assert.equal(await following.ended, undefined);
  assert.equal(manager.streams, 0);
});

/** As an engine's own words are. */
const NO_MANAGER = [503, 'This node is not a swarm manager. Use "docker swarm init" …'] as const;

const REFUSALS: readonly (readonly [
  what: string,
  refusal: readonly [number, string],
  isAdvised: boolean,
  says: RegExp,
])[] = [
  ['an engine that is no manager', NO_MANAGER, true, /no manager/],
  [
    'a Swarm without a leader',
    [503, 'rpc error: The swarm does not have a leader.'],
    false,
    /leader/,
  ],
  ['a socket proxy that forbids it', [403, 'Forbidden'], true, /forbidden/],
  ['a socket proxy without its engine', [503, 'Service Unavailable'], false, /socket proxy/],
];

for (const [what, refusal, isAdvised, says] of REFUSALS) {
  test(`${what} is a loss that says what it is`, async (t) => {
    const manager = new FakeManager();
    manager.refusals.set('/services', refusal);
    const endpoint = await manager.serve(t);
    const error = await follow(t, swarmProvider(swarmConfig({ endpoint }))).ended;
    assert.ok(error instanceof EngineError);
    assert.match(error.message, says);
    assert.equal(error.fix !== undefined, isAdvised);
  });
}

async function trials(t: TestContext, manager: FakeManager): Promise<readonly Trial[]> {
  const found: Trial[] = [];
  const config = swarmConfig({ endpoint: await manager.serve(t) });
  for await (const trial of trySwarm(config, new AbortController().signal)) found.push(trial);
  return found;
}

const missingOf = (found: readonly Trial[]) =>
  found.flatMap(({ ok, need, fix = '' }) => (ok ? [] : [`${need} ${/[A-Z]+=1/.exec(fix)?.[0]}`]));

test('preflight names what a socket proxy forbids, and tries the rest', async (t) => {
  const manager = new FakeManager();
  assert.deepEqual(missingOf(await trials(t, manager)), []);
  manager.refusals.set('/nodes', [403, 'Forbidden']).set('/networks', [403, 'Forbidden']);
  const found = await trials(t, manager);
  assert.equal(found.length, 6);
  assert.deepEqual(missingOf(found), ['GET /nodes NODES=1', 'GET /networks NETWORKS=1']);
});

test('preflight says once that an engine is no manager, and what to do', async (t) => {
  const manager = new FakeManager();
  for (const path of ['/services', '/tasks', '/nodes']) manager.refusals.set(path, NO_MANAGER);
  const found = await trials(t, manager);
  assert.deepEqual(
    found.map(({ ok, need }) => [ok, need]),
    [
      [true, 'GET /version'],
      [false, 'GET /services'],
    ],
  );
  assert.match(found[1]?.fix ?? '', /providers\.swarm\.endpoint/);
});
