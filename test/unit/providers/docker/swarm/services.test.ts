import assert from 'node:assert/strict';
import test from 'node:test';
import { Services } from '../../../../../providers/docker/swarm/services.js';
import { formatPlace } from '../../../../../src/config/diagnostic.js';
import type { Snapshot } from '../../../../../src/config/provider.js';
import type { SwarmConfig } from '../../../../../src/config/static.js';
import type { Story } from '../../../../../src/config/story.js';
import { FakeManager, routed, serversOf, swarmConfig } from '../../../../support/fake-manager.js';

const { signal } = new AbortController();

/** The first is on `back`, as Sluice is in most of these. */
const ON_BACK = ['10.0.1.77', '172.20.0.9'];

interface Case {
  readonly name: string;
  readonly manager: FakeManager;
  readonly config?: Partial<SwarmConfig>;
  readonly addresses?: readonly string[];
  readonly servers: readonly string[];
  /** Severity, code and place, each once. */
  readonly said?: readonly string[];
}

const servicesOf = (
  { config = {}, addresses = ON_BACK }: Pick<Case, 'config' | 'addresses'>,
  tell?: (story: Story) => void,
) =>
  new Services({
    provider: 'swarm',
    options: swarmConfig(config),
    constraint: () => true,
    standing: [],
    marks: () => ({ candidates: ['sluice'], isContained: true, addresses: new Set(addresses) }),
    tell,
  });

const foundIn = ({ parts, diagnostics }: Snapshot) => {
  const found = [...parts.flatMap((part) => part.diagnostics), ...diagnostics];
  return [...new Set(found.map((one) => `${one.severity} ${one.code} ${formatPlace(one.at)}`))];
};

const HUGE = 'x'.repeat(5_000);

