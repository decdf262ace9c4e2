import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, said } from '../../../support/static.js';

const flags = (...args: readonly string[]) => load({ args });
const WEB = '--entryPoints.web.address=:80';

test('the API has its defaults', () => {
  assert.deepEqual(accepted(flags('--api.insecure')).api, {
    insecure: true,
    dashboard: true,
    debug: false,
    basePath: '/',
    token: '',
    tokenFile: '',
    maxDiscoveryAge: 300_000,
  });
});

test('a base path begins with / and ends without (CFG-20)', () => {
  const basePath = (text: string) => flags('--api.insecure', `--api.basePath=${text}`);
  assert.equal(accepted(basePath('/a/b/')).api?.basePath, '/a/b');
  assert.equal(accepted(basePath('')).api?.basePath, '/');
  assert.deepEqual(said(basePath('a b')), ['bad-value | --api.basePath (flag)']);
});

test('a token is said once', () => {
  const loaded = flags('--api.insecure', '--api.token=a', '--api.tokenFile=b');
  assert.ok(said(loaded).includes('conflict | --api.tokenFile (flag)'));
  assert.doesNotMatch(JSON.stringify(loaded.diagnostics), /"a"/);
});

test('a token may come from a file, which is trimmed and must hold one', () => {
  const args = ['--api.insecure', '--api.tokenFile=t'];
  const holding = (text: string | Error) => load({ args, files: { t: text } });
  const { api } = accepted(holding('secret\n'));
  assert.deepEqual([api?.token, api?.tokenFile], ['secret', 't']);
  for (const bad of [flags(...args), holding(new Error('EACCES')), holding('\n')]) {
    assert.equal(bad.ok, false);
    assert.deepEqual(said(bad), ['unreadable | --api.tokenFile (flag)']);
  }
});

test('ping needs an entry point that listens, and the nearest is named', () => {
  assert.deepEqual(said(flags(WEB, '--ping.entryPoint=wbe')), [
    'unknown-reference | --ping.entryPoint (flag) | web',
  ]);
  const udp = flags(WEB, '--entryPoints.u.address=:1/udp', '--ping.entryPoint=u');
  assert.ok(said(udp).includes('unknown-reference | --ping.entryPoint (flag) | web'));
  assert.deepEqual(said(flags(WEB, '--ping.entryPoint=web')), []);
  assert.deepEqual(said(flags(WEB, '--ping.entryPoint=nope', '--ping.manualRouting')), []);
});

test('the answer of a stopping program is a status', () => {
  const { ping } = accepted(flags('--ping.terminatingStatusCode=204'));
  assert.deepEqual(ping, {
    entryPoint: 'traefik',
    manualRouting: false,
    terminatingStatusCode: 204,
  });
  assert.deepEqual(said(flags('--ping.terminatingStatusCode=99')), [
    'bad-value | --ping.terminatingStatusCode (flag)',
  ]);
});
