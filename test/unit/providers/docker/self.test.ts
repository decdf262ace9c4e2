import assert from 'node:assert/strict';
import test from 'node:test';
import { idInCgroup, idInMounts } from '../../../../providers/docker/self.js';

const ID = 'a1b2c3d4'.repeat(8);

test('the own id stands in the mounts that the engine makes', () => {
  const line = `1 2 0:3 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw - ext4 /dev/vda rw`;
  assert.equal(idInMounts(line), ID);
});

test("a host's mounts of other containers are not taken for its own", () => {
  const line = `1 2 0:3 / /var/lib/docker/containers/${ID}/mounts/shm rw - tmpfs shm rw`;
  assert.equal(idInMounts(line), undefined);
});

test('control groups of version 1 are called after the container', () => {
  assert.equal(idInCgroup(`12:pids:/docker/${ID}\n`), ID);
  assert.equal(idInCgroup('0::/\n'), undefined);
});