const CASES: readonly Case[] = [
  {
    name: 'each task on the network that Sluice shares with it, and none on the routing mesh',
    manager: new FakeManager().label('db', routed('db')),
    servers: ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'],
    said: ['info network-chosen swarm service db'],
  },
  {
    name: 'no address on the routing mesh, also where that is the first by name',
    manager: renamed(new FakeManager().label('db', routed('db')), 'zone'),
    addresses: ['10.0.0.77', '10.0.1.77'],
    servers: ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'],
    said: ['info network-chosen swarm service db'],
  },
  {
    name: 'its own virtual address, on the chosen network',
    manager: new FakeManager().label('db', { ...routed('db'), 'traefik.swarm.lbswarm': 'true' }),
    servers: ['db 10.0.1.2:7000'],
    said: ['info network-chosen swarm service db'],
  },
  {
    name: 'the port that it publishes, where no label says one',
    manager: new FakeManager().label('db', {
      ...routed('db', null),
      'traefik.swarm.network': 'back',
    }),
    servers: ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'],
    said: ['info network-chosen swarm service db: label traefik.swarm.network'],
  },
  {
    name: 'no port, where it publishes none either',
    manager: new FakeManager().label('rr', routed('rr', null)),
    servers: [],
    said: ['error no-port swarm service rr'],
  },
  {
    name: 'tasks, where there is no virtual address',
    manager: new FakeManager().label('rr', { ...routed('rr'), 'traefik.swarm.lbswarm': 'true' }),
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: ['warning ignored swarm service rr: label traefik.swarm.lbswarm'],
  },
  {
    name: 'the address of the node, on whose network its task is',
    manager: new FakeManager().label('hst', routed('hst', 7001)),
    servers: ['hst.1 127.0.0.1:7001'],
  },
  {
    name: 'no address, where a task is on no network',
    manager: new FakeManager().label('web', routed('web')),
    servers: [],
    said: ['error no-address swarm service web'],
  },
  {
    name: 'the port of its node that is published in host mode, if useBindPortIP asks for it',
    manager: new FakeManager().label('hostpub', routed('hostpub')),
    config: { useBindPortIP: true },
    servers: ['hostpub.1 127.0.0.1:7077'],
  },
  {
    name: 'a virtual address also with useBindPortIP, without a word',
    manager: withVirtual(new FakeManager()),
    config: { useBindPortIP: true },
    servers: ['db 10.0.1.2:7000'],
    said: ['info network-chosen swarm service db: label traefik.swarm.network'],
  },
  {
    name: 'the address on the network, where useBindPortIP finds no published port',
    manager: new FakeManager().label('rr', routed('rr')),
    config: { useBindPortIP: true },
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: ['info guessed swarm service rr'],
  },
  {
    name: 'the network that the option names, before its own choice',
    manager: new FakeManager().label('db', routed('db')),
    config: { network: 'ingress' },
    servers: ['db.2 10.0.0.5:7000', 'db.1 10.0.0.4:7000'],
    said: ['warning network-chosen swarm service db'],
  },
  {
    name: 'the network that the label names, before that of the option',
    manager: new FakeManager().label('db', { ...routed('db'), 'traefik.swarm.network': 'back' }),
    config: { network: 'ingress' },
    servers: ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'],
    said: ['info network-chosen swarm service db: label traefik.swarm.network'],
  },
  {
    name: 'a network that it is not on: said, and another one is used',
    manager: new FakeManager().label('rr', { ...routed('rr'), 'traefik.swarm.network': 'front' }),
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: ['warning network-chosen swarm service rr: label traefik.swarm.network'],
  },
  {
    name: 'the name of a network as a stack file has it',
    manager: inStack(new FakeManager()),
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: ['info network-chosen swarm service rr: label traefik.swarm.network'],
  },
  {
    name: 'Sluice is on no network of the Swarm: used, and said',
    manager: new FakeManager().label('rr', routed('rr')),
    addresses: ['192.0.2.7'],
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: ['warning network-chosen swarm service rr'],
  },
  {
    name: 'Sluice is on another network of the Swarm: no server',
    manager: new FakeManager().label('rr', routed('rr')),
    addresses: ['10.0.0.7'],
    servers: [],
    said: ['error no-address swarm service rr'],
  },
  {
    name: 'only the tasks that run',
    manager: new FakeManager().label('db', routed('db')).setState('db', 'starting', 2),
    servers: ['db.1 10.0.1.3:7000'],
    said: ['info network-chosen swarm service db'],
  },
  {
    name: 'nothing, where no task runs',
    manager: new FakeManager().label('db', routed('db')).setState('db', 'preparing'),
    servers: [],
    said: ['info not-running swarm service db'],
  },
  {
    name: 'nothing where none runs, also by its virtual address',
    manager: new FakeManager()
      .label('db', { ...routed('db'), 'traefik.swarm.lbswarm': 'true' })
      .setState('db', 'failed'),
    servers: [],
    said: ['info not-running swarm service db'],
  },
  {
    name: 'nothing of a node that is down',
    manager: down(new FakeManager().label('rr', routed('rr'))),
    servers: [],
    said: ['info not-running swarm service rr'],
  },
  {
    name: 'labels of an older Traefik: read, and said',
    manager: new FakeManager().label('db', {
      ...routed('db'),
      'traefik.docker.lbswarm': 'true',
      'traefik.docker.network': 'back',
    }),
    servers: ['db 10.0.1.2:7000'],
    said: [
      'warning deprecated swarm service db: label traefik.docker.lbswarm',
      'warning deprecated swarm service db: label traefik.docker.network',
      'info network-chosen swarm service db: label traefik.docker.network',
    ],
  },
  {
    name: 'labels of both: those under swarm count',
    manager: new FakeManager().label('db', {
      ...routed('db'),
      'traefik.docker.network': 'ingress',
      'traefik.swarm.network': 'back',
    }),
    servers: ['db.2 10.0.1.4:7000', 'db.1 10.0.1.3:7000'],
    said: [
      'warning deprecated swarm service db: label traefik.docker.network',
      'info network-chosen swarm service db: label traefik.swarm.network',
    ],
  },
  {
    name: 'what has no effect on a service is said, and what nobody knows',
    manager: new FakeManager().label('rr', {
      ...routed('rr'),
      'traefik.docker.allownonrunning': 'true',
      'traefik.consulcatalog.canary': 'true',
      'traefik.swarm.netwrok': HUGE,
    }),
    servers: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8 10.0.1.5:7000'],
    said: [
      'error unknown-key swarm service rr: label traefik.swarm.netwrok',
      'warning ignored swarm service rr: label traefik.docker.allownonrunning',
      'warning ignored swarm service rr: label traefik.consulcatalog.canary',
    ],
  },
  {
    name: 'not what is switched off',
    manager: new FakeManager().label('rr', { ...routed('rr'), 'traefik.enable': 'false' }),
    servers: [],
  },
  {
    name: 'not what does not say that it takes part, where it must',
    manager: new FakeManager().label('rr', routed('rr')),
    config: { exposedByDefault: false },
    servers: [],
    said: ['info ignored swarm service rr'],
  },
];

function withVirtual(manager: FakeManager): FakeManager {
  const own = { 'traefik.swarm.lbswarm': 'true', 'traefik.swarm.network': 'back' };
  return manager.label('db', { ...routed('db'), ...own });
}

/** The network `back` has another name. */
function renamed(manager: FakeManager, name: string): FakeManager {
  for (const network of manager.networks) if (network.Name === 'back') network.Name = name;
  for (const { NetworksAttachments } of manager.tasks) {
    for (const { Network } of NetworksAttachments ?? []) {
      if (Network.Spec.Name === 'back') Network.Spec.Name = name;
    }
  }
  return manager;
}

function inStack(manager: FakeManager): FakeManager {
  return renamed(manager, 'shop_back').label('rr', {
    ...routed('rr'),
    'com.docker.stack.namespace': 'shop',
    'traefik.swarm.network': 'back',
  });
}

function down(manager: FakeManager): FakeManager {
  for (const node of manager.nodes) node.Status.State = 'down';
  return manager;
}

