import assert from 'node:assert/strict';
import test from 'node:test';
import { Files } from '../../../../providers/file/files.js';
import type { Found } from '../../../../providers/file/visit.js';
import type { Snapshot } from '../../../../src/config/provider.js';

const service = (name: string) =>
  `tcp: {services: {${name}: {loadBalancer: {servers: [{address: "192.0.2.1:1"}]}}}}`;

const file = (path: string, text: string): Found => ({ kind: 'file', path, text });
const unreadable = (path: string): Found => ({ kind: 'unreadable', path, reason: 'gone' });
const visited = (...found: readonly Found[]) => ({ found, passedOver: [] });

const names = ({ parts }: Snapshot) => parts.flatMap(({ config }) => [...config.services.keys()]);
const codes = ({ parts, diagnostics }: Snapshot) =>
  [...parts.flatMap((part) => part.diagnostics), ...diagnostics].map(({ code }) => code);

test('each file is a part of its own, in the order that it was found', () => {
  const snapshot = new Files({}).update(
    visited(
      file('d/b.yml', service('one')),
      file('d/a.toml', '[tcp.services.two.loadBalancer]\nstrategy = "wrr"'),
    ),
  );
  assert.deepEqual(
    snapshot.parts.map(({ owner }) => owner),
    [
      { kind: 'file', id: 'd/b.yml', name: 'd/b.yml', since: 0 },
      { kind: 'file', id: 'd/a.toml', name: 'd/a.toml', since: 1 },
    ],
  );
  assert.deepEqual(names(snapshot), ['one', 'two']);
});

test('what did not change is the same object, the snapshot included', () => {
  const files = new Files({});
  const first = files.update(visited(file('a.yml', service('a')), file('b.yml', service('b'))));
  assert.equal(
    files.update(visited(file('a.yml', service('a')), file('b.yml', service('b')))),
    first,
  );
  const second = files.update(visited(file('a.yml', service('a')), file('b.yml', service('c'))));
  assert.equal(second.parts[0], first.parts[0]);
  assert.deepEqual(names(second), ['a', 'c']);
});

test('a file that only moved in the order keeps its configuration', () => {
  const files = new Files({});
  const first = files.update(visited(file('b.yml', service('b'))));
  const second = files.update(visited(file('a.yml', service('a')), file('b.yml', service('b'))));
  assert.equal(second.parts[1]?.config, first.parts[0]?.config);
  assert.equal(second.parts[1]?.owner.since, 1);
});

test('of a file that cannot be parsed the last good content stays, until it can', () => {
  const files = new Files({});
  files.update(visited(file('a.yml', service('a'))));
  const broken = files.update(visited(file('a.yml', 'tcp: [')));
  assert.deepEqual(names(broken), ['a']);
  assert.deepEqual(codes(broken), ['syntax']);
  const mended = files.update(visited(file('a.yml', service('b'))));
  assert.deepEqual(names(mended), ['b']);
  assert.deepEqual(codes(mended), []);
});

test('a file that never was good says so, and contributes nothing', () => {
  const snapshot = new Files({}).update(
    visited(file('a.yml', 'tcp: ['), file('b.yml', service('b'))),
  );
  assert.deepEqual(names(snapshot), ['b']);
  const [finding] = snapshot.parts[0]?.diagnostics ?? [];
  assert.equal(finding?.code, 'syntax');
  assert.deepEqual(finding.at, { kind: 'file', path: 'a.yml', line: 1, column: 7 });
});

test('a wrong field disables its object only', () => {
  const text = `tcp:
  routers: {r: {nope: 1}}
  services: {s: {loadBalancer: {servers: [{address: "192.0.2.1:1"}]}}}
`;
  const snapshot = new Files({}).update(visited(file('a.yml', text)));
  assert.deepEqual(names(snapshot), ['s']);
  assert.deepEqual(codes(snapshot), ['unknown-key']);
});

test('what cannot be read keeps what it said, and is said', () => {
  const files = new Files({});
  const before = files.update(visited(file('a.yml', service('a')), file('b.yml', service('b'))));
  const snapshot = files.update(visited(unreadable('a.yml'), file('b.yml', service('b'))));
  assert.deepEqual(snapshot.parts, before.parts);
  assert.deepEqual(codes(snapshot), ['unreadable']);
});

test('a folder that cannot be read keeps the files below it, and no others', () => {
  const files = new Files({});
  files.update(
    visited(
      file('d/a.yml', service('a')),
      file('d/s/b.yml', service('b')),
      file('ds/c.yml', service('c')),
    ),
  );
  assert.deepEqual(names(files.update(visited(unreadable('d/s')))), ['b']);
  assert.deepEqual(names(files.update(visited(unreadable('./d/')))), ['b']);
});

test('what has vanished or become empty is doubtful, what is empty or unreadable since ever is not', () => {
  const files = new Files({});
  assert.equal(files.isDoubtful(visited(file('a.yml', ''))), false);
  files.update(visited(file('a.yml', service('a')), file('b.yml', '')));
  assert.equal(files.isDoubtful(visited(file('a.yml', service('a')))), false);
  assert.equal(files.isDoubtful(visited(file('a.yml', ''), file('b.yml', ''))), true);
  assert.equal(files.isDoubtful(visited(file('b.yml', ''))), true);
  assert.equal(files.isDoubtful(visited(unreadable('a.yml'), file('b.yml', ''))), false);
});

test('an empty file applies as an empty configuration', () => {
  const files = new Files({});
  files.update(visited(file('a.yml', service('a'))));
  const snapshot = files.update(visited(file('a.yml', '')));
  assert.deepEqual(names(snapshot), []);
  assert.deepEqual(codes(snapshot), []);
});

test('files that look as if they were meant to be read are named, others are not', () => {
  const snapshot = new Files({}).update({
    found: [],
    passedOver: ['d/a.json', 'd/b.ymll', 'd/README.md', 'd/Makefile', 'd/.gitkeep'],
  });
  assert.deepEqual(
    snapshot.diagnostics.map(({ code, severity, at }) => [
      code,
      severity,
      at.kind === 'file' && at.path,
    ]),
    [
      ['ignored', 'info', 'd/a.json'],
      ['ignored', 'info', 'd/b.ymll'],
    ],
  );
});
