import assert from 'node:assert/strict';
import test from 'node:test';
import {
  chooseHost,
  type NetworkContext,
  type Surroundings,
} from '../../../../providers/docker/network.js';
import { container, type ContainerSketch } from '../../../support/docker.js';

/** Sluice in a container of its own on these networks. */
const inContainer = (...networks: readonly string[]): Surroundings => ({
  kind: 'container',
  name: 'sluice',
  networks: container({
    networks: Object.fromEntries(networks.map((network) => [network, '10.0.0.9'])),
  }).networks,
});

const UNKNOWN: Surroundings = { kind: 'unknown', reason: 'nobody knows' };

interface Case {
  readonly name: string;
  readonly target: ContainerSketch;
  readonly context?: Partial<NetworkContext>;
  readonly host?: string;
  /** `severity code`. */
  readonly said?: readonly string[];
}

const TWO = { back: '10.2.0.2', front: '10.1.0.2' };
const COMPOSED = { labels: { 'com.docker.compose.project': 'shop' } };

/** D11, DKR-30 to DKR-37. */
const CASES: readonly Case[] = [
  // Nobody named a network.
  { name: 'the only network', target: { networks: { front: '10.1.0.2' } }, host: '10.1.0.2' },
  {
    name: 'the first of two by name, as all are reached from the machine',
    target: { networks: { front: '10.1.0.2', back: '10.2.0.2' } },
    host: '10.2.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'the first of two by name where Sluice does not know its own container',
    target: { networks: TWO },
    context: { surroundings: UNKNOWN },
    host: '10.2.0.2',
    said: ['info network-chosen'],
  },
  {
    name: "the one that Sluice's container shares",
    target: { networks: TWO },
    context: { surroundings: inContainer('front') },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'the first by name of those that it shares',
    target: { networks: { ...TWO, a: '10.3.0.2' } },
    context: { surroundings: inContainer('front', 'back') },
    host: '10.2.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'its only network, which is shared',
    target: { networks: { front: '10.1.0.2' } },
    context: { surroundings: inContainer('front', 'back') },
    host: '10.1.0.2',
  },
  {
    name: 'no network, as none is shared',
    target: { networks: TWO },
    context: { surroundings: inContainer('other') },
    said: ['error no-address'],
  },
  {
    name: 'no network, as it is on none',
    target: { networks: {} },
    said: ['error no-address'],
  },
  {
    name: 'a network on which it has an address',
    target: { networks: { back: '', front: '10.1.0.2' } },
    host: '10.1.0.2',
  },
  { name: 'an IPv6 address', target: { networks: { front: '2001:db8::2' } }, host: '2001:db8::2' },
  // Somebody did.
  {
    name: "the label's network, and not the option's",
    target: { networks: TWO },
    context: { label: 'front', option: 'back' },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: "the option's network",
    target: { networks: TWO },
    context: { option: 'front' },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'an only network that the label names, without a word',
    target: { networks: { front: '10.1.0.2' } },
    context: { label: 'front' },
    host: '10.1.0.2',
  },
  {
    name: 'the first, where an empty label takes the option back',
    target: { networks: TWO },
    context: { label: '', option: 'front' },
    host: '10.2.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'a named network that is not shared, with a warning',
    target: { networks: TWO },
    context: { label: 'front', surroundings: inContainer('back') },
    host: '10.1.0.2',
    said: ['warning network-chosen'],
  },
  {
    name: 'the network that Compose called shop_front',
    target: { ...COMPOSED, networks: { shop_front: '10.1.0.2', shop_back: '10.2.0.2' } },
    context: { label: 'front' },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'the network of exactly that name before that of Compose',
    target: { ...COMPOSED, networks: { shop_front: '10.1.0.2', front: '10.4.0.2' } },
    context: { label: 'front' },
    host: '10.4.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'another network where it is not on the named one (DKR-34)',
    target: { networks: { front: '10.1.0.2' } },
    context: { label: 'front2' },
    host: '10.1.0.2',
    said: ['warning network-chosen'],
  },
  {
    name: 'no other network where it has no address on the named one (DKR-30)',
    target: { networks: { front: '', back: '10.2.0.2' } },
    context: { label: 'front' },
    said: ['error no-address'],
  },
  {
    name: 'nothing where it is on neither the named nor a shared one',
    target: { networks: { front: '10.1.0.2' } },
    context: { label: 'front2', surroundings: inContainer('back') },
    said: ['warning network-chosen', 'error no-address'],
  },
  // The host network.
  { name: 'the machine itself', target: { networkMode: 'host' }, host: '127.0.0.1' },
  {
    name: 'the address of the machine, where its name is known',
    target: { networkMode: 'host' },
    context: { hostAddress: '192.168.65.2', surroundings: inContainer('front') },
    host: '192.168.65.2',
  },
  {
    name: "nothing on the machine, from a container that does not know the machine's name",
    target: { networkMode: 'host' },
    context: { surroundings: inContainer('front') },
    said: ['error no-address'],
  },
  {
    name: 'nothing on another machine whose address nobody says: 127.0.0.1 is not that one',
    target: { networkMode: 'host' },
    context: { surroundings: { kind: 'elsewhere' } },
    said: ['error no-address'],
  },
  {
    name: 'the address of another machine',
    target: { networkMode: 'host' },
    context: { surroundings: { kind: 'elsewhere' }, hostAddress: 'nas.test' },
    host: 'nas.test',
  },
  {
    name: 'the first of two networks by name on another machine',
    target: { networks: TWO },
    context: { surroundings: { kind: 'elsewhere' } },
    host: '10.2.0.2',
    said: ['info network-chosen'],
  },
  // The network of another container.
  {
    name: 'the address of the container whose network it uses',
    target: { networkMode: 'container:abc' },
    context: { base: container({ name: 'base', networks: { front: '10.1.0.7' } }) },
    host: '10.1.0.7',
  },
  {
    name: "that container's label before its own",
    target: { networkMode: 'container:abc' },
    context: {
      base: container({ name: 'base', networks: TWO }),
      baseLabel: 'front',
      label: 'back',
    },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'its own label where that container has none',
    target: { networkMode: 'container:abc' },
    context: { base: container({ name: 'base', networks: TWO }), label: 'front' },
    host: '10.1.0.2',
    said: ['info network-chosen'],
  },
  {
    name: 'the machine, through a container on its network',
    target: { networkMode: 'container:abc' },
    context: { base: container({ name: 'base', networkMode: 'host' }) },
    host: '127.0.0.1',
  },
  {
    name: 'nothing where that container is gone',
    target: { networkMode: 'container:abc' },
    said: ['error no-address'],
  },
];

