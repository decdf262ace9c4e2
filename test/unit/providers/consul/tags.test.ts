import assert from 'node:assert/strict';
import test from 'node:test';
import { labelsOf, tagKind } from '../../../../providers/consul/tags.js';
import type { Place } from '../../../../src/config/diagnostic.js';

const placeOf = (tag: string): Place => ({
  kind: 'tag',
  node: 'n',
  service: 's',
  instance: 'i',
  tag,
});

const read = (tags: readonly string[], prefix = 'traefik') => {
  const { labels, diagnostics } = labelsOf(tags, prefix, placeOf);
  return {
    labels: labels.map(({ key, value }) => `${key} ${value}`),
    said: diagnostics.map(({ code, severity }) => `${severity} ${code}`),
  };
};

for (const [name, tags, prefix, labels, said] of [
  ['cut at their first =', ['traefik.a=b=c'], 'traefik', ['traefik.a b=c'], []],
  ['read with an empty value', ['traefik.a='], 'traefik', ['traefik.a '], []],
  ['passed over if they are of others', ['v1', 'urlprefix-/', 'traefikx.a=b'], 'traefik', [], []],
  ['read under our own prefix too (D37)', ['sluice.a=b'], 'traefik', ['sluice.a b'], []],
  [
    'read under a prefix of choice, and then no other',
    ['x.a=b', 'traefik.c=d'],
    'x',
    ['traefik.a b'],
    [],
  ],
  ['said if they have no value', ['traefik.tcp.routers.r.tls'], 'traefik', [], ['warning ignored']],
  [
    'an error with the prefix in other letters (BUG-24)',
    ['Traefik.a=b'],
    'traefik',
    [],
    ['error unknown-key'],
  ],
] as const) {
  test(`tags are ${name}`, () => {
    assert.deepEqual(read(tags, prefix), { labels, said });
  });
}

test('of a tag with a key or certificate its content is not shown', () => {
  const { labels } = labelsOf(
    ['traefik.tls.x=-----BEGIN PRIVATE KEY-----\nsecret'],
    'traefik',
    placeOf,
  );
  assert.deepEqual(labels[0]?.at, placeOf('traefik.tls.x=…'));
});

test('whether a service concerns us is known by its tags', () => {
  for (const [tag, kind] of [
    ['traefik.tcp.routers.r.rule=x', 'read'],
    ['traefik.tls.stores.default=x', 'read'],
    ['sluice.tcp.routers.r.rule=x', 'read'],
    ['traefik.nonsense=x', 'read'],
    ['traefik.http.routers.r.rule=x', 'other'],
    ['traefik.enable=true', 'other'],
    ['traefik.consulcatalog.canary=true', 'other'],
    ['traefik', 'foreign'],
    ['v1', 'foreign'],
  ] as const) {
    assert.equal(tagKind(tag, 'traefik'), kind, tag);
  }
});
