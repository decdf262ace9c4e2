import assert from 'node:assert/strict';
import test from 'node:test';
import { parseEnvironment, type Environment } from '../../../../src/config/static/environment.js';

const options = (env: Environment) =>
  parseEnvironment(env).options.map(({ path, value }) => [path.join(' '), value]);

const codes = (env: Environment) =>
  parseEnvironment(env).diagnostics.map(({ code, severity, at, suggestions }) => [
    code,
    severity,
    at.kind === 'static' && at.option,
    suggestions?.[0],
  ]);

test('names are read in lower case, and _ stands between their parts', () => {
  assert.deepEqual(options({ TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80', SLUICE_PING: '' }), [
    ['ping', ''],
    ['entrypoints web address', ':80'],
  ]);
});

test('SLUICE_ wins over TRAEFIK_, and only a difference is said', () => {
  const env = { SLUICE_LOG_LEVEL: 'debug', TRAEFIK_LOG_LEVEL: 'info' };
  assert.deepEqual(options(env), [['log level', 'debug']]);
  assert.deepEqual(codes(env), [['ignored', 'warning', 'TRAEFIK_LOG_LEVEL', undefined]]);
  assert.deepEqual(codes({ SLUICE_LOG_LEVEL: 'info', TRAEFIK_LOG_LEVEL: 'info' }), []);
});

test('variables of others are nothing to us', () => {
  const env = {
    PATH: '/bin',
    SLUICE_SERVICE_HOST: '10.0.0.1',
    TRAEFIK_PORT: 'tcp://10.0.0.1:80',
    SLUICE_VERSION: '1',
    traefik_log_level: 'x',
    SLUICE_: 'x',
    TRAEFIK_FOO: '1',
  };
  assert.deepEqual(options(env), []);
  assert.deepEqual(codes(env), []);
});

test('a variable that begins like an option counts, without a word boundary (CFG-15)', () => {
  assert.deepEqual(options({ TRAEFIK_LOGFOO: '1' }), [['logfoo', '1']]);
});

test('a misspelt root is said, with the variable that was meant', () => {
  assert.deepEqual(codes({ SLUICE_ENTRYPOINT_WEB_ADDRESS: ':80' }), [
    ['ignored', 'warning', 'SLUICE_ENTRYPOINT_WEB_ADDRESS', 'SLUICE_ENTRYPOINTS_WEB_ADDRESS'],
  ]);
});

test('a file cannot be named by a variable, and that is said', () => {
  assert.deepEqual(codes({ TRAEFIK_CONFIGFILE: 'a.yml' }), [
    ['ignored', 'warning', 'TRAEFIK_CONFIGFILE', undefined],
  ]);
});

test('an empty or endless name is refused', () => {
  assert.deepEqual(codes({ SLUICE_ENTRYPOINTS__ADDRESS: ':80' }), [
    ['syntax', 'error', 'SLUICE_ENTRYPOINTS__ADDRESS', undefined],
  ]);
  assert.equal(codes({ [`SLUICE_LOG${'_A'.repeat(40)}`]: '' })[0]?.[0], 'syntax');
});
