import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultEntryPoints } from '../../../src/routing/entry-points.js';
import { entryPoint } from '../../support/compile-options.js';

test('by default a router listens everywhere but on traefik and on UDP, in order', () => {
  const all = [
    entryPoint('tcp'),
    entryPoint('alt'),
    entryPoint('traefik'),
    entryPoint('dns', { protocol: 'udp' }),
  ];
  assert.deepEqual(defaultEntryPoints(all), ['alt', 'tcp']);
});

test('flagged entry points are the only default ones', () => {
  const all = [entryPoint('tcp'), entryPoint('alt', { asDefault: true })];
  assert.deepEqual(defaultEntryPoints(all), ['alt']);
});

test('a flag on a UDP entry point means nothing', () => {
  const all = [entryPoint('tcp'), entryPoint('dns', { protocol: 'udp', asDefault: true })];
  assert.deepEqual(defaultEntryPoints(all), ['tcp']);
});

test('a flag on traefik leaves no default, as in Traefik', () => {
  const all = [entryPoint('tcp'), entryPoint('traefik', { asDefault: true })];
  assert.deepEqual(defaultEntryPoints(all), []);
});
