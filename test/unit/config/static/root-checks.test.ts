import assert from 'node:assert/strict';
import test from 'node:test';
import { load, loadYaml, said } from '../../../support/static.js';

test('a provider that is not here is one error, with what is here (D22)', () => {
  const args = ['--providers.redis.endpoints', 'a:1', '--providers.redis.username=x'];
  const loaded = load({ args });
  assert.deepEqual(said(loaded), ['unknown-key | --providers.redis.endpoints (flag)']);
  assert.match(loaded.diagnostics[0]?.fix ?? '', /consulCatalog/);
});

test('what Traefik v2 wrote for a Swarm is refused, with what to write', () => {
  const args = [
    '--providers.docker.swarmMode=true',
    '--providers.docker.swarmModeRefreshSeconds=5',
  ];
  const loaded = load({ args });
  assert.deepEqual(said(loaded), [
    'unknown-key | --providers.docker.swarmMode (flag)',
    'unknown-key | --providers.docker.swarmModeRefreshSeconds (flag)',
  ]);
  assert.deepEqual(
    loaded.diagnostics.map(({ fix = '' }) => /providers\.swarm[.\w]*/.exec(fix)?.[0]),
    ['providers.swarm', 'providers.swarm.refreshSeconds'],
  );
});

test('a misspelt provider has a suggestion', () => {
  assert.deepEqual(said(loadYaml('providers: {dokcer: {}}')), [
    'unknown-key | s.yml:1:13 | docker',
  ]);
});

test('sections of the dynamic configuration are sent where they belong', () => {
  const loaded = loadYaml('ping: {}\ntcp:\n  routers: {}\n');
  assert.deepEqual(said(loaded), ['misplaced | s.yml:2:1']);
});

test('keys that begin with x- are the author’s own', () => {
  assert.deepEqual(said(loadYaml('x-address: &a ":80"\nentryPoints: {web: {address: *a}}')), []);
});

test('an unknown top-level key is an error with a suggestion (D22)', () => {
  assert.deepEqual(said(loadYaml('ping: {}\nentryPoint: {}\n')), [
    'unknown-key | s.yml:2:1 | entryPoints',
  ]);
});

test('a name that no object can have is refused, not lost', () => {
  assert.deepEqual(said(loadYaml('entryPoints: {__proto__: {address: ":80"}}')), [
    'bad-value | s.yml:1:15',
  ]);
  assert.deepEqual(said(loadYaml('entryPoints: {"": {address: ":80"}}')), [
    'bad-value | s.yml:1:15',
  ]);
});
