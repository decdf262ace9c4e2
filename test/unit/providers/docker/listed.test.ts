import assert from 'node:assert/strict';
import fc from 'fast-check';
import test from 'node:test';
import { readListed } from '../../../../providers/docker/listed.js';
import { container, idOf, listing, type ContainerSketch } from '../../../support/docker.js';

const ofDocker = (json: unknown) => readListed([json], true)[0];

test('ids and labels are read', () => {
  const listed = readListed(
    [
      { Id: 'c1', Names: ['/web'], Labels: { a: 'b' } },
      { Id: 'c2', Labels: null },
      { Labels: { a: 'b' } },
      null,
    ],
    true,
  );
  assert.deepEqual(
    listed.map(({ id, labels }) => [id, Object.fromEntries(labels)]),
    [
      ['c1', { a: 'b' }],
      ['c2', {}],
    ],
  );
});

test('an answer that is no list is an error: no container has been taken away', () => {
  for (const answer of [undefined, null, {}, 'x']) {
    assert.throws(() => readListed(answer, true), Error);
  }
});

const port = fc
  .tuple(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('tcp', 'udp', 'sctp'))
  .map(([number, protocol]) => `${number}/${protocol}`);
const place = fc
  .tuple(fc.constantFrom('0.0.0.0', '::', '127.0.0.1'), fc.integer({ min: 1, max: 65_535 }))
  .map(([host, number]) => `${host}:${number}`);
const sketch: fc.Arbitrary<ContainerSketch> = fc.record(
  {
    name: fc.stringMatching(/^[a-z][\w.-]{0,9}$/),
    labels: fc.dictionary(fc.string(), fc.string()),
    ports: fc.array(port, { maxLength: 4 }),
    published: fc.dictionary(port, fc.array(place, { minLength: 1, maxLength: 3 }), { maxKeys: 3 }),
    networks: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('10.1.0.2', 'fd00::2')),
    networkMode: fc.constantFrom('default', 'bridge', 'host', 'none', 'a', 'container:x'),
    health: fc.constantFrom('healthy', 'unhealthy', 'starting'),
  },
  { requiredKeys: ['name', 'labels', 'ports', 'published', 'networks', 'networkMode'] },
);

test('of one that runs the list of Docker tells what an inspection tells, but for its life', () => {
  fc.assert(
    fc.property(sketch, (one) => {
      const known = ofDocker(listing(one))?.read();
      assert.deepEqual(known, { ...container(one), life: undefined });
    }),
  );
});

const LINE = listing({ name: 'web', labels: { a: 'b' }, ports: ['80/tcp'] });

const UNCLEAR: readonly (readonly [what: string, line: object])[] = [
  ['one that was stopped', listing({ state: 'exited' })],
  ['one that stands still', { ...LINE, State: 'paused', Status: 'Up 3 seconds (Paused)' }],
  ['a state that is not said', { ...LINE, State: undefined }],
  ['a health that nobody knows', { ...LINE, Status: 'Up 3 seconds (health: unknown)' }],
  ['a health beside something else', { ...LINE, Status: 'Up 3 seconds (Paused) (healthy)' }],
  ['another sentence', { ...LINE, Status: 'Running' }],
  ['no sentence', { ...LINE, Status: undefined }],
  ['no name', { ...LINE, Names: [] }],
  ['a name by which another links to it', { ...LINE, Names: ['/other/web'] }],
  ['no names', { ...LINE, Names: null }],
  ['no network mode', { ...LINE, HostConfig: {} }],
  ['no networks', { ...LINE, NetworkSettings: null }],
  ['no ports', { ...LINE, Ports: null }],
  ['no time of its creation', { ...LINE, Created: '2026-11-24T10:39:17Z' }],
];

for (const [what, line] of UNCLEAR) {
  test(`of ${what} an inspection has to tell`, () => {
    const listed = ofDocker({ ...line, Id: idOf('web') });
    assert.equal(listed?.id, idOf('web'));
    assert.equal(listed?.read(), undefined);
  });
}

test('lists of other engines tell nothing but ids and labels', () => {
  const [listed] = readListed([LINE], false);
  assert.equal(listed?.id, idOf('web'));
  assert.equal(listed.labels.size, 1);
  assert.equal(listed.read(), undefined);
});

test('no answer makes it throw', () => {
  const key = fc.constantFrom(
    ...['Id', 'Names', 'State', 'Status', 'Created', 'Labels', 'HostConfig', 'NetworkMode'],
    ...['NetworkSettings', 'Networks', 'Ports', 'PrivatePort', 'IP'],
  );
  const values = [fc.string(), fc.integer(), fc.constant(null), fc.constant([])];
  fc.assert(
    fc.property(fc.object({ key, values, maxDepth: 4 }), (json) => {
      const [listed] = readListed([{ ...LINE, ...json, Id: 'c1' }], true);
      assert.ok(listed?.id === 'c1' && (listed.read()?.id ?? 'c1') === 'c1');
      assert.equal(
        readListed([json], true).length,
        typeof json['Id'] === 'string' && json['Id'] ? 1 : 0,
      );
    }),
  );
});
