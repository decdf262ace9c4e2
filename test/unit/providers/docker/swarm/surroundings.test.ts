import assert from 'node:assert/strict';
import test from 'node:test';
import { surroundingsIn } from '../../../../../providers/docker/swarm/surroundings.js';
import { FakeManager } from '../../../../support/fake-manager.js';

/** Of the task of `rr`. */
const ID = '982cb6181d6bff8860ce33b745d8b6d954c12e037868f7ab8eb81acb061f6b42';

interface Case {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly candidates?: readonly string[];
  readonly says: readonly unknown[];
}

const CASES: readonly Case[] = [
  { name: 'a container on one', addresses: ['10.0.1.9'], says: ['me', undefined, 'back'] },
  {
    name: 'a container on two',
    addresses: ['10.0.1.9', '172.20.0.3', '10.0.0.8'],
    says: ['me', undefined, 'ingress', 'back'],
  },
  {
    name: 'a task, on whatever node, by its id',
    addresses: ['10.0.1.5'],
    candidates: [ID],
    says: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8', 'rr', 'back'],
  },
  {
    name: 'a task by its host name',
    addresses: ['10.0.1.5'],
    candidates: [ID.slice(0, 12)],
    says: ['rr.8fjy7p6i7hf8a57n2r7bvrpc8', 'rr', 'back'],
  },
  {
    name: 'none, by a word that some id begins with',
    addresses: ['10.0.1.5'],
    candidates: [ID.slice(0, 4)],
    says: [ID.slice(0, 4), undefined, 'back'],
  },
  { name: 'none of them', addresses: ['10.0.2.9', '::1', '192.0.2.1'], says: ['unknown'] },
];

for (const { name, addresses, candidates = ['me'], says } of CASES) {
  test(`Sluice is seen on networks of the Swarm: ${name}`, () => {
    const marks = { candidates, addresses: new Set(addresses) };
    const found = surroundingsIn(new FakeManager().read(), marks);
    assert.deepEqual(
      found.kind === 'container'
        ? [found.name, found.service, ...found.networks.keys()]
        : [found.kind],
      says,
    );
  });
}

test('a subnet that cannot be read is passed over', () => {
  const cluster = new FakeManager().read();
  const odd = ['', 'x', '10.0.0.0', '10.0.0.0/33', '1.2.3/8', ':/64', '2001:db8::/129'];
  const networks = [{ id: 'a', name: 'a', isMesh: false, subnets: [...odd, '2001:db8::/64'] }];
  const marks = { candidates: ['me'], addresses: new Set(['2001:db8::5', 'fe80::1%eth0']) };
  const found = surroundingsIn({ ...cluster, networks }, marks);
  assert.equal(found.kind, 'container');
});
