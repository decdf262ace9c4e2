import assert from 'node:assert/strict';
import fc from 'fast-check';
import test from 'node:test';
import {
  readContainer,
  type Container,
  type Life,
} from '../../../../providers/docker/inspected.js';
import { idOf, inspection } from '../../../support/docker.js';

test('what an Engine 20.10 answers is read', () => {
  const read = readContainer(
    inspection({
      name: 'web',
      labels: { 'traefik.enable': 'true' },
      ports: ['5432/tcp', '53/udp'],
      published: { '80/tcp': ['127.0.0.1:8080', '::1:8081'] },
      networks: { front: '172.18.0.2', back: '2001:db8::2' },
      networkMode: 'front',
      health: 'starting',
      startedAt: '2026-11-24T10:39:17.534522274Z',
      stopSignal: 'SIGQUIT',
      stopTimeout: 1_500,
    }),
  );
  const expected: Container = {
    id: idOf('web'),
    name: 'web',
    labels: new Map([['traefik.enable', 'true']]),
    status: 'running',
    createdAt: Date.parse('2026-11-24T10:39:17Z'),
    health: 'starting',
    networkMode: 'front',
    networks: new Map([
      ['front', { id: idOf('front'), ipv4: '172.18.0.2', ipv6: '' }],
      ['back', { id: idOf('back'), ipv4: '', ipv6: '2001:db8::2' }],
    ]),
    life: {
      hostname: idOf('web').slice(0, 12),
      startedAt: Date.parse('2026-11-24T10:39:17.534Z'),
      stopSignal: 'SIGQUIT',
      stopTimeout: 1_500_000,
    },
    ports: [
      { port: 53, protocol: 'udp', bindings: [] },
      {
        port: 80,
        protocol: 'tcp',
        bindings: [
          { host: '127.0.0.1', port: 8080 },
          { host: '::1', port: 8081 },
        ],
      },
      { port: 5432, protocol: 'tcp', bindings: [] },
    ],
  };
  assert.deepEqual(read, expected);
});

/** What is known of a container of which the engine says nothing but its id. */
const LIFE: Life = {
  hostname: '',
  startedAt: undefined,
  stopSignal: 'SIGTERM',
  stopTimeout: 10_000,
};
const BARE: Container = {
  id: 'c1',
  name: '',
  labels: new Map(),
  status: '',
  createdAt: undefined,
  health: '',
  life: LIFE,
  networkMode: '',
  networks: new Map(),
  ports: [],
};

interface Case {
  readonly name: string;
  readonly json: object;
  readonly read?: Partial<Container>;
}

const NOTHING = { id: '', ipv4: '', ipv6: '' };

const CASES: readonly Case[] = [
  {
    name: 'a container that is waited for for ever when it stops',
    json: { Config: { StopTimeout: -1, StopSignal: null } },
    read: { life: { ...LIFE, stopTimeout: Infinity } },
  },
  { name: 'nothing else at all', json: {} },
  {
    name: 'null for every section',
    json: { Name: null, State: null, Config: null, HostConfig: null, NetworkSettings: null },
  },
  {
    name: 'null for every member',
    json: {
      State: { Status: null, StartedAt: null, Health: null },
      Config: { Hostname: null, Labels: null },
      HostConfig: { NetworkMode: null },
      NetworkSettings: { Networks: null, Ports: null },
    },
  },
  {
    name: 'values of other types',
    json: { Name: 5, State: 'running', Config: [], NetworkSettings: { Ports: 'none' } },
  },
  { name: 'a name without a slash (Podman)', json: { Name: 'web' }, read: { name: 'web' } },
  {
    name: 'a container that never ran',
    json: { State: { Status: 'created', StartedAt: '0001-01-01T00:00:00Z' } },
    read: { status: 'created' },
  },
  { name: 'a time that is none', json: { State: { StartedAt: 'soon' } } },
  {
    name: 'a label without a value',
    json: { Config: { Labels: { a: null, b: 'x' } } },
    read: { labels: new Map([...Object.entries({ a: '', b: 'x' })]) },
  },
  {
    name: 'labels with the names that every object has',
    json: { Config: { Labels: JSON.parse('{"__proto__":"x","constructor":"y"}') as object } },
    read: {
      labels: new Map([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    },
  },
  {
    name: 'a network of which nothing is said',
    json: { NetworkSettings: { Networks: { front: null, back: {} } } },
    read: { networks: new Map([...Object.entries({ front: NOTHING, back: NOTHING })]) },
  },
  {
    name: 'ports of every form',
    json: {
      NetworkSettings: {
        Ports: { '80': null, '81/tcp': [], '82/sctp': null, 'x/tcp': null, '8000-8010/tcp': null },
      },
    },
    read: {
      ports: [
        { port: 80, protocol: 'tcp', bindings: [] },
        { port: 81, protocol: 'tcp', bindings: [] },
        { port: 82, protocol: 'sctp', bindings: [] },
      ],
    },
  },
];

for (const { name, json, read = {} } of CASES) {
  test(`an inspection may hold ${name}`, () => {
    assert.deepEqual(readContainer({ Id: 'c1', ...json }), { ...BARE, ...read });
  });
}

for (const answer of [undefined, null, 'gone', [], {}, { Id: 5 }, { Id: '' }]) {
  test(`${JSON.stringify(answer)} is no container`, () => {
    assert.equal(readContainer(answer), undefined);
  });
}

test('no answer makes it throw', () => {
  const key = fc.constantFrom(
    ...['Id', 'Name', 'State', 'Config', 'Labels', 'NetworkSettings', 'Networks', 'Ports', '80'],
  );
  const values = [fc.string(), fc.integer(), fc.constant(null), fc.constant([])];
  fc.assert(
    fc.property(fc.object({ key, values, maxDepth: 4 }), (json) => {
      assert.equal(readContainer({ ...json, Id: 'c1' })?.id, 'c1');
    }),
  );
});
