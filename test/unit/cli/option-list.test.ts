import assert from 'node:assert/strict';
import test from 'node:test';
import { listOptions } from '../../../src/cli/option-list.js';
import { kindOf } from '../../../src/config/static/option.js';
import { staticSchema } from '../../../src/config/static/schema.js';

const options = listOptions(staticSchema);
const of = (path: string) => options.find((option) => option.path === path);

test('every option says what it is for, and is one that the flags know', () => {
  assert.ok(options.length > 80);
  for (const { path, summary } of options) {
    assert.notEqual(summary, '', path);
    assert.notEqual(kindOf(path.split('.')), 'unknown', path);
  }
});

test('each is listed once', () => {
  assert.equal(new Set(options.map(({ path }) => path)).size, options.length);
});

test('values and defaults are the schema’s', () => {
  const timeout = of('entryPoints.<name>.transport.lifeCycle.graceTimeOut');
  assert.deepEqual([timeout?.value, timeout?.standard], ['DURATION', '10s']);
  assert.deepEqual([of('api.insecure')?.value, of('api.insecure')?.standard], ['true|false', '']);
  assert.equal(of('log.format')?.value, 'common|json');
  assert.equal(of('providers.consulCatalog.strictChecks')?.standard, 'passing,warning');
  assert.equal(of('providers.docker')?.value, '');
});

test('options that are not read are not listed', () => {
  assert.equal(of('tracing'), undefined);
  assert.equal(of('providers.docker.defaultRule'), undefined);
});
