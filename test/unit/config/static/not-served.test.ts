import assert from 'node:assert/strict';
import test from 'node:test';
import { load, said } from '../../../support/static.js';

const WEB = '--entryPoints.web.address=:80';
const QUIET = [WEB, '--api.insecure', '--ping', '--log.level=DEBUG', '--providers.docker'];

test('a setup that is right says nothing (D34)', () => {
  assert.deepEqual(said(load({ args: QUIET })), []);
});

test('--api.debug is accepted, with one warning that it is not served yet', () => {
  const loaded = load({ args: [...QUIET, '--api.debug'] });
  assert.equal(loaded.ok, true);
  assert.deepEqual(said(loaded), ['not-served | --api.debug (flag)']);
});

test('the page is served, and asking for it says nothing', () => {
  assert.deepEqual(said(load({ args: [...QUIET, '--api.dashboard=true'] })), []);
  assert.deepEqual(said(load({ args: [...QUIET, '--api.dashboard=false'] })), []);
});

test('an API that nobody can reach is said (D26)', () => {
  assert.deepEqual(said(load({ args: [WEB, '--api'] })), ['not-served | --api (flag)']);
});
