import assert from 'node:assert/strict';
import test from 'node:test';
import type { Node } from '../../../../src/config/decode/tree.js';
import { parseFlags } from '../../../../src/config/static/flags.js';
import { optionTree } from '../../../../src/config/static/option-tree.js';

const tree = (...argv: readonly string[]) => optionTree(parseFlags(argv).options);

const shape = ({ key, value, children }: Node): unknown =>
  children.length === 0 ? `${key}=${value}` : [key, ...children.map(shape)];

test('names are one in any case, in the first spelling', () => {
  const { node } = tree('--EntryPoints.Web.Address=:1', '--entrypoints.web.asdefault');
  assert.deepEqual(shape(node), ['', ['EntryPoints', ['Web', 'Address=:1', 'asdefault=true']]]);
});

test('a list that is written twice keeps both values, also below a map (BUG-61)', () => {
  const { node, diagnostics } = tree(
    '--entryPoints.a.proxyProtocol.trustedIPs=1.1.1.1,2.2.2.2',
    '--entryPoints.a.proxyProtocol.trustedIPs=3.3.3.3',
  );
  assert.deepEqual(shape(node), [
    '',
    ['entryPoints', ['a', ['proxyProtocol', 'trustedIPs=1.1.1.1,2.2.2.2,3.3.3.3']]],
  ]);
  assert.deepEqual(diagnostics, []);
});

test('of another option the last value counts, and a difference is said with both places', () => {
  const { node, diagnostics } = tree('--log.level=DEBUG', '--LOG.Level=INFO');
  assert.deepEqual(shape(node), ['', ['log', 'level=INFO']]);
  assert.deepEqual(
    diagnostics.map(({ code, at, related }) => [code, at, related]),
    [
      [
        'ignored',
        { kind: 'static', option: '--log.level', source: 'flag' },
        [{ kind: 'static', option: '--LOG.Level', source: 'flag' }],
      ],
    ],
  );
  assert.deepEqual(tree('--ping', '--ping').diagnostics, []);
});

test('a section may have a value and fields', () => {
  const { node } = tree('--ping', '--ping.manualRouting');
  assert.deepEqual(
    node.children.map(({ key, kind, value }) => [key, kind, value]),
    [['ping', 'value', 'true']],
  );
});

test('names of the language are names like any other', () => {
  const { node } = tree('--__proto__.constructor=1');
  assert.deepEqual(shape(node), ['', ['__proto__', 'constructor=1']]);
});
