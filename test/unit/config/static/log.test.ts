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
    minDuration: 0,
  });
});

test('its options are those of Traefik', () => {
  const options = ['filePath=/l', 'format=json', 'bufferingSize=9', 'filters.minDuration=200ms'];
  const loaded = flags(...options.map((option) => `--accessLog.${option}`));
  assert.deepEqual(said(loaded), []);
  assert.deepEqual(accepted(loaded).accessLog, {
    filePath: '/l',
    bufferingSize: 9,
    minDuration: 200,
  });
});

test('a format that there is not is said', () => {
  const loaded = flags('--accessLog.format=common');
  assert.equal(loaded.ok, true);
  assert.deepEqual(said(loaded), ['ignored | --accessLog.format (flag)']);
});
