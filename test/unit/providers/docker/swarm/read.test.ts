import assert from 'node:assert/strict';
import test from 'node:test';
import {
  readNetworks,
  readNodes,
  readServices,
  readTasks,
} from '../../../../../providers/docker/swarm/read.js';
import { FakeManager } from '../../../../support/fake-manager.js';

test('a real answer is read', () => {
  const { services, tasks, nodes, networks } = new FakeManager().read();
  assert.deepEqual(
    services.map(({ name, replicas, ports, virtualAddresses }) => [
      name,
      replicas,
      ports.map(({ port, protocol }) => `${port}/${protocol}`),
      virtualAddresses.map(({ address }) => address),
    ]),
    [
      ['hst', 1, [], ['']],
      ['db', 2, ['7000/tcp'], ['10.0.0.3', '10.0.1.2']],
      ['rr', undefined, [], []],
      ['web', 1, [], []],
      ['hostpub', 1, ['7000/tcp'], []],
    ],
  );
  assert.deepEqual(
    tasks.map(({ slot, state, attachments, published }) => [
      slot,
      state,
      attachments.map(
        ({ name, addresses, isMesh, isHost }) =>
          `${name} ${addresses.join()} ${isMesh ? 'mesh' : ''}${isHost ? 'host' : ''}`,
      ),
      published.map(({ port, at }) => `${port}: ${at}`),
    ]),
    [
      [1, 'running', [], []],
      [1, 'running', ['host  host'], []],
      [0, 'running', ['back 10.0.1.5 '], []],
      [2, 'running', ['ingress 10.0.0.5 mesh', 'back 10.0.1.4 '], []],
      [1, 'running', ['ingress 10.0.0.4 mesh', 'back 10.0.1.3 '], []],
      [1, 'running', [], ['7000: 7077', '7000: 7077']],
    ],
  );
  assert.deepEqual(
    nodes.map(({ address, isDown }) => [address, isDown]),
    [['127.0.0.1', false]],
  );
  assert.deepEqual(
    networks.map(({ name, isMesh, subnets }) => [name, isMesh, ...subnets]),
    [
      ['ingress', true, '10.0.0.0/24'],
      ['back', false, '10.0.1.0/24'],
    ],
  );
});

const ADDRESSES: readonly (readonly [own: string, manager: string, address: string])[] = [
  ['10.1.0.4', '10.1.0.4:2377', '10.1.0.4'],
  ['0.0.0.0', '10.1.0.4:2377', '10.1.0.4'],
  ['', '[2001:db8::4]:2377', '2001:db8::4'],
  ['', '', ''],
];

for (const [own, manager, address] of ADDRESSES) {
  test(`a node at "${own}", as a manager at "${manager}", is at "${address}"`, () => {
    const [node] = readNodes([
      { ID: 'n', Status: { Addr: own, State: 'ready' }, ManagerStatus: { Addr: manager } },
    ]);
    assert.equal(node?.address, address);
  });
}

test('whatever an engine leaves out or nulls, nothing breaks', () => {
  for (const odd of [null, 'x', 7, {}, { ID: null }, { ID: 'x' }, { ID: 'x', Spec: [] }]) {
    assert.deepEqual(readServices([odd]), []);
    assert.deepEqual(readTasks([odd]), []);
    assert.deepEqual(readNetworks([odd]), []);
    assert.equal(readNodes([odd]).length, 1);
  }
  const bare = { ID: 'x', ServiceID: 's', NetworksAttachments: [null, { Addresses: [null] }] };
  assert.equal(readTasks([bare])[0]?.attachments[1]?.addresses[0], '');
  assert.throws(() => readServices({ message: 'no' }));
});
