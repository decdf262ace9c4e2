import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeDocument, type Format } from '../../../../src/config/decode/document.js';
import { isBroken } from '../../../../src/config/model.js';

const decode = (text: string, format: Format = 'yaml', env: Record<string, string> = {}) =>
  decodeDocument(text, { path: 'f', format, provider: 'file', env });

const SPIFFE_SECTIONS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'the same in both places',
    'spiffe: {ids: [spiffe://a/b], trustDomain: a}, tls: {spiffe: {trustDomain: a, ids: [spiffe://a/b]}}',
    [],
  ],
  [
    'different things',
    'spiffe: {trustDomain: a}, tls: {spiffe: {trustDomain: b}}',
    ['conflict error'],
  ],
  ['what is no SPIFFE ID', 'spiffe: {ids: [a/b]}', ['bad-value error']],
  [
    'what is no trust domain, in the other place',
    'tls: {spiffe: {trustDomain: A}}',
    ['bad-value error'],
  ],
];

for (const [name, fields, expected] of SPIFFE_SECTIONS) {
  test(`a transport with spiffe: ${name}`, () => {
    const { config, diagnostics } = decode(`tcp: {serversTransports: {t: {${fields}}}}`);
    const said = diagnostics.map(({ code, severity }) => `${code} ${severity}`);
    assert.deepEqual(said, expected);
    const transport = config.serversTransports.get('t') ?? assert.fail();
    // D6: never one that means somebody else.
    assert.equal(isBroken(transport), expected.length > 0);
  });
}

test('a finding names line and column', () => {
  const { diagnostics } = decode('tcp:\n  routers:\n    r:\n      rulee: x\n');
  const [finding] = diagnostics;
  assert.deepEqual(finding?.at, { kind: 'file', path: 'f', line: 4, column: 7 });
  assert.deepEqual(finding.suggestions, ['rule']);
});

test('tls without a value disables its router, and nothing else (D9)', () => {
  const { config } = decode(
    'tcp:\n  routers:\n    r: {rule: "HostSNI(`*`)", tls: }\n    ok: {rule: "HostSNI(`*`)"}\n',
  );
  assert.deepEqual(
    [...config.routers.values()].map((router) => isBroken(router)),
    [true, false],
  );
});

/** FIL-5, BUG-58. TOML has no such names. */
const SCALARS: readonly (readonly [written: string, text: string])[] = [
  ['42', '42'],
  ['1_000', '1000'],
  ['0x10', '16'],
  ['0o17', '15'],
  ['010', '8'],
  ['1e3', '1000'],
  ['1.0', '1'],
  ['2.5', '2.500000'],
  ['true', 'true'],
  ['yes', 'yes'],
  ['"2.5"', '2.5'],
];

for (const [written, text] of SCALARS) {
  test(`${written} is the text ${text}, as a value and as a name`, () => {
    const { config } = decode(
      `tcp:\n  routers:\n    r: {rule: x, service: ${written}}\n  services:\n    ${written}: {}\n`,
    );
    assert.equal(config.routers.get('r')?.config.service, text);
    assert.deepEqual([...config.services.keys()], [text]);
  });
}

test('a number of TOML is the same text as of YAML', () => {
  const text = 'tcp.routers.r.middlewares = [42, 2.5, 1.0, true, 1_000]';
  assert.deepEqual(decode(text, 'toml').config.routers.get('r')?.config.middlewares, [
    ...['42', '2.500000', '1', 'true', '1000'],
  ]);
});

test('a router without a value is said and has no entry; its siblings stay (FIL-6)', () => {
  const { config, diagnostics } = decode('tcp:\n  routers:\n    q:\n    r: {rule: x}\n');
  assert.deepEqual([...config.routers.keys()], ['r']);
  assert.deepEqual(
    diagnostics.map(({ code, object }) => `${code} ${object?.name ?? ''}`),
    ['bad-value q'],
  );
});

test('a middleware without a value keeps its name, so that nobody else can take it (D7)', () => {
  const { config } = decode('tcp:\n  middlewares:\n    m:\n');
  const middleware = config.middlewares.get('m');
  assert.ok(middleware && isBroken(middleware));
});

test('{{ env }} is filled in, and places stay those of the file (D25)', () => {
  const line = '    r: {rule: \'{{ env "RULE" }}\', nope: 1}';
  const { config, diagnostics } = decode(`tcp:\n  routers:\n${line}\n`, 'yaml', {
    RULE: 'HostSNI(`a-rather-long-host.test`)',
  });
  assert.equal(config.routers.get('r')?.config.rule, 'HostSNI(`a-rather-long-host.test`)');
  const column = line.indexOf('nope') + 1;
  assert.deepEqual(diagnostics[0]?.at, { kind: 'file', path: 'f', line: 3, column });
});

test('any other template is an error on its line', () => {
  const { readable, diagnostics } = decode('tcp:\n  routers: {{ range }}\n');
  assert.equal(readable, false);
  assert.deepEqual(diagnostics[0]?.at, { kind: 'file', path: 'f', line: 2, column: 12 });
  assert.equal(diagnostics[0]?.code, 'template');
});

test('no text makes the decoder throw, and none reaches a prototype', () => {
  const word = fc.constantFrom(
    'tcp',
    'routers',
    'r',
    ':',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '-',
    '"',
    '=',
    '__proto__',
    '&a',
    '*a',
    '<<',
    '1',
    '.',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  for (const format of ['yaml', 'toml'] as const) {
    fc.assert(
      fc.property(text, (source) => {
        decode(source, format);
        assert.equal(Reflect.get({}, 'r'), undefined);
      }),
      { numRuns: 1_000 },
    );
  }
});
