import assert from 'node:assert/strict';
import test from 'node:test';
import { interpolate } from '../../../../../providers/docker/compose/interpolate.js';

const VARIABLES: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', _b1: 'b' };

const variables = (name: string) => VARIABLES[name];

const CASES: readonly (readonly [text: string, filled: string, ...troubles: readonly string[]])[] =
  [
    ['no variable', 'no variable'],
    ['$A/${A}/$_b1/${_b1}x', 'a/a/b/bx'],
    ['$$A $$$A $${A}', '$A $a ${A}'],
    ['$NO-', '-', 'warning NO'],
    ['${NO}', '', 'warning NO'],
    ['${NO:-x}${NO-y}${EMPTY:-z}${EMPTY-w}', 'xyz'],
    ['${A:-x}${A-y}', 'aa'],
    ['${NO:-${EMPTY:-${A}}}', 'a'],
    ['${NO:-{"x":1}}', '{"x":1}'],
    ['${A:+x}${A+y}${NO:+z}${EMPTY:+z}${EMPTY+w}', 'xyw'],
    ['${A:?x}${A?x}${EMPTY?x}', 'aa'],
    ['${NO:?is needed}', '', 'error NO'],
    ['${EMPTY:?}', '', 'error EMPTY'],
    ['${NO?$A}', '', 'error NO'],
    ['HostSNIRegexp(`^x$`)', 'HostSNIRegexp(`^x$`)', 'error $`'],
    ['$', '$', 'error $'],
    ['${', '${', 'error ${'],
    ['${}', '${}', 'error ${}'],
    ['${A.b}', '${A.b}', 'error ${A.b}'],
    ['$1', '$1', 'error $1'],
  ];

for (const [text, filled, ...troubles] of CASES) {
  test(`"${text}" is filled in as Compose does it`, () => {
    const found = interpolate(text, variables);
    assert.deepEqual(
      [found.text, ...found.troubles.map(({ severity, value }) => `${severity} ${value}`)],
      [filled, ...troubles],
    );
  });
}

test('no text makes it slow or deep', () => {
  const text = '${A:-'.repeat(20_000);
  const started = performance.now();
  assert.ok(interpolate(`${text}${'}'.repeat(20_000)}`, variables).text.length > 0);
  assert.ok(performance.now() - started < 2_000);
});
