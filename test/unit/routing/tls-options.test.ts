import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { compileTlsOptions, type OptionsOutcome } from '../../../src/routing/tls-options.js';
import { CertificateStore } from '../../../src/tls/store.js';
import { issueCa } from '../../support/certificates.js';
import { compileOptions } from '../../support/compile-options.js';
import { MemoryFiles } from '../../support/materials.js';
import { label, mergedConfig, tlsOptions } from '../../support/merged.js';

type Sets = ReadonlyMap<string, OptionsOutcome>;
type Declared = ReturnType<typeof tlsOptions>;

const STORE = new CertificateStore([], undefined);
const { tls: identity } = compileOptions();
const [ca, other] = [issueCa('ca').cert, issueCa('other').cert];

function compiled(
  sets: readonly Declared[],
  { files = new MemoryFiles({}), store = STORE, previous }: Given = {},
): Sets {
  const context = { materials: files, store, identity };
  return compileTlsOptions(mergedConfig({ tlsOptions: sets }), context, previous);
}

interface Given {
  readonly files?: MemoryFiles;
  readonly store?: CertificateStore;
  readonly previous?: Sets;
}

const said = (sets: Sets) =>
  [...sets.values()].flatMap(({ diagnostics }) =>
    diagnostics.map(({ severity, code, object }) => `${severity} ${code} ${object?.name ?? ''}`),
  );

const mutual = tlsOptions('o@file', { clientAuth: { caFiles: ['ca.pem'] } });
const error: Diagnostic = { code: 'bad-value', severity: 'error', at: label('x'), message: 'x' };

test('the default options are there without anybody declaring them', () => {
  const sets = compiled([]);
  assert.deepEqual([...sets.keys()], ['default']);
  assert.equal(sets.get('default')?.termination?.clientCertificate, 'none');
});

test('nothing changed: the same outcome', () => {
  const files = new MemoryFiles({ 'ca.pem': ca });
  const previous = compiled([mutual], { files });
  const next = compiled([mutual], { files: files.next({ 'ca.pem': ca }), previous });
  for (const name of ['default', 'o@file']) assert.equal(next.get(name), previous.get(name));
});

test('other certificates: the same settings, ended by another', () => {
  const previous = compiled([]);
  const next = compiled([], { store: new CertificateStore([], undefined), previous });
  assert.notEqual(next.get('default')?.termination, previous.get('default')?.termination);
  assert.deepEqual(next.get('default')?.settings, previous.get('default')?.settings);
});

test('authorities that are replaced take effect', () => {
  const files = new MemoryFiles({ 'ca.pem': ca });
  const previous = compiled([mutual], { files });
  const next = compiled([mutual], { files: files.next({ 'ca.pem': other }), previous });
  assert.deepEqual(next.get('o@file')?.settings?.ca, [other]);
  assert.deepEqual(said(next), []);
});

for (const [what, texts] of [
  ['gone', {}],
  ['empty', { 'ca.pem': '' }],
  ['half written', { 'ca.pem': other.slice(0, 100) }],
] satisfies readonly (readonly [string, Readonly<Record<string, string>>])[]) {
  test(`authorities that are ${what}: the last good ones stay, and it is said`, () => {
    const files = new MemoryFiles({ 'ca.pem': ca });
    const previous = compiled([mutual], { files });
    const next = compiled([mutual], { files: files.next(texts), previous });
    assert.deepEqual(next.get('o@file')?.settings?.ca, [ca]);
    assert.equal(next.get('o@file')?.termination, previous.get('o@file')?.termination);
    assert.deepEqual(said(next), ['error unreadable o@file']);
    const again = compiled([mutual], { files: files.next({ 'ca.pem': other }), previous: next });
    assert.deepEqual(again.get('o@file')?.settings?.ca, [other]);
  });
}

test('authorities that never were there close the set (D35)', () => {
  const sets = compiled([mutual]);
  assert.equal(sets.get('o@file')?.termination, undefined);
  assert.deepEqual(said(sets), ['error unreadable o@file']);
});

test('options that are written anew, and wrong, close the set: nothing old stays', () => {
  const files = new MemoryFiles({ 'ca.pem': ca });
  const previous = compiled([mutual], { files });
  for (const wrong of [
    tlsOptions('o@file', { clientAuth: { caFiles: ['typo.pem'] } }),
    tlsOptions('o@file', { minVersion: 'TLS13' }),
    tlsOptions('o@file', {}, { diagnostics: [error] }),
  ]) {
    const next = compiled([wrong], { files, previous });
    assert.equal(next.get('o@file')?.termination, undefined);
    assert.equal(next.get('o@file')?.errors.length, 1);
  }
});

test('a set that loses its declaration is gone, but for the default one', () => {
  const declared = tlsOptions('default', { sniStrict: true });
  const previous = compiled([declared, tlsOptions('o@file')]);
  const next = compiled([], { previous });
  assert.deepEqual([...next.keys()], ['default']);
  assert.equal(next.get('default')?.settings?.sniStrict, false);
});
