import assert from 'node:assert/strict';
import test from 'node:test';
import { exposedPort, publishedAt } from '../../../../providers/docker/port.js';
import { container, type ContainerSketch } from '../../../support/docker.js';

interface Case {
  readonly name: string;
  readonly sketch: ContainerSketch;
  readonly port?: number;
  /** `severity code`. */
  readonly said?: string;
}

/** D12, DKR-28, DKR-29. */
const CASES: readonly Case[] = [
  { name: 'the only one', sketch: { ports: ['5432/tcp'] }, port: 5432 },
  {
    name: 'the lowest of several, as numbers',
    sketch: { ports: ['10000/tcp', '9000/tcp', '80/tcp'] },
    port: 80,
    said: 'warning several-ports',
  },
  { name: 'the only TCP port beside UDP', sketch: { ports: ['53/udp', '8080/tcp'] }, port: 8080 },
  {
    name: 'the only TCP port beside the same one of UDP',
    sketch: { ports: ['53/udp', '53/tcp'] },
    port: 53,
  },
  { name: 'one that is only published', sketch: { published: { '80/tcp': [':1'] } }, port: 80 },
  { name: 'no UDP port', sketch: { ports: ['53/udp'] }, said: 'error no-port' },
  { name: 'no SCTP port', sketch: { ports: ['53/sctp'] }, said: 'error no-port' },
  { name: 'none', sketch: {}, said: 'error no-port' },
  {
    name: 'none on the host network',
    sketch: { networkMode: 'host', ports: ['80/tcp'] },
    said: 'error no-port',
  },
  {
    name: 'none on the network of another container',
    sketch: { networkMode: 'container:x', ports: ['80/tcp'] },
    said: 'error no-port',
  },
];

for (const { name, sketch, port, said } of CASES) {
  test(`without a label the port is ${name}`, () => {
    const choice = exposedPort(container(sketch), 's');
    assert.equal(choice.ok ? choice.port : undefined, port);
    const findings = choice.ok ? choice.findings : [choice.finding];
    assert.deepEqual(
      findings.map(({ severity, code }) => `${severity} ${code}`),
      said === undefined ? [] : [said],
    );
  });
}

test('a choice among ports lists them all, as the labels that would make it', () => {
  const choice = exposedPort(container({ ports: ['443/tcp', '80/tcp', '53/udp'] }), 'web');
  assert.ok(choice.ok);
  const key = 'traefik.tcp.services.web.loadbalancer.server.port';
  assert.deepEqual(choice.findings[0]?.suggestions, [`${key}=80`, `${key}=443`]);
});

interface Published {
  readonly name: string;
  readonly bindings: Readonly<Record<string, readonly string[]>>;
  readonly at?: string;
}

/** DKR-33; port 80 is asked for. */
const PUBLISHED: readonly Published[] = [
  { name: 'at an address', bindings: { '80/tcp': ['192.0.2.1:8080'] }, at: '192.0.2.1 8080' },
  {
    name: 'at an IPv6 address',
    bindings: { '80/tcp': ['2001:db8::1:8080'] },
    at: '2001:db8::1 8080',
  },
  {
    name: 'at two: the first counts',
    bindings: { '80/tcp': ['127.0.0.1:1', '192.0.2.1:2'] },
    at: '127.0.0.1 1',
  },
  { name: 'at any address', bindings: { '80/tcp': ['0.0.0.0:8080', '192.0.2.1:8080'] } },
  { name: 'at any IPv6 address', bindings: { '80/tcp': [':::8080'] } },
  { name: 'at an address that the engine does not say', bindings: { '80/tcp': [':8080'] } },
  { name: 'nowhere', bindings: { '80/tcp': [] } },
  { name: 'for another port', bindings: { '81/tcp': ['192.0.2.1:8080'] } },
  { name: 'for UDP only', bindings: { '80/udp': ['192.0.2.1:8080'] } },
];

for (const { name, bindings, at } of PUBLISHED) {
  test(`a port that is published ${name}`, () => {
    const here = { hostAddress: '', isElsewhere: false };
    const found = publishedAt(container({ published: bindings }), 80, here);
    assert.equal(found && `${found.host} ${found.port}`, at);
  });
}

const ELSEWHERE: readonly (readonly [binding: string, hostAddress: string, at?: string])[] = [
  ['0.0.0.0:8080', 'nas.test', 'nas.test 8080'],
  [':8080', '2001:db8::1', '2001:db8::1 8080'],
  ['0.0.0.0:8080', ''],
  ['192.0.2.9:8080', 'nas.test', '192.0.2.9 8080'],
  ['127.0.0.1:8080', 'nas.test'],
  ['0.0.0.0:0', 'nas.test'],
];

for (const [binding, hostAddress, at] of ELSEWHERE) {
  test(`on a machine elsewhere, at "${hostAddress}", published at ${binding}`, () => {
    const published = { '80/tcp': [binding] };
    const found = publishedAt(container({ published }), 80, { hostAddress, isElsewhere: true });
    assert.equal(found && `${found.host} ${found.port}`, at);
  });
}
