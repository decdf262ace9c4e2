import assert from 'node:assert/strict';
import test from 'node:test';
import { retainCounts } from '../../../src/control/retain-counts.js';
import { compile } from '../../../src/routing/compile.js';
import { Counters } from '../../../src/telemetry/counters.js';
import { compileOptions } from '../../support/compile-options.js';
import { mergedConfig, router, service } from '../../support/merged.js';

const named = (counters: Counters) =>
  (['entryPoint', 'router', 'service', 'server'] as const).flatMap((kind) =>
    counters
      .read()
      .objects(kind)
      .map(([name]) => `${kind} ${name}`),
  );

test('what left the configuration is forgotten, and the counts of all else go on', () => {
  const { runtime } = compile(
    mergedConfig({
      routers: [router('db@file', { rule: 'HostSNI(`*`)', service: 'my db' })],
      services: [service('my db@file', ['10.0.0.1:5432', '[::1]:5432'])],
    }),
    compileOptions(),
    undefined,
  );
  const counters = new Counters();
  const kept = [
    ['entryPoint', 'tcp'],
    ['router', 'db@file'],
    ['service', 'my db@file'],
    ['server', 'my db@file 10.0.0.1:5432'],
    ['server', 'my db@file [::1]:5432'],
  ] as const;
  const gone = [
    ['router', 'old@file'],
    ['service', 'old@file'],
    ['server', 'my db@file 10.0.0.2:5432'],
    ['server', 'old@file 10.0.0.1:5432'],
  ] as const;
  for (const [kind, name] of [...kept, ...gone]) {
    counters.add(counters.blockOf(kind, name), 'done');
  }
  retainCounts(counters, runtime);
  assert.deepEqual(
    named(counters),
    kept.map((object) => object.join(' ')),
  );
});
