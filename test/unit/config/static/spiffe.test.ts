import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, load, loadYaml, said, type Given } from '../../../support/static.js';

const VARIABLE = { SPIFFE_ENDPOINT_SOCKET: 'unix:///run/standard.sock' };
const OPTION = ['--spiffe.workloadAPIAddr=unix:///run/ours.sock'];

const addresses: readonly (readonly [string, Given, string | undefined])[] = [
  ['nothing', {}, undefined],
  ['the option', { args: OPTION }, '/run/ours.sock'],
  ['the variable of the standard', { env: VARIABLE }, '/run/standard.sock'],
  ['the variable beside other options', { args: ['--ping'], env: VARIABLE }, '/run/standard.sock'],
  ['both: the option counts', { args: OPTION, env: VARIABLE }, '/run/ours.sock'],
  [
    'an empty section',
    { files: { './sluice.yml': 'spiffe: {}' }, env: VARIABLE },
    '/run/standard.sock',
  ],
  ['an empty option', { args: ['--spiffe.workloadAPIAddr='] }, undefined],
  ['an empty variable', { env: { SPIFFE_ENDPOINT_SOCKET: '' } }, undefined],
];

for (const [name, given, path] of addresses) {
  test(`${name}: ${path ?? 'off'}`, () => {
    const { spiffe } = accepted(load(given));
    assert.deepEqual(spiffe, path === undefined ? undefined : { address: { kind: 'unix', path } });
  });
}

test('a section without an address anywhere is said', () => {
  assert.ok(said(loadYaml('spiffe: {}')).some((text) => text.startsWith('missing | s.yml:1:')));
});

test('a bad address is refused where it was written', () => {
  assert.deepEqual(said(load({ env: { SPIFFE_ENDPOINT_SOCKET: 'agent.sock' } })), [
    'bad-value | SPIFFE_ENDPOINT_SOCKET (environment)',
  ]);
  // What does not count is not looked at.
  const env = { SPIFFE_ENDPOINT_SOCKET: 'agent.sock' };
  assert.equal(load({ args: OPTION, env }).ok, true);
});

test('the peers that the static transport wants are checked', () => {
  const option = 'tcpServersTransport.tls.spiffe';
  const loaded = load({ args: [`--${option}.ids=nope`, `--${option}.trustDomain=Example`] });
  assert.equal(loaded.ok, false);
  const bad = said(loaded).filter((text) => text.startsWith('bad-value'));
  assert.deepEqual(bad, [
    `bad-value | --${option}.ids (flag)`,
    `bad-value | --${option}.trustDomain (flag)`,
  ]);
});
