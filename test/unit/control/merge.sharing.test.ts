import assert from 'node:assert/strict';
import test from 'node:test';
import type { Part } from '../../../src/config/provider.js';
import { merge } from '../../../src/control/merge.js';
import { file, part, served, snapshot } from '../../support/parts.js';

const NOBODY = new Set<string>();
const inDocker = (...parts: readonly Part[]) => new Map([['docker', snapshot(...parts)]]);

const SECTIONS = ['routers', 'services', 'middlewares', 'serversTransports', 'tlsOptions'] as const;

test('without a change every object and every section is the same', () => {
  const parts = [part('a', served('1:1', 'a')), part('b', served('2:2', 'b'))];
  const before = merge(inDocker(...parts), NOBODY);
  const after = merge(inDocker(...parts), NOBODY, before);
  for (const section of SECTIONS) assert.equal(after[section], before[section]);
});

test('a part that is made again with the same words changes nothing', () => {
  const a = part('a', served('1:1', 'a'));
  const before = merge(inDocker(a, part('b', served('2:2', 'b'))), NOBODY);
  const after = merge(inDocker(a, part('b', served('2:2', 'b'))), NOBODY, before);
  for (const section of SECTIONS) assert.equal(after[section], before[section]);
});

test('a changed server changes its service, and nothing else', () => {
  const a = part('a', served('1:1', 'a'));
  const before = merge(inDocker(a, part('b', served('2:2', 'b'))), NOBODY);
  const after = merge(inDocker(a, part('b', served('3:3', 'b'))), NOBODY, before);
  assert.equal(after.routers, before.routers);
  assert.equal(after.services.get('a@docker'), before.services.get('a@docker'));
  assert.notEqual(after.services.get('b@docker'), before.services.get('b@docker'));
});

test('a new replica leaves the servers that were there the same objects', () => {
  const [a, b] = [part('a', served('1:1')), part('b', served('2:2'), { since: 1 })];
  const before = merge(inDocker(a), NOBODY);
  const after = merge(inDocker(a, b), NOBODY, before);
  const servers = after.services.get('db@docker')?.servers;
  assert.equal(servers?.length, 2);
  assert.equal(servers[0], before.services.get('db@docker')?.servers[0]);
});

test('names that come and go leave the rest as it is, in order', () => {
  const parts = ['b', 'd', 'f'].map((name) => part(name, served('1:1', name)));
  const before = merge(inDocker(...parts), NOBODY);
  const [b, , f] = parts;
  assert.ok(b && f);
  const now = inDocker(b, f, part('c', served('1:1', 'c')), part('a', served('1:1', 'a')));
  const after = merge(now, NOBODY, before);
  assert.deepEqual([...after.routers.keys()], ['a@docker', 'b@docker', 'c@docker', 'f@docker']);
  assert.equal(after.routers.get('f@docker'), before.routers.get('f@docker'));
});

test('a change of files that touches no reserved name leaves the labels alone', () => {
  const web = snapshot(part('web', served('1:1')));
  const files = (address: string) => snapshot(file('a.yml', served(address, 'f'), 0));
  const before = merge(
    new Map([
      ['docker', web],
      ['file', files('1:1')],
    ]),
    NOBODY,
  );
  const after = merge(
    new Map([
      ['docker', web],
      ['file', files('2:2')],
    ]),
    NOBODY,
    before,
  );
  assert.equal(after.services.get('db@docker'), before.services.get('db@docker'));
  assert.equal(after.routers, before.routers);
});

test('certificates of an unchanged file are the same objects', () => {
  const certificates = { tlsCertificates: [{ certFile: 'a.pem' }, { certFile: 'b.pem' }] };
  const made = () =>
    new Map([['file', snapshot(file('a.yml', certificates, 0), file('b.yml', certificates, 1))]]);
  const before = merge(made(), NOBODY);
  const after = merge(made(), NOBODY, before);
  assert.equal(after.tlsCertificates.length, 4);
  after.tlsCertificates.forEach((certificate, index) => {
    assert.equal(certificate, before.tlsCertificates[index]);
  });
});

test('a result that is made of one whose making is not known is right, if slower', () => {
  const parts = inDocker(part('a', served('1:1', 'a')));
  const before = { ...merge(parts, NOBODY) };
  const after = merge(parts, NOBODY, before);
  assert.deepEqual(after, before);
  assert.equal(after.routers.get('a@docker'), before.routers.get('a@docker'));
});
