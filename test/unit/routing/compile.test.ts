import assert from 'node:assert/strict';
import test from 'node:test';
import { compile } from '../../../src/routing/compile.js';
import { mergedConfig, router, service } from '../../support/merged.js';
import { compileOptions } from '../../support/compile-options.js';

test('a router leads to its service', () => {
  const { table, runtime, diagnostics } = compile(
    mergedConfig({
      routers: [router('r@docker', { rule: 'HostSNI(`*`)', service: 's' })],
      services: [service('s@docker', ['10.0.0.1:80'])],
    }),
    compileOptions(),
    undefined,
  );
  assert.deepEqual(diagnostics, []);
  const [route] = table.of('tcp').plain;
  assert.equal(route?.service?.pick([])?.address, '10.0.0.1:80');
  assert.equal(runtime.routers.get('r@docker')?.status, 'enabled');
  assert.deepEqual(runtime.services.get('s@docker')?.usedBy, ['r@docker']);
});