for (const one of CASES) {
  test(`a Swarm service gives ${one.name}`, async () => {
    const services = servicesOf(one);
    await services.list(one.manager.api, signal);
    const snapshot = services.snapshot();
    assert.deepEqual(serversOf(snapshot), one.servers);
    assert.deepEqual(foundIn(snapshot), one.said ?? []);
  });
}

test('with allowEmptyServices the routers of a service that runs no task stay, without a server', async () => {
  const manager = new FakeManager().label('rr', routed('rr')).setState('rr', 'failed');
  const services = servicesOf({ config: { allowEmptyServices: true } });
  await services.list(manager.api, signal);
  const [part] = services.snapshot().parts;
  assert.deepEqual([...(part?.config.routers.keys() ?? [])], ['rr']);
  assert.deepEqual(serversOf(services.snapshot()), []);
});

test('the service that a router names by default is called after it, and the oldest keeps a name (D10)', async () => {
  const manager = new FakeManager();
  const { ID, CreatedAt } = manager.service('rr');
  manager.service('rr').Spec.Name = 'shop_rr';
  manager.label('shop_rr', { 'traefik.tcp.routers.r.rule': 'HostSNI(`*`)' });
  Object.assign(manager.service('shop_rr').Spec, {
    EndpointSpec: { Mode: 'dnsrr', Ports: [{ Protocol: 'tcp', TargetPort: 5432 }] },
  });
  const services = servicesOf({});
  await services.list(manager.api, signal);
  const [part] = services.snapshot().parts;
  assert.deepEqual([...(part?.config.services.keys() ?? [])], ['shop-rr']);
  assert.equal(part?.config.routers.get('r')?.config.service, 'shop-rr');
  assert.equal(part.owner.since, Date.parse(CreatedAt));
  assert.equal(part.owner.kind, 'task');
  assert.deepEqual(part.config.routers.get('r')?.at, {
    kind: 'label',
    container: 'shop_rr',
    containerId: ID,
    key: 'traefik.tcp.routers.r.rule',
    isService: true,
  });
});

test('the labels of containers are not those of their service, which is said', async () => {
  const manager = new FakeManager();
  const written = { ...routed('web'), other: 'x' };
  Object.assign(manager.service('web').Spec, {
    TaskTemplate: { ContainerSpec: { Labels: written } },
  });
  const services = servicesOf({});
  await services.list(manager.api, signal);
  const before = services.snapshot();
  assert.deepEqual(foundIn(before), [
    'info misplaced swarm service web: label traefik.tcp.routers.web.rule',
  ]);
  await services.list(manager.api, signal);
  assert.equal(services.snapshot(), before);
  manager.label('web', { 'traefik.enable': 'false' });
  await services.list(manager.api, signal);
  assert.deepEqual(foundIn(services.snapshot()), []);
});

test('what the tasks of a service do that none of runs is said, and is the same finding', async () => {
  const manager = new FakeManager().label('rr', routed('rr')).setState('rr', 'preparing');
  const services = servicesOf({});
  const found = async () => {
    await services.list(manager.api, signal);
    const [{ message, value } = { message: '', value: '' }] = services.snapshot().diagnostics;
    return [message, value];
  };
  const [before, preparing] = await found();
  for (const task of manager.tasksOf('rr')) {
    Object.assign(task.Status, { State: 'rejected', Err: 'No such image: x' });
  }
  const [after, rejected] = await found();
  assert.equal(after, before);
  assert.deepEqual([preparing, rejected], ['preparing', 'rejected: No such image: x']);
});

test('what has not changed is the same object, and a change of one task touches no other', async () => {
  const manager = new FakeManager().label('db', routed('db')).label('rr', routed('rr'));
  const services = servicesOf({});
  assert.equal((await services.list(manager.api, signal)).isChanged, true);
  const before = services.snapshot();
  assert.equal((await services.list(manager.api, signal)).isChanged, false);
  assert.equal(services.snapshot(), before);
  manager.removeTask('db', 2);
  assert.equal((await services.list(manager.api, signal)).isChanged, true);
  const { parts } = services.snapshot();
  assert.equal(parts.length, 2);
  assert.ok(parts.every((part) => before.parts.includes(part)));
});

test('who asks is told of each task, by its name and that of its service', async () => {
  const stories: Story[] = [];
  const manager = new FakeManager().label('rr', routed('rr')).label('db', {
    ...routed('db'),
    'traefik.swarm.lbswarm': 'true',
  });
  await servicesOf({}, (story) => stories.push(story)).list(manager.api, signal);
  assert.deepEqual(
    stories.map(({ kind, name, aliases, steps }) => [kind, name, aliases[1], steps.at(-1)?.choice]),
    [
      ['swarmService', 'db', 'db', 'server'],
      ['task', 'rr.8fjy7p6i7hf8a57n2r7bvrpc8', 'rr', 'server'],
    ],
  );
});
