import assert from 'node:assert/strict';
import test from 'node:test';
import { isElsewhere } from '../../../../providers/docker/endpoint.js';

const CASES: readonly (readonly [provider: string, endpoint: string, elsewhere: boolean])[] = [
  ['docker-nas', 'ssh://root@nas', true],
  ['docker-nas', 'tcp://nas:2376', true],
  ['docker-nas', 'https://[2001:db8::1]:2376', true],
  ['docker-nas', 'tcp://127.0.0.1:2375', false],
  ['docker-nas', 'tcp://[::1]:2375', false],
  ['docker-nas', 'http://localhost', false],
  ['docker-nas', 'unix:///run/other.sock', false],
  ['docker-nas', '/run/other.sock', false],
  // A socket proxy of this machine's own engine.
  ['docker', 'tcp://socket-proxy:2375', false],
  ['swarm', 'tcp://socket-proxy:2375', false],
];

for (const [provider, endpoint, elsewhere] of CASES) {
  test(`${provider} at ${endpoint} is ${elsewhere ? 'elsewhere' : 'here'}`, () => {
    assert.equal(isElsewhere({ provider, endpoint }), elsewhere);
  });
}
