import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { compileCertificates, type Certificates } from '../../../src/routing/certificates.js';
import {
  issue,
  issueCa,
  type CertificateOptions,
  type Issued,
} from '../../support/certificates.js';
import { MemoryFiles } from '../../support/materials.js';
import { certificate, label, mergedConfig, tlsStore, type Objects } from '../../support/merged.js';

const NOW = Date.now();
const DAY_MS = 86_400_000;

const made = (name: string, options: CertificateOptions = {}) =>
  issue({ name, dns: [name], ...options });

const [a, b] = [made('a.test'), made('b.test')];

const filesOf = (of: Readonly<Record<string, Issued>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(of).flatMap(([name, { chain, key }]) => [
      [`${name}.crt`, chain],
      [`${name}.key`, key],
    ]),
  );

const pair = (name: string) => ({ certFile: `${name}.crt`, keyFile: `${name}.key` });

const error: Diagnostic = { code: 'bad-value', severity: 'error', at: label('x'), message: 'x' };

const compiled = (
  objects: Objects,
  files = new MemoryFiles({}),
  previous?: Certificates,
  now = NOW,
) => compileCertificates(mergedConfig(objects), files, now, previous);

const said = ({ diagnostics }: Certificates) =>
  diagnostics.map(({ severity, code, object }) => `${severity} ${code} ${object?.name ?? ''}`);

/** The name of the first certificate that is shown to one who asks for this. */
const shownFor = ({ store }: Certificates, name: string) => store.find(name, NOW)[0]?.names[0];

/** The key of it, which tells two certificates for one name apart. */
const keyFor = ({ store }: Certificates, name: string) => store.find(name, NOW)[0]?.key;

test('certificates from files, and from one value', () => {
  const files = new MemoryFiles({ ...filesOf({ a }), whole: b.chain + b.key });
  const result = compiled(
    { certificates: [certificate(0, pair('a')), certificate(1, { certFile: 'whole' })] },
    files,
  );
  assert.deepEqual(said(result), []);
  assert.equal(shownFor(result, 'a.test'), 'a.test');
  assert.equal(shownFor(result, 'b.test'), 'b.test');
});

test('a bad one harms no other (D43)', () => {
  const result = compiled(
    { certificates: [certificate(0, pair('gone')), certificate(1, pair('a'))] },
    new MemoryFiles(filesOf({ a })),
  );
  assert.deepEqual(said(result), ['error unreadable [0]@file']);
  assert.equal(shownFor(result, 'a.test'), 'a.test');
});

test('what is wrong with a key is said at the key, and never shows it', () => {
  const places = { certFile: label('cert'), keyFile: label('key') };
  const config = { certFile: a.chain, keyFile: b.key };
  const result = compiled({ certificates: [certificate(0, config, { places })] });
  assert.deepEqual(said(result), ['error bad-value [0]@file']);
  assert.deepEqual(result.diagnostics[0]?.at, label('key'));
  assert.ok(!JSON.stringify(result.diagnostics).includes('BEGIN'));
});

test('a chain in the wrong order is used, with a warning', () => {
  const ca = issueCa('ca');
  const inner = issueCa('inner', { issuer: ca });
  const leaf = made('a.test', { issuer: inner });
  const certFile = inner.cert + leaf.cert;
  const result = compiled({ certificates: [certificate(0, { certFile, keyFile: leaf.key })] });
  assert.deepEqual(said(result), ['warning guessed [0]@file']);
  assert.equal(shownFor(result, 'a.test'), 'a.test');
});

for (const [what, options] of [
  ['expired', { notAfter: new Date(NOW - 1_000) }],
  ['not yet valid', { notBefore: new Date(NOW + DAY_MS), notAfter: new Date(NOW + 2 * DAY_MS) }],
] satisfies readonly (readonly [string, CertificateOptions])[]) {
  test(`one that is ${what} is warned of, and shown only where no other is`, () => {
    const { chain, key } = made('a.test', options);
    const bad = certificate(0, { certFile: chain, keyFile: key });
    const alone = compiled({ certificates: [bad] });
    assert.deepEqual(said(alone), ['warning outdated [0]@file']);
    assert.equal(keyFor(alone, 'a.test'), key);
    const good = certificate(1, { certFile: a.chain, keyFile: a.key });
    assert.equal(keyFor(compiled({ certificates: [bad, good] }), 'a.test'), a.key);
  });
}

test('the end of a certificate is noticed without a change', () => {
  const objects = { certificates: [certificate(0, { certFile: a.chain, keyFile: a.key })] };
  const before = compiled(objects);
  const after = compiled(objects, undefined, before, NOW + 2 * DAY_MS);
  assert.deepEqual(said(before), []);
  assert.deepEqual(said(after), ['warning outdated [0]@file']);
  assert.equal(after.store, before.store, 'what clients are shown is the same');
});

/** From one moment to the next: what is shown, and what is said. */
interface Step {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly next: Readonly<Record<string, string>>;
  readonly shows: Issued;
  readonly says: readonly string[];
}

const a2 = made('a.test');

