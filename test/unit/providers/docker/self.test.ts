import assert from 'node:assert/strict';
import test from 'node:test';
import { idsInCgroup, idsInMounts } from '../../../../providers/docker/self.js';

const ID = 'a1b2c3d4'.repeat(8);

test('the own id stands in the mounts that the engine makes', () => {
  const folder = `/var/lib/docker/containers/${ID}`;
  const lines = [
    `124 107 254:0 ${folder}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw`,
    `125 107 254:0 ${folder}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw`,
  ];
  assert.deepEqual(idsInMounts(lines.join('\n')), [ID]);
});

test("a machine's mounts of its containers are not taken for its own", () => {
  const line = `1 2 0:3 / /var/lib/docker/containers/${ID}/mounts/shm rw - tmpfs shm rw`;
  assert.deepEqual(idsInMounts(line), []);
});

test('control groups of version 1 are called after the container', () => {
  assert.deepEqual(idsInCgroup(`12:pids:/docker/${ID}\n11:cpu:/docker/${ID}\n`), [ID]);
  assert.deepEqual(idsInCgroup(`12:pids:/system.slice/docker-${ID}.scope\n`), [ID]);
  assert.deepEqual(idsInCgroup('0::/\n'), []);
});
