import assert from 'node:assert/strict';
import test from 'node:test';
import { textOf } from '../support/api.js';
import fc from 'fast-check';
import { stringify as toToml } from 'smol-toml';
import { stringify } from 'yaml';
import { translate as translateInstance } from '../../providers/consul/instance.js';
import { translate as translateContainer } from '../../providers/docker/container.js';
import { readContainer } from '../../providers/docker/inspected.js';
import { rawdataText } from '../../src/api/rawdata.js';
import { atOnce } from '../../src/async/slices.js';
import { decodeDocument, type Format } from '../../src/config/decode/document.js';
import type { DynamicConfig } from '../../src/config/model.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import { merge } from '../../src/control/merge.js';
import { compile, type Compiled } from '../../src/routing/compile.js';
import { labels, tree, word } from '../support/arbitrary-config.js';
import { compileOptions } from '../support/compile-options.js';
import { consulConfig, instance } from '../support/consul.js';
import { dockerConfig, inspection } from '../support/docker.js';

// Quoted, because a scalar without quotes is read as Go reads it, which the writer does not know.
const toYaml = (content: object) => stringify(content, { defaultStringType: 'QUOTE_DOUBLE' });

/** What strangers write can at worst be wrong: nothing of it may throw anywhere on the line. */

const file = (text: string, format: Format) =>
  decodeDocument(text, { path: 'f', format, provider: 'file', env: { X: 'a' } });

function fileSnapshot(content: object): Snapshot {
  const { config, diagnostics } = file(toYaml(content), 'yaml');
  const owner = { kind: 'file', id: 'f', name: 'f', since: 0 } as const;
  return { parts: [{ owner, config, diagnostics }], diagnostics };
}

function dockerPart(labelled: Readonly<Record<string, string>>, name: string): Part | undefined {
  const container = readContainer(
    inspection({ name, labels: labelled, ports: ['80/tcp', '81/tcp'] }),
  );
  assert.ok(container);
  return translateContainer(container, {
    provider: 'docker',
    options: dockerConfig(),
    constraint: () => true,
    surroundings: { kind: 'host' },
    base: undefined,
    hostAddress: undefined,
  }).part;
}

function consulPart(tags: readonly string[], id: string): Part | undefined {
  return translateInstance(instance(tags, { id }), {
    provider: 'consulcatalog',
    config: consulConfig(),
    constraint: () => true,
    side: { kind: 'direct', speakers: undefined },
  });
}

const asTags = (labelled: Readonly<Record<string, string>>) =>
  Object.entries(labelled).map(([key, value]) => `${key}=${value}`);

const snapshot = (...parts: readonly (Part | undefined)[]): Snapshot => ({
  parts: parts.filter((part) => part !== undefined),
  diagnostics: [],
});

const source = fc.record({ containers: fc.array(labels, { maxLength: 3 }), tags: labels, tree });

test('no labels, tags and files make a table impossible, and none reaches a prototype', () => {
  const options = compileOptions();
  let previous: Compiled | undefined;
  fc.assert(
    fc.property(source, ({ containers, tags, tree: content }) => {
      const merged = merge(
        new Map([
          ['docker', snapshot(...containers.map((each, i) => dockerPart(each, `c${i}`)))],
          ['consulcatalog', snapshot(consulPart(asTags(tags), 'i'))],
          ['file', fileSnapshot(content)],
        ]),
        new Set(),
      );
      previous = compile(merged, options, previous);
      for (const route of previous.table.of('tcp').plain) {
        route.matches({ remoteAddress: '192.0.2.1', serverName: undefined, alpn: [] });
        route.service?.pick([], '192.0.2.1', 0);
      }
      JSON.parse(textOf(atOnce(rawdataText(previous.runtime))));
      assert.deepEqual(Reflect.ownKeys(Object.prototype).sort(), PROTOTYPE);
    }),
    { numRuns: 500 },
  );
});

const PROTOTYPE = Reflect.ownKeys(Object.prototype).sort();

/** What a document says, without the places and the order of the text. */
function contentOf({ config, readable }: ReturnType<typeof file>): object {
  const sections = Object.entries(config) as [string, DynamicConfig[keyof DynamicConfig]][];
  return {
    readable,
    ...Object.fromEntries(
      sections.map(([section, objects]) => [
        section,
        [...objects.values()]
          .map(({ name, config: said, diagnostics }) => ({
            name,
            said,
            found: diagnostics.map(({ code, severity }) => `${severity} ${code}`).sort(),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ]),
    ),
  };
}

test('TOML and YAML of the same content say the same', () => {
  fc.assert(
    fc.property(tree, (content) => {
      assert.deepEqual(
        contentOf(file(toToml(content), 'toml')),
        contentOf(file(toYaml(content), 'yaml')),
      );
    }),
    { numRuns: 500 },
  );
});

/** A text that is nearly right. */
const text = (format: Format) =>
  fc
    .tuple(tree, fc.nat(), fc.nat(40), fc.oneof(word, fc.constantFrom('{{ env "X" }}', '{{')))
    .map(([content, at, length, inserted]) => {
      const whole = format === 'toml' ? toToml(content) : stringify(content);
      const from = whole.length === 0 ? 0 : at % whole.length;
      return `${whole.slice(0, from)}${inserted}${whole.slice(from + length)}`;
    });

for (const format of ['yaml', 'toml'] as const) {
  test(`no ${format} text makes the decoder throw, and what it finds is in the text`, () => {
    fc.assert(
      fc.property(fc.oneof(text(format), fc.string()), (written) => {
        const lines = written.split('\n').length;
        for (const { at } of file(written, format).diagnostics) {
          assert.ok(at.kind === 'file' && at.line >= 0 && at.line <= lines + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
}
