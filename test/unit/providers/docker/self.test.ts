import assert from 'node:assert/strict';
import test from 'node:test';
import type { Container } from '../../../../providers/docker/inspected.js';
import {
  baseOf,
  idsInCgroup,
  idsInMounts,
  ownMarks,
  whereabouts,
  type OwnMarks,
} from '../../../../providers/docker/self.js';
import { container, idOf, type ContainerSketch } from '../../../support/docker.js';

const ID = 'a1b2c3d4'.repeat(8);

test('the own id stands in the mounts that the engine makes', () => {
  const folder = `/var/lib/docker/containers/${ID}`;
  const lines = [
    `124 107 254:0 ${folder}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw`,
    `125 107 254:0 ${folder}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw`,
  ];
  assert.deepEqual(idsInMounts(lines.join('\n')), [ID]);
});

test("a machine's mounts of its containers are not taken for its own", () => {
  const line = `1 2 0:3 / /var/lib/docker/containers/${ID}/mounts/shm rw - tmpfs shm rw`;
  assert.deepEqual(idsInMounts(line), []);
});

test('control groups of version 1 are called after the container', () => {
  assert.deepEqual(idsInCgroup(`12:pids:/docker/${ID}\n11:cpu:/docker/${ID}\n`), [ID]);
  assert.deepEqual(idsInCgroup(`12:pids:/system.slice/docker-${ID}.scope\n`), [ID]);
  assert.deepEqual(idsInCgroup('0::/\n'), []);
});

test('what this process finds of itself can be asked of an engine', () => {
  const { candidates } = ownMarks();
  for (const candidate of candidates) assert.match(candidate, /^[\w][\w.-]*$/);
});

test('the container whose network another uses is read from its network mode', () => {
  assert.equal(baseOf(container({ networkMode: 'container:abc' })), 'abc');
  for (const networkMode of ['host', 'bridge', 'container']) {
    assert.equal(baseOf(container({ networkMode })), undefined);
  }
});

interface Case {
  readonly name: string;
  readonly marks?: Partial<OwnMarks>;
  readonly containers?: readonly (ContainerSketch & { readonly name: string })[];
  /** `host`, `unknown`, or the container and its networks. */
  readonly where: string;
  /** Names of the containers that this depends on. */
  readonly dependsOn?: readonly string[];
}

const OURS = { name: 'sluice', networks: { front: '10.1.0.9', back: '10.2.0.9' } };
const SHORT = idOf('sluice').slice(0, 12);

/** D11. Sluice has the address 10.1.0.9, and runs in a container, unless said otherwise. */
const CASES: readonly Case[] = [
  {
    name: 'on the machine, which no engine knows',
    marks: { isContained: false, candidates: ['machine'] },
    where: 'host',
  },
  {
    name: 'on the machine, which is called as a container is',
    marks: { isContained: false, candidates: ['db'], addresses: new Set(['192.0.2.1']) },
    containers: [{ name: 'db' }],
    where: 'host',
  },
  {
    name: 'in the container of that id',
    marks: { candidates: [idOf('sluice')] },
    containers: [OURS],
    where: 'sluice back front',
    dependsOn: ['sluice'],
  },
  {
    name: 'in the container that the host name is the beginning of',
    marks: { candidates: [SHORT] },
    containers: [OURS],
    where: 'sluice back front',
    dependsOn: ['sluice'],
  },
  {
    name: 'in the container that the second mark names, where the first is not known',
    marks: { candidates: [ID, 'sluice'] },
    containers: [OURS],
    where: 'sluice back front',
    dependsOn: ['sluice'],
  },
  {
    name: 'in a container that has the address on IPv6 only',
    marks: { candidates: ['sluice'], addresses: new Set(['2001:db8::9']) },
    containers: [{ name: 'sluice', networks: { front: '2001:db8::9' } }],
    where: 'sluice front',
    dependsOn: ['sluice'],
  },
  {
    name: "unknown: the engine is another machine's, and its container has other addresses",
    marks: { candidates: ['sluice'], addresses: new Set(['10.9.9.9']) },
    containers: [OURS],
    where: 'unknown',
  },
  {
    name: 'unknown: the engine knows no such container',
    marks: { candidates: [ID] },
    where: 'unknown',
  },
  { name: 'unknown: there is no mark at all', where: 'unknown' },
  {
    name: "on the machine's network, in a container",
    marks: { candidates: [idOf('sluice')], addresses: new Set(['192.0.2.1']) },
    containers: [{ name: 'sluice', networkMode: 'host' }],
    where: 'host',
    dependsOn: ['sluice'],
  },
  {
    name: "unknown: only the name is that of a container on the machine's network",
    marks: { candidates: ['sluice'] },
    containers: [{ name: 'sluice', networkMode: 'host' }],
    where: 'unknown',
  },
  {
    name: 'on the networks of the container whose network it uses',
    marks: { candidates: [idOf('sluice')] },
    containers: [
      { name: 'sluice', networkMode: 'container:vpn' },
      { name: 'vpn', networks: { front: '10.1.0.9' } },
    ],
    where: 'sluice front',
    dependsOn: ['sluice', 'vpn'],
  },
  {
    name: 'unknown: that container is gone',
    marks: { candidates: [idOf('sluice')] },
    containers: [{ name: 'sluice', networkMode: 'container:vpn' }],
    where: 'unknown',
  },
];

const knowing =
  (containers: readonly ContainerSketch[]) =>
  async (reference: string): Promise<Container | undefined> =>
    containers.map(container).find((one) => one.name === reference || one.id.startsWith(reference));

test('on the engine of another machine a name and an address of ours are not ours, an id is', async () => {
  const inspect = knowing([{ name: 'sluice', networks: { front: '10.1.0.9' } }]);
  const marks = { isContained: true, addresses: new Set(['10.1.0.9']) };
  const kindFor = async (candidate: string) =>
    (await whereabouts(inspect, { ...marks, candidates: [candidate] }, true)).surroundings.kind;
  assert.equal(await kindFor('sluice'), 'elsewhere');
  assert.equal(await kindFor(idOf('sluice')), 'container');
});

for (const { name, marks = {}, containers = [], where, dependsOn = [] } of CASES) {
  test(`Sluice is ${name}`, async () => {
    const inspect = knowing(containers);
    const { surroundings, ids } = await whereabouts(inspect, {
      candidates: [],
      isContained: true,
      addresses: new Set(['10.1.0.9']),
      ...marks,
    });
    const seen =
      surroundings.kind === 'container'
        ? [surroundings.name, ...[...surroundings.networks.keys()].sort()].join(' ')
        : surroundings.kind;
    assert.equal(seen, where);
    assert.deepEqual([...ids].sort(), dependsOn.map(idOf).sort());
  });
}
