import assert from 'node:assert/strict';
import test from 'node:test';
import { standingFindings } from '../../../../providers/consul/standing.js';
import type { ConsulCatalogConfig } from '../../../../src/config/static.js';
import { consulConfig } from '../../../support/consul.js';

const config = consulConfig();

const tls = { ca: 'ca.pem', cert: '', key: '', insecureSkipVerify: false };

const said = (given: Partial<ConsulCatalogConfig>, bad?: { offset: number; reason: string }) =>
  standingFindings({ ...config, ...given }, 'consulcatalog', bad).map(
    ({ severity, code, at }) => `${severity} ${code} ${at.kind === 'static' ? at.option : ''}`,
  );

test('options that are right give no finding (D34)', () => {
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ connectAware: true, connectByDefault: true }), []);
  assert.deepEqual(said({ endpoint: { ...config.endpoint, scheme: 'https', tls } }), []);
  assert.deepEqual(said({ endpoint: { ...config.endpoint, address: 'https://c', tls } }), []);
});

test('TLS options without TLS, and a condition that cannot be read are said', () => {
  assert.deepEqual(said({ endpoint: { ...config.endpoint, tls } }), [
    'warning ignored providers.consulCatalog.endpoint.tls',
  ]);
  assert.deepEqual(said({ constraints: 'Tag(' }, { offset: 4, reason: 'x' }), [
    'error constraint providers.consulCatalog.constraints',
  ]);
});
