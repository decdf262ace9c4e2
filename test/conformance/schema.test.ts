import { Ajv2020 } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { jsonSchemaOf } from '../../src/cli/schema.js';
import type { SchemaName } from '../../src/cli/schema-name.js';
import { decodeDocument, formatOf, type Format } from '../../src/config/decode/document.js';
import type { DiagnosticCode } from '../../src/config/diagnostic-codes.js';
import { loadStatic } from '../../src/config/static/load.js';

/** What a schema can see of a file. */
const OF_SHAPE: ReadonlySet<DiagnosticCode> = new Set([
  'unknown-key',
  'unknown-value',
  'bad-value',
]);

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allowMatchingProperties: true });

const VALID = {
  static: ajv.compile(jsonSchemaOf('static')),
  dynamic: ajv.compile(jsonSchemaOf('dynamic')),
};

function isValid(name: SchemaName, text: string, format: Format): boolean {
  const data: unknown = format === 'toml' ? parseToml(text) : parseYaml(text, { merge: true });
  // An empty file has no shape.
  return data === null || VALID[name](data);
}

const why = (name: SchemaName) =>
  (VALID[name].errors ?? []).map((one) => `${one.instancePath} ${one.message}`).join('\n');

interface Vectors {
  readonly vectors: readonly {
    readonly id: string;
    readonly input: {
      readonly file?: { readonly name: string; readonly text: string };
      readonly files?: Readonly<Record<string, string>>;
      readonly args?: readonly string[];
    };
  }[];
}

const vectorsOf = (file: string) =>
  (JSON.parse(readFileSync(`test/conformance/vectors/${file}.json`, 'utf8')) as Vectors).vectors;

/** Codes of errors by which the decoder refuses something of a dynamic file. */
function errorsIn(text: string, path: string, format: Format): readonly DiagnosticCode[] {
  const { diagnostics } = decodeDocument(text, { path, format, provider: 'file', env: {} });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

test('what the decoder takes of the dynamic files that Traefik was asked about, the schema takes', () => {
  let taken = 0;
  for (const { id, input } of vectorsOf('files')) {
    for (const [path, text] of Object.entries(input.files ?? {})) {
      const format = formatOf(path);
      if (format === undefined || text.includes('{{')) continue;
      const errors = errorsIn(text, path, format);
      if (errors.length > 0 || text.trim() === '' || /^---/m.test(text)) continue;
      taken += 1;
      assert.ok(isValid('dynamic', text, format), `${id} ${path}\n${text}\n${why('dynamic')}`);
    }
  }
  assert.ok(taken > 40, `${taken} files`);
});

test('what the decoder does not know, the schema does not take', () => {
  let refused = 0;
  for (const { id, input } of vectorsOf('files')) {
    for (const [path, text] of Object.entries(input.files ?? {})) {
      const format = formatOf(path);
      if (format === undefined || text.includes('{{')) continue;
      const errors = errorsIn(text, path, format);
      if (!errors.some((code) => OF_SHAPE.has(code)) || errors.includes('syntax')) continue;
      refused += isValid('dynamic', text, format) ? 0 : 1;
      assert.ok(
        !errors.includes('unknown-key') || !isValid('dynamic', text, format),
        `${id} ${path}`,
      );
    }
  }
  assert.ok(refused > 10, `${refused} files`);
});

/** Codes of errors of a static file that is named. */
function staticErrorsIn(text: string, path: string): readonly DiagnosticCode[] {
  const readFile = (asked: string) => (asked === path ? text : undefined);
  const { diagnostics } = loadStatic({ argv: [`--configFile=${path}`], env: {}, readFile });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

test('the static files that Traefik was asked about: the schema takes what is taken, and nothing unknown', () => {
  const count = { taken: 0, refused: 0 };
  for (const { id, input } of vectorsOf('static')) {
    const { name, text: written } = input.file ?? { name: '', text: '' };
    const format = formatOf(name);
    let port = 1_000;
    const text = written.replaceAll(/\{port:\w+\}/g, () => `${(port += 1)}`);
    const errors = staticErrorsIn(text, name);
    if (format === undefined || text.trim() === '' || errors.includes('syntax')) continue;
    if (errors.length === 0) {
      count.taken += 1;
      assert.ok(isValid('static', text, format), `${id}\n${text}\n${why('static')}`);
    } else if (errors.includes('unknown-key')) {
      count.refused += 1;
      assert.ok(!isValid('static', text, format), `${id}\n${text}`);
    }
  }
  assert.ok(count.taken > 20 && count.refused > 2, JSON.stringify(count));
});

test('the examples of the README and of the demo are valid', () => {
  const readme = readFileSync('README.md', 'utf8');
  const blocks = [...readme.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  const examples = [...blocks, readFileSync('test/demo/dynamic.yml', 'utf8')];
  const count = { static: 0, dynamic: 0 };
  for (const text of examples) {
    if (/^services:/m.test(text)) continue;
    const name = /^(tcp|tls):/m.test(text) ? 'dynamic' : 'static';
    count[name] += 1;
    assert.ok(isValid(name, text, 'yaml'), `${text}\n${why(name)}`);
  }
  assert.ok(count.static > 0 && count.dynamic > 1, JSON.stringify(count));
});

const SLIPS: readonly (readonly [name: SchemaName, text: string])[] = [
  ['dynamic', 'tcp: { routers: { a: { rul: x } } }'],
  ['dynamic', 'tcp: { routers: { a: { tls: } } }'],
  ['dynamic', 'tcp: { routers: { a: { priority: high } } }'],
  ['dynamic', 'tcp: { services: { a: { loadBalancer: { servers: { address: x } } } } }'],
  ['dynamic', 'tcp: { serversTransports: { a: { dialTimeout: 30sec } } }'],
  ['dynamic', 'entryPoints: {}'],
  ['static', 'entryPoints: { a: { adress: ":1" } }'],
  ['static', 'log: { level: LOUD }'],
  ['static', 'ping: { terminatingStatusCode: 99 }'],
  ['static', 'tcp: {}'],
];

for (const [name, text] of SLIPS) {
  test(`the ${name} schema does not take ${text}`, () => {
    assert.ok(!isValid(name, text, 'yaml'));
  });
}

test('keys and words count in any case, and what begins with x- is nobody’s', () => {
  for (const text of ['LOG: { Level: Debug }', 'x-mine: 1\nlog: { level: DEBUG }']) {
    assert.ok(isValid('static', text, 'yaml'), why('static'));
  }
  assert.ok(isValid('dynamic', 'x-a: 1\nhttp: { routers: 1 }\nTCP: {}', 'yaml'), why('dynamic'));
});
