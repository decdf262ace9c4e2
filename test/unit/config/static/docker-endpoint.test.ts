import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, said } from '../../../support/static.js';

const BAD = ['nope://x', 'ssh://', 'ssh://host/run/docker.sock', 'unix://', 'tcp://', 'tcp://a b'];

for (const endpoint of BAD) {
  test(`the endpoint ${endpoint} is refused at the start`, () => {
    const args = [`--providers.docker.endpoint=${endpoint}`];
    assert.deepEqual(said(load({ args })), ['bad-value | --providers.docker.endpoint (flag)']);
    const env = { DOCKER_HOST: endpoint };
    const loaded = load({ args: ['--providers.docker'], env });
    assert.deepEqual(said(loaded), ['bad-value | DOCKER_HOST (environment)']);
  });
}

test('one that can be read is taken, and a variable that is not asked is not looked at', () => {
  const args = ['--providers.docker.endpoint=tcp://proxy:2375'];
  const { providers } = accepted(load({ args, env: { DOCKER_HOST: 'nope://x' } }));
  assert.equal(providers.docker[0]?.endpoint, 'tcp://proxy:2375');
  assert.ok(load({ args: ['--ping'], env: { DOCKER_HOST: 'nope://x' } }).ok);
});