const contextOf = (rest: Partial<NetworkContext> = {}): NetworkContext => ({
  label: undefined,
  option: '',
  surroundings: { kind: 'host' },
  base: undefined,
  section: 'providers.docker',
  baseLabel: undefined,
  hostAddress: undefined,
  ...rest,
});

for (const { name, target, context, host, said = [] } of CASES) {
  test(`a container is reached at ${name}`, () => {
    const choice = chooseHost(container(target), contextOf(context));
    assert.equal(choice.ok ? choice.host : undefined, host);
    const findings = [...choice.findings, ...(choice.ok ? [] : [choice.finding])];
    assert.deepEqual(
      findings.map(({ severity, code }) => `${severity} ${code}`),
      said,
    );
  });
}

test('networks of one name and different ids are different networks', () => {
  const elsewhere: Surroundings = {
    kind: 'container',
    name: 'sluice',
    networks: new Map([['front', { id: 'another', ipv4: '10.0.0.9', ipv6: '' }]]),
  };
  const target = container({ networks: { front: '10.1.0.2' } });
  assert.ok(!chooseHost(target, contextOf({ surroundings: elsewhere })).ok);
});

test('where no network is shared, each line that would help is shown', () => {
  const choice = chooseHost(
    container({ networks: TWO }),
    contextOf({ surroundings: inContainer('other') }),
  );
  assert.ok(!choice.ok);
  assert.deepEqual(choice.finding.suggestions, [
    'run: docker network connect back sluice',
    'run: docker network connect front sluice',
  ]);
  assert.equal(choice.finding.fix, choice.finding.suggestions?.[0]);
});

test('what a label names is found at that label, and what the option names at the container', () => {
  const target = container({
    name: 'web',
    labels: { 'traefik.docker.Network': 'gone' },
    networks: { front: '10.1.0.2' },
  });
  const keyOf = (context: Partial<NetworkContext>) => {
    const [finding] = chooseHost(target, contextOf(context)).findings;
    return finding?.at.kind === 'label' ? finding.at.key : undefined;
  };
  assert.equal(keyOf({ label: 'gone' }), 'traefik.docker.Network');
  assert.equal(keyOf({ option: 'gone' }), '');
});
