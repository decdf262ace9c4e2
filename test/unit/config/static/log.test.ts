import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, said } from '../../../support/static.js';

const WEB = '--entryPoints.web.address=:80';
const flags = (...args: readonly string[]) => load({ args: [WEB, ...args] });

test('the access log is off, and its defaults are stdout, each line at once, and all of them', () => {
  assert.equal(accepted(flags()).accessLog, undefined);
  assert.deepEqual(accepted(flags('--accessLog')).accessLog, {
    filePath: '',
    bufferingSize: 0,
    addInternals: false,
    atStart: false,
    filters: { minDuration: 0, status: [], retryAttempts: false },
  });
});

test('its options are those of Traefik, and some of ours', () => {
  const options = [
    ...['filePath=/l', 'format=json', 'bufferingSize=9', 'addInternals', 'atStart'],
    ...['filters.minDuration=200ms', 'filters.retryAttempts', 'filters.status=dial,no-route'],
  ];
  const loaded = flags(...options.map((option) => `--accessLog.${option}`));
  assert.deepEqual(said(loaded), []);
  assert.deepEqual(accepted(loaded).accessLog, {
    filePath: '/l',
    bufferingSize: 9,
    addInternals: true,
    atStart: true,
    filters: { minDuration: 200, status: ['dial', 'no-route'], retryAttempts: true },
  });
});

test('a status that there is not is refused, with the nearest that there is', () => {
  const loaded = flags('--accessLog.filters.status=no-rout');
  assert.equal(loaded.ok, false);
  assert.deepEqual(said(loaded), ['unknown-value | --accessLog.filters.status (flag) | no-route']);
});

test('what is of HTTP is passed over with one warning', () => {
  const options = ['filters.statusCodes=500-599', 'fields.defaultMode=drop', 'otlp', 'dualOutput'];
  const loaded = flags(...options.map((option) => `--accessLog.${option}`));
  assert.equal(loaded.ok, true);
  assert.deepEqual(said(loaded), ['ignored | --accessLog.filters.statusCodes (flag)']);
  const [warning] = loaded.diagnostics;
  assert.equal(warning?.severity, 'warning');
  assert.equal(
    warning.value,
    'accessLog.filters.statusCodes, accessLog.fields, accessLog.otlp, accessLog.dualOutput',
  );
});

test('a format that there is not is said', () => {
  const loaded = flags('--accessLog.format=common');
  assert.equal(loaded.ok, true);
  assert.deepEqual(said(loaded), ['ignored | --accessLog.format (flag)']);
});