const STEPS: readonly Step[] = [
  { name: 'renewed', files: filesOf({ a }), next: filesOf({ a: a2 }), shows: a2, says: [] },
  {
    name: 'half renewed: the certificate is new, the key is not',
    files: filesOf({ a }),
    next: { 'a.crt': a2.chain, 'a.key': a.key },
    shows: a,
    says: ['error bad-value [0]@file'],
  },
  {
    name: 'half renewed: the key is new, the certificate is not',
    files: filesOf({ a }),
    next: { 'a.crt': a.chain, 'a.key': a2.key },
    shows: a,
    says: ['error bad-value [0]@file'],
  },
  {
    name: 'half written',
    files: filesOf({ a }),
    next: { 'a.crt': a2.chain.slice(0, 100), 'a.key': a2.key },
    shows: a,
    says: ['error bad-value [0]@file'],
  },
  {
    name: 'gone',
    files: filesOf({ a }),
    next: {},
    shows: a,
    says: ['error unreadable [0]@file'],
  },
  {
    name: 'repaired',
    files: { 'a.crt': a.chain },
    next: filesOf({ a }),
    shows: a,
    says: [],
  },
];

for (const { name, files, next, shows, says } of STEPS) {
  test(`files that are ${name}`, () => {
    const objects = { certificates: [certificate(0, pair('a'))] };
    const first = new MemoryFiles(files);
    const before = compiled(objects, first);
    const after = compiled(objects, first.next(next), before);
    assert.deepEqual(said(after), says);
    assert.equal(keyFor(after, 'a.test'), shows.key);
  });
}

test('files that are renewed after they were broken', () => {
  const objects = { certificates: [certificate(0, pair('a'))] };
  const first = new MemoryFiles(filesOf({ a }));
  const broken = compiled(objects, first.next({}), compiled(objects, first));
  const after = compiled(objects, first.next(filesOf({ a: a2 })), broken);
  assert.equal(keyFor(after, 'a.test'), a2.key);
  assert.deepEqual(said(after), []);
});

test('what did not change is the same object, and so is the store', () => {
  const objects = { certificates: [certificate(0, pair('a')), certificate(1, { certFile: 'b' })] };
  const texts = { ...filesOf({ a }), b: b.chain + b.key };
  const files = new MemoryFiles(texts);
  const before = compiled(objects, files);
  const after = compiled(objects, files.next(texts), before);
  for (const index of [0, 1]) assert.equal(after.outcomes[index], before.outcomes[index]);
  assert.equal(after.store, before.store);
});

test('commentary that changes in a file changes nothing that is shown', () => {
  const objects = { certificates: [certificate(0, pair('a'))] };
  const files = new MemoryFiles(filesOf({ a }));
  const before = compiled(objects, files);
  const next = files.next({ 'a.crt': `issued by x\n${a.chain}`, 'a.key': a.key });
  assert.equal(compiled(objects, next, before).store, before.store);
});

test('a typo in a path keeps what was there, as long as nothing else takes its place', () => {
  const files = new MemoryFiles(filesOf({ a, b }));
  const both = [certificate(0, pair('a')), certificate(1, pair('b'))];
  const before = compiled({ certificates: both }, files);
  const typo = [certificate(0, pair('ä')), certificate(1, pair('b'))];
  const after = compiled({ certificates: typo }, files, before);
  assert.deepEqual(said(after), ['error unreadable [0]@file']);
  assert.equal(shownFor(after, 'a.test'), 'a.test');
});

test('an entry that is taken out is gone, also where a broken one moves up', () => {
  const files = new MemoryFiles(filesOf({ a, b }));
  const both = [certificate(0, pair('a')), certificate(1, pair('b'))];
  const before = compiled({ certificates: both }, files);
  const after = compiled({ certificates: [certificate(0, pair('b'))] }, files.next({}), before);
  assert.equal(shownFor(after, 'a.test'), undefined);
  assert.equal(shownFor(after, 'b.test'), 'b.test', 'its last good one moves up with it');
});

test('an entry that cannot be read keeps its last good one, and says no more', () => {
  const files = new MemoryFiles(filesOf({ a }));
  const before = compiled({ certificates: [certificate(0, pair('a'))] }, files);
  const broken = certificate(0, {}, { diagnostics: [error] });
  const after = compiled({ certificates: [broken] }, files, before);
  assert.deepEqual(said(after), []);
  assert.equal(shownFor(after, 'a.test'), 'a.test');
});

test('the default certificate', () => {
  const files = new MemoryFiles(filesOf({ a }));
  const objects = { tlsStores: [tlsStore('default', { defaultCertificate: pair('a') })] };
  const before = compiled(objects, files);
  assert.equal(before.store.fallback?.key, a.key);
  const after = compiled(objects, files.next({}), before);
  assert.equal(after.store.fallback?.key, a.key, 'the last good one stays');
  assert.deepEqual(said(after), ['error unreadable default']);
});

test('a default certificate that never was right leaves none (data-plane facts 10, 15)', () => {
  const store = tlsStore('default', { defaultCertificate: pair('gone') });
  const result = compiled({ tlsStores: [store] });
  assert.equal(result.store.fallback, undefined);
  assert.deepEqual(said(result), ['error unreadable default']);
});

test('a store that two declare is nobody’s', () => {
  const config = { defaultCertificate: { certFile: a.chain + a.key } };
  const result = compiled({ tlsStores: [tlsStore('default', config, { diagnostics: [error] })] });
  assert.equal(result.store.fallback, undefined);
});

test('what has no effect is said', () => {
  const certFile = a.chain + a.key;
  const result = compiled({
    certificates: [
      certificate(0, { certFile, stores: ['other'] }),
      certificate(1, { certFile, stores: ['other', 'default'] }),
    ],
    tlsStores: [
      tlsStore('default', { defaultGeneratedCert: { resolver: 'le' } }),
      tlsStore('other@file', { defaultCertificate: { certFile } }),
    ],
  });
  assert.deepEqual(said(result), [
    'info ignored [0]@file',
    'warning not-served default',
    'warning ignored other@file',
  ]);
  assert.equal(shownFor(result, 'a.test'), 'a.test');
});
