import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceNameOf } from '../../../../providers/consul/naming.js';

test('a canary is called after the FNV-1 hash of all its tags (CNS-15)', () => {
  const tags = [
    'traefik.consulcatalog.canary=true',
    'traefik.tcp.routers.test-canary.rule=HostSNI(`canary.foobar`)',
  ];
  assert.equal(serviceNameOf('Test', tags, true), 'Test-17573747155436217342');
  assert.equal(serviceNameOf('Test', tags, false), 'Test');
});
