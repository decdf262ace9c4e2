import assert from 'node:assert/strict';
import test from 'node:test';
import { load, loadYaml, said } from '../../../support/static.js';

const ENTRY_POINT = 'entryPoints: {web: {address: ":80", http: {tls: {}}, http3: {}}}\n';

test('options that are not TCP’s are said once, with all their places (D22)', () => {
  const loaded = loadYaml(`${ENTRY_POINT}tracing: {serviceName: x}\nexperimental: {plugins: {}}\n`);
  assert.equal(loaded.ok, true);
  assert.deepEqual(said(loaded), ['ignored | s.yml:1:37']);
  const [diagnostic] = loaded.diagnostics;
  assert.equal(diagnostic?.severity, 'warning');
  assert.equal(
    diagnostic.value,
    'entryPoints.web.http, entryPoints.web.http3, tracing, experimental',
  );
  assert.equal(diagnostic.related?.length, 3);
});

test('what stands below them is not looked at', () => {
  const args = ['--certificatesResolvers.le.acme.email', 'a@b.test', '--tracing.no.such=1'];
  assert.equal(load({ args }).ok, true);
});

test('certificatesResolvers has a warning of its own (D43)', () => {
  const loaded = loadYaml('certificatesResolvers: {le: {acme: {}}}\n');
  assert.deepEqual(said(loaded), ['not-served | s.yml:1:1']);
});

test('what nobody misses is not said (D34)', () => {
  const text = 'global: {checkNewVersion: false}\napi: {insecure: true, disableDashboardAd: true}';
  assert.deepEqual(said(loadYaml(text)), []);
});
