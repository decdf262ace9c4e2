import assert from 'node:assert/strict';
import test from 'node:test';
import { Locator, type LocatorContext } from '../../../../providers/docker/locator.js';
import { container, dockerConfig, type ContainerSketch } from '../../../support/docker.js';

interface Case {
  readonly name: string;
  readonly sketch: ContainerSketch;
  /** The port that a label says. */
  readonly port?: string;
  readonly useBindPortIP?: boolean;
  readonly address?: string;
  /** Of the server, then of the container: `severity code`. */
  readonly said?: readonly string[];
}

const PUBLISHED: ContainerSketch = {
  networks: { front: '10.1.0.2' },
  ports: ['9000/tcp'],
  published: { '80/tcp': ['192.0.2.1:8080'], '443/tcp': ['2001:db8::1:8443'] },
};

const CASES: readonly Case[] = [
  {
    name: 'its address and its only port',
    sketch: { networks: { front: '10.1.0.2' }, ports: ['80/tcp'] },
    address: '10.1.0.2:80',
  },
  {
    name: "the label's port, exposed or not",
    sketch: { networks: { front: '10.1.0.2' }, ports: ['80/tcp'] },
    port: '5432',
    address: '10.1.0.2:5432',
  },
  {
    name: "the label's port, as written (LBL-16)",
    sketch: { networks: { front: '10.1.0.2' } },
    port: 'postgres',
    address: '10.1.0.2:postgres',
  },
  {
    name: 'an IPv6 address in brackets',
    sketch: { networks: { front: '2001:db8::2' }, ports: ['80/tcp'] },
    address: '[2001:db8::2]:80',
  },
  {
    name: 'the lowest of several ports',
    sketch: { networks: { front: '10.1.0.2' }, ports: ['81/tcp', '80/tcp'] },
    address: '10.1.0.2:80',
    said: ['warning several-ports'],
  },
  { name: 'nothing without a port', sketch: {}, said: ['error no-port'] },
  {
    name: 'nothing without an address',
    sketch: { networks: {}, ports: ['80/tcp'] },
    said: ['error no-address'],
  },
  // DKR-33.
  {
    name: 'where its port is published',
    sketch: PUBLISHED,
    port: '80',
    useBindPortIP: true,
    address: '192.0.2.1:8080',
  },
  {
    name: 'where its port is published, by the name of the port',
    sketch: PUBLISHED,
    port: 'https',
    useBindPortIP: true,
    address: '[2001:db8::1]:8443',
  },
  {
    name: 'its own address, if the port is not published',
    sketch: PUBLISHED,
    port: '9000',
    useBindPortIP: true,
    address: '10.1.0.2:9000',
    said: ['info guessed'],
  },
  {
    name: 'its own address, as long as nobody asks for published ones',
    sketch: PUBLISHED,
    port: '80',
    address: '10.1.0.2:80',
  },
];

function locatorOf(sketch: ContainerSketch, options: Partial<LocatorContext['options']> = {}) {
  const context: LocatorContext = {
    provider: 'docker',
    options: dockerConfig(options),
    surroundings: { kind: 'host' },
    base: undefined,
    hostAddress: undefined,
  };
  return new Locator(container(sketch), context, undefined);
}

for (const { name, sketch, port, useBindPortIP = false, address, said = [] } of CASES) {
  test(`a server is at ${name}`, () => {
    const locator = locatorOf(sketch, { useBindPortIP });
    const found = locator.serverAt(port, 's');
    assert.equal(found.kind === 'address' ? found.address : undefined, address);
    const ofServer = found.kind === 'none' ? [found.finding] : [];
    const guessed = found.kind === 'address' ? (found.findings ?? []) : [];
    assert.deepEqual(
      [...ofServer, ...guessed, ...locator.findings].map((f) => `${f.severity} ${f.code}`),
      said,
    );
  });
}

test('the network is chosen, and said, once for all services of a container', () => {
  const locator = locatorOf({ networks: { a: '10.1.0.2', b: '10.2.0.2' } });
  for (const port of ['1', '2', '3']) {
    assert.deepEqual(locator.serverAt(port, `s${port}`), {
      kind: 'address',
      address: `10.1.0.2:${port}`,
      findings: [],
    });
  }
  assert.deepEqual(
    locator.findings.map(({ code }) => code),
    ['network-chosen'],
  );
});

test('where no server is asked for, no network is chosen', () => {
  assert.deepEqual(locatorOf({ networks: {} }).findings, []);
});

test('the network is that of the label of the container whose network it uses (DKR-32)', () => {
  const base = container({
    name: 'base',
    labels: { 'traefik.docker.network': 'b' },
    networks: { a: '10.1.0.2', b: '10.2.0.2' },
  });
  const context: LocatorContext = {
    provider: 'docker',
    options: dockerConfig(),
    surroundings: { kind: 'host' },
    base,
    hostAddress: undefined,
  };
  const locator = new Locator(container({ networkMode: 'container:base' }), context, 'a');
  const found = locator.serverAt('80', 's');
  assert.equal(found.kind === 'address' ? found.address : undefined, '10.2.0.2:80');
});
