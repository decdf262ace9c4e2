import assert from 'node:assert/strict';
import test from 'node:test';
import { isOurs, writtenKey } from '../../../../providers/docker/label-keys.js';

const KEYS: readonly (readonly [key: string, ours: boolean])[] = [
  ['traefik.enable', true],
  ['sluice.enable', true],
  // In any case, so that it can be said that the case is wrong (LBL-2).
  ['Traefik.tcp.routers.r.rule', true],
  ['SLUICE.enable', true],
  ['traefik', false],
  ['traefik-tcp.routers', false],
  ['traefikx.enable', false],
  ['com.docker.compose.project', false],
  ['.enable', false],
  ['', false],
];

for (const [key, ours] of KEYS) {
  test(`"${key}" is ${ours ? 'ours' : "somebody else's"}`, () => {
    assert.equal(isOurs(key), ours);
  });
}

const WRITTEN: readonly (readonly [keys: readonly string[], found: string])[] = [
  [[], 'traefik.docker.network'],
  [['traefik.docker.network'], 'traefik.docker.network'],
  [['traefik.Docker.NETWORK'], 'traefik.Docker.NETWORK'],
  // Where both speak, the one that counts (D37).
  [['traefik.docker.network', 'sluice.docker.network'], 'sluice.docker.network'],
];

for (const [keys, found] of WRITTEN) {
  test(`of [${keys.join(', ')}] the one that counts is ${found}`, () => {
    const labels = new Map(keys.map((key) => [key, 'x']));
    assert.equal(writtenKey(labels, 'docker.network'), found);
  });
}
