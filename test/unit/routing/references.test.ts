import assert from 'node:assert/strict';
import test from 'node:test';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Merged } from '../../../src/config/merged.js';
import { References, type ReferenceKind } from '../../../src/routing/references.js';
import { label, merged, type Extra } from '../../support/merged.js';

interface Case {
  readonly name: string;
  readonly kind?: ReferenceKind;
  readonly objects?: Readonly<Record<string, Extra>>;
  readonly pending?: readonly string[];
  readonly reference: string;
  /** Qualified; `docker` by default. */
  readonly from?: string;
  readonly owner?: string;
  /** A name for found, `file: NAME` for found in the file unasked, `?` for unresolved, `-` for unknown. */
  readonly comesTo: string;
}

const reserved: Diagnostic = {
  code: 'reserved',
  severity: 'error',
  at: label('x'),
  message: 'reserved',
};

const CASES: readonly Case[] = [
  {
    name: 'the own provider comes first',
    objects: { 'a@docker': {}, 'a@file': {} },
    reference: 'a',
    comesTo: 'a@docker',
  },
  { name: 'then the file', objects: { 'a@file': {} }, reference: 'a', comesTo: 'file: a@file' },
  {
    name: 'and no other provider',
    objects: { 'a@consulcatalog': {} },
    reference: 'a',
    comesTo: '-',
  },
  {
    name: 'a file refers to files only',
    objects: { 'a@docker': {} },
    from: 'r@file',
    reference: 'a',
    comesTo: '-',
  },
  {
    name: 'a reference with a provider is taken as it is',
    objects: { 'a@docker': {}, 'a@consulcatalog': {} },
    reference: 'a@consulcatalog',
    comesTo: 'a@consulcatalog',
  },
  {
    name: 'names are compared to the letter',
    objects: { 'A@docker': {} },
    reference: 'a',
    comesTo: '-',
  },
  {
    name: 'what a pending provider may have is unresolved',
    pending: ['consulcatalog'],
    reference: 'a@consulcatalog',
    comesTo: '?',
  },
  {
    name: 'an unqualified reference waits for the file',
    pending: ['file'],
    reference: 'a',
    comesTo: '?',
  },
  {
    name: 'and for no other provider',
    pending: ['consulcatalog'],
    reference: 'a',
    comesTo: '-',
  },
  {
    name: 'a service of the own provider need not wait for the file',
    objects: { 'a@docker': {} },
    pending: ['file'],
    reference: 'a',
    comesTo: 'a@docker',
  },
  {
    name: 'a transport that somebody else declared may turn out to be reserved',
    kind: 'serversTransport',
    objects: { 'a@docker': { owner: 'other' } },
    pending: ['file'],
    reference: 'a',
    comesTo: '?',
  },
  {
    name: 'a transport of one’s own is meant in any case',
    kind: 'serversTransport',
    objects: { 'a@docker': { owner: 'me' } },
    pending: ['file'],
    owner: 'me',
    reference: 'a',
    comesTo: 'a@docker',
  },
  {
    name: 'who declares a reserved name harms only himself',
    kind: 'middleware',
    objects: { 'a@docker': { owner: 'other', diagnostics: [reserved] }, 'a@file': {} },
    reference: 'a',
    comesTo: 'file: a@file',
  },
  {
    name: 'and himself he does harm',
    kind: 'middleware',
    objects: { 'a@docker': { owner: 'me', diagnostics: [reserved] }, 'a@file': {} },
    owner: 'me',
    reference: 'a',
    comesTo: 'a@docker',
  },
  {
    name: 'names that every object has are names like any other',
    objects: { '__proto__@docker': {} },
    reference: '__proto__',
    comesTo: '__proto__@docker',
  },
  { name: 'and are unknown where nobody declares them', reference: 'constructor', comesTo: '-' },
];

function referencesOf(
  kind: ReferenceKind,
  objects: Readonly<Record<string, Extra>>,
  pending: readonly string[] = [],
) {
  const all = Object.entries(objects).map(([name, extra]) => merged(name, {}, extra));
  return new References(
    kind,
    new Map(all.map((object) => [object.name, object])),
    new Set(pending),
  );
}

for (const {
  name,
  kind = 'service',
  objects = {},
  pending,
  from,
  owner,
  reference,
  comesTo,
} of CASES) {
  test(name, () => {
    const references = referencesOf(kind, objects, pending);
    const referring = merged(from ?? 'r@docker', {}, { owner: owner ?? 'nobody else' });
    const resolution = references.resolve(reference, referring);
    const text = {
      found: `${resolution.state === 'found' && resolution.fromFile ? 'file: ' : ''}${resolution.name}`,
      unresolved: '?',
      unknown: '-',
    }[resolution.state];
    assert.equal(text, comesTo);
    assert.ok(references.isCurrent(resolution, reference, referring));
  });
}

test('a reference is no longer current once something else is meant', () => {
  const from = merged('r@docker', {});
  const before = referencesOf('service', { 'a@file': {} }).resolve('a', from);
  assert.ok(!referencesOf('service', { 'a@file': {} }).isCurrent(before, 'a', from));
  const both = referencesOf('service', { 'a@docker': {}, 'a@file': {} });
  assert.ok(!both.isCurrent(before, 'a', from));
});

test('a reference that leads nowhere is current as long as the nearest names are the same', () => {
  const from = merged('r@docker', {});
  const before = referencesOf('service', { 'web@docker': {} }).resolve('wab', from);
  const more = referencesOf('service', { 'web@docker': {}, 'other@docker': {} });
  assert.ok(more.isCurrent(before, 'wab', from));
  const nearer = referencesOf('service', { 'web@docker': {}, 'wab@consulcatalog': {} });
  assert.ok(!nearer.isCurrent(before, 'wab', from));
});

/** What is suggested for a reference of a router of Docker. */
function suggested(references: References<Merged<unknown>>, reference: string) {
  const resolution = references.resolve(reference, merged('r@docker', {}));
  return resolution.state === 'unknown' ? resolution.suggestions : undefined;
}

const SUGGESTIONS: readonly (readonly [reference: string, suggestions: readonly string[]])[] = [
  ['databse', ['database']],
  ['DATABASE', ['database']],
  ["'database'", ['database']],
  ['cache@docker', ['cache@file']],
  ['cache@consul', ['cache@file']],
  ['web', ['web@consulcatalog']],
  ['wab', ['web@consulcatalog']],
  ['database@fiel', ['database']],
  ['nothing-like-it', []],
];

for (const [reference, suggestions] of SUGGESTIONS) {
  test(`for ${reference} the suggestion is [${suggestions.join(', ')}]`, () => {
    const references = referencesOf('service', {
      'database@docker': {},
      'cache@file': {},
      'web@consulcatalog': {},
    });
    assert.deepEqual(suggested(references, reference), suggestions);
  });
}

test('many wrong references among many names cost little', () => {
  const names = Array.from({ length: 5000 }, (_, i) => [`service-${i}@docker`, {}] as const);
  const references = referencesOf('service', Object.fromEntries(names));
  const found = names.map((_, i) => suggested(references, `servise-${i}`));
  assert.ok(found[0]?.length !== 0);
  assert.deepEqual(found.at(-1), []);
  // Nothing is searched for a second time.
  assert.deepEqual(suggested(references, 'servise-0'), found[0]);
});
