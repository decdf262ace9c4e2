import assert from 'node:assert/strict';
import test from 'node:test';
import { isCovered, peerOf, speakersOf } from '../../../../providers/consul/connect-side.js';
import { listingsOf } from '../../../../providers/consul/listing.js';
import { consulConfig, instance } from '../../../support/consul.js';

const TAG = 'traefik.tcp.routers.web.rule=HostSNI(`*`)';
const ON = 'traefik.consulcatalog.connect=true';

const proxy = (rest: Parameters<typeof instance>[1] = {}) =>
  instance([], { id: 'side', kind: 'connect-proxy', proxied: 'web1', ...rest });

test('the other side of a service is read where somebody may be on it', () => {
  const sides = (tags: readonly string[], config: Parameters<typeof consulConfig>[0] = {}) =>
    listingsOf('web', tags, consulConfig(config)).map(({ side }) => side);
  const aware = { connectAware: true };
  assert.deepEqual(sides(['v1'], aware), [], 'a service without tags of ours');
  assert.deepEqual(sides([TAG, ON]), ['direct'], 'Connect is off');
  assert.deepEqual(sides([TAG], aware), ['direct']);
  assert.deepEqual(sides([TAG, ON], aware), ['direct', 'connect']);
  assert.deepEqual(sides([TAG, 'traefik.consulcatalog.connect=false'], aware), ['direct']);
  assert.deepEqual(sides([TAG], { ...aware, connectByDefault: true }), ['direct', 'connect']);
});

test('a proxy without tags of ours has those of the instance beside it', () => {
  const isOurs = (tag: string) => tag.startsWith('traefik.');
  const web = instance([TAG, ON]);
  const tagsOf = (found: ReturnType<typeof instance>) =>
    speakersOf([found], [web], isOurs).map(({ tags }) => tags);
  assert.deepEqual(tagsOf(proxy()), [web.tags]);
  assert.deepEqual(tagsOf(proxy({ tags: ['traefik.enable=false'] })), [['traefik.enable=false']]);
  assert.deepEqual(tagsOf(proxy({ proxied: 'other' })), [[]]);
  assert.deepEqual(tagsOf(proxy({ node: 'elsewhere' })), [[]]);
});

test('an instance is covered by itself if it is native, by its proxy, and while nobody knows', () => {
  const covered = (speakers: readonly ReturnType<typeof instance>[] | undefined) =>
    isCovered(instance([TAG, ON]), { kind: 'direct', speakers });
  assert.equal(covered(undefined), true);
  assert.equal(covered([]), false);
  assert.equal(covered([proxy()]), true);
  assert.equal(covered([proxy({ proxied: 'web2' })]), false);
  assert.equal(covered([instance([], { isNative: true })]), true);
});

test('a name that no SPIFFE ID can hold is nobody to be reached', () => {
  const peer = (service: string) => peerOf(instance([], { datacenter: 'dc1' }), service);
  assert.deepEqual(peer('web'), {
    ok: true,
    value: { namespace: 'default', datacenter: 'dc1', service: 'web' },
  });
  assert.equal(peer('we b').ok, false);
  assert.equal(peer('../admin').ok, false);
});
